"""A system that writes down whom each request was about, when it came and when it was answered."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import unquote

from tests.servers.canned_http import Asked
from tests.servers.odd_scim import Fields, OddScim

BYSTANDER = "bystander"  # whom each lane tries the filter on first (`find.by_value`), whoever else is asking


@dataclass
class Recorded:
    """`service` does what is asked, `latency` seconds later; `calls`: (who, came, answered) by the monotonic clock.

    The first account of its list is nobody's of ours: a lane asks for that one to see whether filters are heeded.
    """

    latency: float = 0.02
    service: OddScim = field(default_factory=OddScim)
    calls: list[tuple[str, float, float]] = field(default_factory=list)
    writes: list[tuple[str, str]] = field(default_factory=list)  # (method, who)

    def __post_init__(self) -> None:
        self.service.put(userName=BYSTANDER, externalId=BYSTANDER)
        self.service.instead = self._answer

    @property
    def ours(self) -> dict[str, Fields]:
        """The accounts that are not the bystander's, by externalId."""
        users = {str(each["externalId"]): each for each in self.service.users.values()}
        del users[BYSTANDER]
        return users

    def _answer(self, asked: Asked, do: Callable[[], bytes]) -> bytes:
        who, came = self._who(asked), time.monotonic()
        time.sleep(self.latency)
        answer = do()
        if who is not None:
            self.calls.append((who, came, time.monotonic()))
            if asked.method != "GET":
                self.writes.append((asked.method, who))
        return answer

    def _who(self, asked: Asked) -> str | None:
        _, endpoint, *rest = unquote(asked.path).split("/")
        if endpoint != "Users":
            return None
        if rest:
            return str(self.service.users.get(rest[0], {}).get("externalId"))
        if asked.method == "POST":
            return str(json.loads(asked.body)["externalId"])
        _, _, told = asked.query.get("filter", "").partition(" eq ")
        return str(json.loads(told)) if told and asked.query["filter"].startswith("externalId") else None

    def overlapping(self) -> list[tuple[str, float, float]]:
        """Calls about somebody that came before an earlier one about the same had been answered."""
        calls = sorted(call for call in self.calls if call[0] != BYSTANDER)
        return [b for a, b in pairwise(calls) if a[0] == b[0] and b[1] < a[2]]
