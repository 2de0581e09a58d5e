"""What came back over HTTP, what did not, and what that makes of an operation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from connectors.errors import Ambiguous, ConnectorError, Denied, Unreachable, Unreadable
from mappings.model import Conflict, Outcome, Retry, Unknown

SHOWN = 200  # characters of a wrong answer that are shown
ECHOED = re.compile(r"\?[^\s\"'<>]*|(?i:secret|token|password)\W{1,3}[\w%.~+/-]+")  # a query, or a piece of one
LONGEST_WAIT = 31 * 86400.0  # seconds: no window of a vendor is longer than a month


class Lost(Unreachable):
    """The request may have been done; its answer is lost, or is not the vendor's."""


class Busy(Unreachable):
    """429 or 503: not done, come back later. `after` in seconds, where the server said so (RFC 9110, 10.2.3)."""

    def __init__(self, text: str, after: float | None = None) -> None:
        super().__init__(text)
        self.after = after


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. Names of headers are in lower case; `wrote`: it answers a request that changes something."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    wrote: bool = False

    def json(self) -> Any:
        """The body. Raises Unreadable where it is not JSON, and Lost where that was the answer to a write."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise unlike(self.wrote, f"回答不是 JSON（HTTP {self.status}）：{self.shown()}") from None

    def shown(self) -> str:
        """A wrong body for people: the beginning of a page. Anything else may be half an answer, or a bare token.

        Firewalls and proxies like to repeat the address that was asked for, and with it its query: that is left out.
        """
        if not self.body.lstrip().startswith(b"<"):
            return f"{self.headers.get('content-type', '')}，{len(self.body)} 字节"
        text = ECHOED.sub("…", self.body[: SHOWN * 4].decode("utf-8", "replace"))
        return "".join(char if char.isprintable() else " " for char in text)[:SHOWN]


def unlike(wrote: bool, text: str) -> ConnectorError:
    """The error for an answer that is none: after a write nobody knows."""
    return Lost(text) if wrote else Unreadable(text)


def wait_of(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by Retry-After, in both its forms; a date is counted from the answer's own Date."""
    told = headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return min(float(told[:12]), LONGEST_WAIT)
    try:
        until, sent = parsedate_to_datetime(told), parsedate_to_datetime(headers.get("date", ""))
        return min(max((until - sent).total_seconds(), 0.0), LONGEST_WAIT)
    except (ValueError, TypeError):  # no date, or one with and one without a zone
        return None


def dump(value: Any) -> bytes:
    r"""UTF-8 JSON without \uXXXX escapes, which WeCom refuses (40033)."""
    return orjson.dumps(value)


def outcome_of(error: ConnectorError) -> Outcome:
    """What an operation comes to that was cut short by an error."""
    match error:
        case Lost():
            return Unknown(str(error))
        case Busy():
            return Retry(str(error), after=error.after, outage=True)
        case Ambiguous():
            return Conflict("", str(error))
        case _:
            return Retry(str(error), outage=isinstance(error, Unreachable | Denied))
