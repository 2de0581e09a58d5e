"""The place where accounts live: one platform, one root, and how persons and organisations are found in it.

What takes keys answers a whole lot with one call; an Errand is about one, and asks in company.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.attendance import api
from connectors.attendance.config import AttendanceConfig
from connectors.attendance.entry import Organisation, Row, living, organisation, text
from connectors.attendance.together import LOT, Errand, alone, ask
from connectors.attendance.wire import Wire, listed
from connectors.errors import Ambiguous, Unreadable
from mappings.model import Ref

FRESH = 600.0  # seconds for which the root is taken to be where it was


class Place:
    """The platform as one connector sees it. Everything here raises ConnectorError where it cannot tell."""

    def __init__(
        self, config: AttendanceConfig, wire: Wire, monotonic: Callable[[], float], now: Callable[[], datetime]
    ) -> None:
        self.config = config
        self.wire = wire
        self.now = now
        self.monotonic = monotonic
        self._root = ""
        self._until = 0.0

    # -- one call each

    def root(self) -> str:
        """The code of the root, seen to be there: without it nobody's absence means anything."""
        if not self._root or self.monotonic() >= self._until:
            self._root = self._seen_root()
            self._until = self.monotonic() + FRESH
        return self._root

    def organisations(self, codes: Sequence[str]) -> dict[str, Organisation | None]:
        """The organisations with these codes; None where there is none."""
        rows = self.listed(api.ORG_INFO, {"orgIndexCodes": list(codes)}, codes)
        found = {each.code: each for each in map(organisation, rows)}
        return {code: found.get(code) for code in codes}

    def with_ids(self, ids: Sequence[str]) -> dict[str, list[Row]]:
        """The living person of each personId, if any."""
        return self._persons("personId", ids, lambda row: row.person_id)

    def with_numbers(self, numbers: Sequence[str]) -> dict[str, list[Row]]:
        """The living persons of each jobNo, exactly."""
        return self._persons("jobNo", numbers, lambda row: row.job_no)

    def _persons(self, param: str, values: Sequence[str], name: Callable[[Row], str]) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {value: [] for value in values}
        for row in living(self.listed(api.PERSON_INFO, {"paramName": param, "paramValue": list(values)}, values)):
            found.get(name(row), []).append(row)
        return found

    def listed(self, path: str, body: Mapping[str, Any], about: Sequence[str]) -> list[Mapping[str, Any]]:
        """The rows of a read `about` these. That it is not there, the platform can only say of one.

        Said of many it is Unreadable: who is missing must not stand for the others, so they are asked for again.
        """
        told = self.wire.ask(path, body, absent={"list": []} if len(about) == 1 else None)
        return listed(told)

    def inside(self, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The persons below `root_org`, by the path that they show: on a city's platform other districts live too."""
        root = f"@{self.config.root_org}@"
        return [each for each in rows if not self.config.root_org or root in (text(each, "orgPath") or root)]

    def _seen_root(self) -> str:
        if self.config.root_org:
            if not self.organisations([self.config.root_org])[self.config.root_org]:
                raise Unreadable(f"平台上没有根组织 {self.config.root_org}（root_org）")
            return self.config.root_org
        told = self.wire.ask(api.ROOT_ORG, {})
        code = text(told, "orgIndexCode") if isinstance(told, dict) else ""
        if not code:
            raise Unreadable("平台没有给出根组织")
        return code

    def _roots(self, about: Sequence[str]) -> dict[str, str]:
        return dict.fromkeys(about, self.root())

    # -- in company

    def rooted(self) -> Errand[str]:
        """The code of the root."""
        return ask(self._roots, "")

    def organisation(self, code: str) -> Errand[Organisation | None]:
        """The organisation with that code; None when there is none."""
        return ask(self.organisations, code)

    def find_organisation(self, ref: Ref) -> Errand[Organisation | None]:
        """By its remote id, else by its key. Who was known is gone only when that was said of it alone."""
        for code in dict.fromkeys(code for code in (ref.remote_id, ref.key) if code):
            if (found := (yield from self.organisation(code))) is not None:
                return found
        return (yield from ask(self.organisations, ref.remote_id, 1)) if ref.remote_id else None

    def person(self, person_id: str, most: int = LOT) -> Errand[Row | None]:
        """The person with that personId; None when there is none, or no more. Asked with `most` others at most."""
        return next(iter((yield from ask(self.with_ids, person_id, most))), None)

    def find_person(self, ref: Ref) -> Errand[Row | None]:
        """By the remote id, else by jobNo. Who was known is gone only when that was said of him alone.

        Raises Ambiguous.
        """
        if ref.remote_id and (found := (yield from self.person(ref.remote_id))):
            return found
        carriers = (yield from ask(self.with_numbers, ref.key)) if ref.key else []
        if len(carriers) > 1:
            raise Ambiguous(f"平台上有 {len(carriers)} 个人员的工号相同，请先清理重复人员")
        if not carriers and ref.remote_id:
            return (yield from self.person(ref.remote_id, 1))
        return carriers[0] if carriers else None

    def read(self, path: str, body: Any, absent: Any = None) -> Errand[Any]:
        """The data of a read that is one errand's own."""
        return alone(lambda: self.wire.ask(path, body, absent))

    def write(self, path: str, body: Any) -> Errand[Any]:
        """The data of a write. Raises Refusal besides."""
        return alone(lambda: self.wire.tell(path, body))

    def protects(self, *names: str | None) -> bool:
        """Whether one of these is protected, in whatever letter case it is written (S16)."""
        closed = {each.casefold() for each in self.config.protected}
        return any(name.casefold() in closed for name in names if name)
