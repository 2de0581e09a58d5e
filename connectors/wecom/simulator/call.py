"""One call whose token has been looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.wecom.simulator.answers import Failure


@dataclass(frozen=True, slots=True)
class Call:
    """`query` for GET, `body` for POST; `secret`: whose token it bears; `at`: epoch seconds."""

    query: Mapping[str, str]
    body: Mapping[str, Any]
    secret: str
    at: float

    def text(self, key: str, code: int = 40058) -> str:
        """A text of the body that must be there. Raises Failure."""
        value = self.body.get(key)
        if not isinstance(value, str) or not value:
            raise Failure(code)
        return value

    def number(self, key: str, code: int) -> int:
        """A number of the query that must be there. Raises Failure."""
        value = self.query.get(key, "")
        if not value.isascii() or not value.isdigit():
            raise Failure(code)
        return int(value)
