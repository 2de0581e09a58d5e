"""The hand that reads and writes whatever speaks SCIM 2.0 (RFC 7643, RFC 7644)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from connectors.errors import ConnectorError
from connectors.http.answer import outcome_of
from connectors.scim import doctor, find, groups, people
from connectors.scim.attributes import GROUP, PERSON
from connectors.scim.codes import Declined, Ended
from connectors.scim.config import ScimConfig
from connectors.scim.memberships import Memberships
from connectors.scim.reader import Reader
from connectors.scim.room import Room
from connectors.scim.wire import Wire
from mappings.model import AccountState, Action, Capabilities, Finding, Kind, Operation, Outcome, Page, Ref, Window

CALL = "call"
COSTS: Mapping[str, int] = {
    "observe": 10,
    "create": 14,
    "update": 10,
    "lock": 10,
    "unlock": 10,
    "remove": 14,
    "join": 14,
    "leave": 14,
}
"""Requests at most, those of a first time included; where whole lists must be read there are more."""


class ScimConnector:
    """Connector and Metered over one SCIM service. One thread; the connection opens by itself when it is needed.

    `system` is the name of the table in the configuration; `monotonic` counts seconds; `now` is the time of day.
    It is no ActivitySource: SCIM tells nobody's last log-in (S30), and no Credentials: a password is never sent.
    """

    def __init__(
        self, system: str, config: ScimConfig, monotonic: Callable[[], float], now: Callable[[], datetime]
    ) -> None:
        self.system = system
        self.config = config
        self._wire = Wire(config, monotonic)
        self._room = Room(config, self._wire)
        self._memberships = Memberships(self._room)
        self._people = Reader(self._room, Kind.PERSON, self._memberships)
        self._groups = Reader(self._room, Kind.GROUP, self._memberships)

    def describe(self) -> Capabilities:
        """What a SCIM service can do. Whether `active: false` ends live sessions is its own affair: unknown (S30)."""
        calls = self.config.calls_per_minute
        return Capabilities(
            managed=frozenset({*PERSON, *GROUP}) - set(self.config.unmanaged),
            windows=() if calls is None else (Window(CALL, calls, 60.0),),
            costs={} if calls is None else {verb: {CALL: number} for verb, number in COSTS.items()},
        )

    def check(self) -> Iterable[Finding]:
        """Address, token, what the service can do, and an account and a Group made for a moment."""
        return doctor.check(self._room, self._memberships)

    def observe(self, ref: Ref) -> AccountState | None:
        """The account as it is; None only when it is surely absent."""
        found = find.by_ref(self._room, ref)
        if found is None:
            return None
        known = self._room.known(ref.kind)
        if ref.kind is Kind.PERSON:
            return found.state(known, self._memberships.of(found))
        return found.state(known, None, ref.key if self.config.group_key == "displayName" else None)

    def observe_all(self, cursor: str | None) -> Page:
        """All Users."""
        return self._people.page(cursor)

    def departments(self, cursor: str | None) -> Page:
        """All Groups."""
        return self._groups.page(cursor)

    def apply(self, operation: Operation) -> Outcome:
        """Does one operation."""
        try:
            if operation.ref.kind is Kind.PERSON:
                return self._to_person(operation)
            return self._to_group(operation)
        except Ended as end:
            return end.outcome
        except Declined as no:
            return no.outcome()
        except ConnectorError as error:
            return outcome_of(error)

    def spent(self) -> Mapping[str, int]:
        """Requests since this was last asked."""
        return {CALL: self._wire.spent()}

    def close(self) -> None:
        """Ends the connection; the next call opens it again."""
        self._wire.close()

    def _to_person(self, operation: Operation) -> Outcome:
        room, memberships = self._room, self._memberships
        match operation.action:
            case Action.CREATE:
                return people.create(room, operation)
            case Action.UPDATE:
                return people.update(room, operation)
            case Action.LOCK | Action.UNLOCK:
                return people.set_active(room, operation, operation.action is Action.UNLOCK)
            case Action.REMOVE:
                return people.remove(room, memberships, operation)
            case Action.JOIN:
                return groups.join(room, memberships, operation)
            case Action.LEAVE:
                return groups.leave(room, memberships, operation)

    def _to_group(self, operation: Operation) -> Outcome:
        match operation.action:
            case Action.CREATE:
                return groups.create(self._room, operation)
            case Action.UPDATE:
                return groups.update(self._room, operation)
            case Action.REMOVE:
                return groups.remove(self._room, operation)
        return groups.UNSUPPORTED
