"""The hand that reads and writes an OA (致远 Seeyon, REST)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from connectors.base import Notice
from connectors.errors import ConnectorError, Unreadable
from connectors.http.answer import outcome_of
from connectors.oa import departments, doctor, find, letters, members, roles
from connectors.oa.catalogue import Catalogue
from connectors.oa.codes import Declined, Ended
from connectors.oa.config import OaConfig
from connectors.oa.departments import Place
from connectors.oa.hidden import shared_hidden
from connectors.oa.reading import Reader
from connectors.oa.room import Room
from connectors.oa.wire import Wire
from mappings.model import AccountState, Action, Capabilities, Finding, Kind, Operation, Outcome, Page, Ref, Refused

PERSON_ATTRIBUTES = frozenset({*members.FIELDS, *members.PROPERTIES, *members.PLACES})
GROUP_ATTRIBUTES = frozenset({"name", "code", "superior", "kind"})

Verb = Callable[[Room, Operation], Outcome]
PEOPLE: Mapping[Action, Verb] = {
    Action.CREATE: members.create,
    Action.UPDATE: members.update,
    Action.LOCK: lambda room, operation: members.set_enabled(room, operation, False),
    Action.UNLOCK: lambda room, operation: members.set_enabled(room, operation, True),
    Action.REMOVE: members.remove,
    Action.JOIN: members.join,
    Action.LEAVE: members.leave,
}
GROUPS: Mapping[Action, Verb] = {
    Action.CREATE: departments.create,
    Action.UPDATE: departments.update,
    Action.LOCK: lambda room, operation: departments.set_enabled(room, operation, False),
    Action.UNLOCK: lambda room, operation: departments.set_enabled(room, operation, True),
    Action.REMOVE: departments.remove,
}


class OaConnector:
    """Connector, Letters and Protecting over one OA. One thread; the connection opens by itself when it is needed.

    `system` is the name of the table in the configuration; `monotonic` counts seconds; `now` is the time of day.
    It is no ActivitySource: the OA's REST tells nobody's last log-in (S30).
    """

    def __init__(
        self, system: str, config: OaConfig, monotonic: Callable[[], float], now: Callable[[], datetime]
    ) -> None:
        self.system = system
        self.config = config
        self._now = now
        self._wire = Wire(config, monotonic)
        hidden = shared_hidden(config.url, config.user, monotonic)
        self._room = Room(config, self._wire, Catalogue(self._wire, config, monotonic), hidden)
        self._people, self._departments = Reader(Kind.PERSON), Reader(Kind.GROUP)

    def describe(self) -> Capabilities:
        """What this OA can do."""
        return Capabilities(managed=PERSON_ATTRIBUTES | GROUP_ATTRIBUTES, primary=True)

    def check(self) -> Iterable[Finding]:
        """Token, grant, unit, posts and levels, and the points that differ from build to build."""
        return doctor.check(self._room)

    def observe(self, ref: Ref) -> AccountState | None:
        """The account as it is; None only when it is surely absent."""
        try:
            if ref.kind is Kind.GROUP:
                place = departments.find(self._room, ref)
                if place is not None and ref.root:
                    return AccountState(ref.key, departments.state(place).presence, {}, None, place.id, place.name)
                return departments.state(place, self._key_of(ref, place)) if place else None
            member = find.member(self._room, ref)
            return members.state(self._room, member, roles.jobs(self._room)) if member else None
        except Ended as end:  # the catalogue has no such thing: nothing that was read may be trusted
            raise Unreadable(str(getattr(end.outcome, "text", ""))) from end

    def observe_all(self, cursor: str | None) -> Page:
        """All people of the units in use, locked ones too."""
        return self._people.page(self._room, cursor)

    def departments(self, cursor: str | None) -> Page:
        """All departments of the units in use, and these units but the root."""
        return self._departments.page(self._room, cursor)

    def apply(self, operation: Operation) -> Outcome:
        """Does one operation."""
        verb = (PEOPLE if operation.ref.kind is Kind.PERSON else GROUPS).get(operation.action)
        if verb is None:
            return Refused("unsupported", "OA不能对部门做这个操作")
        return self._outcome(lambda: verb(self._room, operation))

    def carries_files(self) -> bool:
        """A process does; a message does not."""
        return bool(self.config.letter_template)

    def send(self, notice: Notice) -> Outcome:
        """Sends a letter once: as a form process where a template is configured, else as a message."""
        return self._outcome(lambda: letters.send(self._room, notice))

    def protects(self, states: Sequence[AccountState]) -> Sequence[bool]:
        """By login, code or id; and the OA's own administrators, among what was just observed."""
        return [
            self._room.is_protected(each.key, each.name or "", each.remote_id or "")
            or each.remote_id in self._room.administrators
            for each in states
        ]

    def close(self) -> None:
        """Ends the connection; the next call opens it again."""
        self._wire.close()

    def _outcome(self, done: Callable[[], Outcome]) -> Outcome:
        try:
            return done()
        except Ended as end:
            return end.outcome
        except Declined as no:
            return no.outcome()
        except ConnectorError as error:
            return outcome_of(error)

    def _key_of(self, ref: Ref, place: Place) -> str:
        """Of a unit that is linked the key is ours to say: the OA may have it under a code of its own."""
        return ref.key if place.is_unit else place.code
