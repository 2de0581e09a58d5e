"""The hand that reads and writes the attendance platform (Hikvision iSecure Center, artemis)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from connectors.attendance import doctor, events, faces, organisations, pace, pages, persons, removal
from connectors.attendance.codes import Refusal, error_of, outcome_of_refusal
from connectors.attendance.config import AttendanceConfig
from connectors.attendance.entry import ORGANISATION, PERSON, RIGHTS, state_of_organisation, state_of_person
from connectors.attendance.place import Place
from connectors.attendance.rights import Rights
from connectors.attendance.together import Errand, Trouble, together
from connectors.attendance.wire import Wire
from connectors.base import ActivityReport, Asking, freely
from connectors.errors import ConnectorError
from connectors.http.answer import outcome_of
from mappings.model import (
    AccountState,
    Action,
    AlreadySo,
    Capabilities,
    Conflict,
    Done,
    Finding,
    Kind,
    Operation,
    Outcome,
    Page,
    Ref,
    Refused,
    Retry,
)

ACTIONS = frozenset({Action.CREATE, Action.UPDATE, Action.REMOVE})
PROTECTED = Refused("protected", "受保护的账号，不写")
UNSUPPORTED = Refused("unsupported", "考勤平台没有锁定，也没有兼任部门")
GONE = Retry("平台上已没有，请重新读取")


class AttendanceConnector:
    """Connector, Pipelined, ActivitySource, Biometrics and Protecting over one connection. One thread.

    `system` is the name of the table in the configuration; `monotonic` counts seconds; `now` is the time of day.
    """

    def __init__(
        self, system: str, config: AttendanceConfig, monotonic: Callable[[], float], now: Callable[[], datetime]
    ) -> None:
        self.system = system
        self.config = config
        self._wire = Wire(config, monotonic, now)
        self._place = Place(config, self._wire, monotonic, now)
        self._rights = Rights(self._place)

    def describe(self) -> Capabilities:
        """What the platform can do: no lock, one organisation a person, and a deletion that only hides."""
        managed = PERSON | ORGANISATION
        return Capabilities(
            actions=ACTIONS,
            managed=managed | {RIGHTS} if self._rights.managed else managed,
            unlisted=frozenset({RIGHTS}),
            primary=True,
            windows=pace.windows(self.config),
            costs=pace.costs(self.config),
            leaves=removal.LEAVES,
        )

    def check(self) -> Iterable[Finding]:
        """Signature, clocks, root, grants, doors. Writes nothing."""
        return doctor.check(self._place)

    def observe(self, ref: Ref) -> AccountState | None:
        """The account as it is; None only when it is surely absent."""
        (seen,) = self.observe_each([ref])
        if isinstance(seen, ConnectorError):
            raise seen
        return seen

    def observe_each(self, refs: Sequence[Ref]) -> list[AccountState | ConnectorError | None]:
        """Like `observe`, each, with as few calls as there are kinds of questions."""
        seen = together((self._seen(ref) for ref in refs), self._place.monotonic)
        return [error_of(each) if isinstance(each, Refusal) else each for each in seen]

    def observe_all(self, cursor: str | None) -> Page:
        """All living persons, a page at a time, without rights."""
        return pages.persons(self._place, cursor)

    def departments(self, cursor: str | None) -> Page:
        """All organisations but the root, a page at a time."""
        return pages.departments(self._place, cursor)

    def protects(self, states: Sequence[AccountState]) -> Sequence[bool]:
        """By jobNo or personId; an organisation by its code (S16)."""
        return [self._place.protects(each.key, each.remote_id) for each in states]

    def apply(self, operation: Operation) -> Outcome:
        """Does one operation, or the next step of one that the platform takes its time over."""
        return self.apply_each([operation])[0]

    def apply_each(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Like `apply`, each: what several want to know is asked once, and their rights are ordered in one task."""
        outcomes: dict[int, Outcome] = {}
        for wave in _waves(operations):
            ended = together((self._applied(operations[number]) for number in wave), self._place.monotonic)
            outcomes |= dict(zip(wave, map(_outcome, ended), strict=True))
        return [outcomes[number] for number in range(len(operations))]

    def last_seen(self, since: datetime, until: datetime, ask: Asking = freely) -> ActivityReport:
        """The last event at a door of everybody, in that stretch."""
        return events.last_seen(self._place, since, until, ask)

    def erase_face(self, ref: Ref) -> Outcome:
        """Deletes the faces of a person, read back gone."""
        (ended,) = together([self._erased(ref)], self._place.monotonic)
        return _outcome(ended)

    def spent(self) -> Mapping[str, int]:
        """Calls since this was last asked."""
        return {pace.VERB: self._wire.spent()}

    def close(self) -> None:
        """Ends the connection; the next call opens it again."""
        self._wire.close()

    # -- errands

    def _seen(self, ref: Ref) -> Errand[AccountState | None]:
        root = yield from self._place.rooted()
        if ref.kind is Kind.GROUP:
            return (yield from self._seen_group(ref, root))
        row = yield from self._place.find_person(ref)
        return state_of_person(row, (yield from self._rights.observed(row))) if row else None

    def _seen_group(self, ref: Ref, root: str) -> Errand[AccountState | None]:
        found = yield from (self._place.organisation(root) if ref.root else self._place.find_organisation(ref))
        if found is None:
            return None
        state = state_of_organisation(found, root)
        return AccountState(ref.key, state.presence, {}, None, root, state.name) if ref.root else state

    def _applied(self, operation: Operation) -> Errand[Outcome]:
        ref = operation.ref
        if ref.kind is Kind.PERSON and operation.action not in ACTIONS:
            return UNSUPPORTED
        if self._place.protects(ref.key, ref.remote_id):
            return PROTECTED
        yield from self._place.rooted()
        return (yield from (self._person(operation) if ref.kind is Kind.PERSON else self._group(operation)))

    def _person(self, operation: Operation) -> Errand[Outcome]:
        if operation.action is Action.CREATE:
            return (yield from persons.create(self._place, operation))
        row = yield from self._place.find_person(operation.ref)
        if row is None:
            return AlreadySo() if operation.action is Action.REMOVE else GONE
        if operation.ref.remote_id not in (None, row.person_id):
            return _other(row.name or row.person_id)
        if self._place.protects(row.job_no, row.person_id):
            return PROTECTED
        if operation.action is Action.REMOVE:
            return (yield from removal.remove(self._place, self._rights, row, operation))
        return (yield from persons.update(self._place, self._rights, row, operation))

    def _group(self, operation: Operation) -> Errand[Outcome]:
        ref = operation.ref
        if ref.root:
            return organisations.ROOT
        if operation.action is Action.CREATE:
            return (yield from organisations.create(self._place, operation))
        found = yield from self._place.find_organisation(ref)
        if found is None:
            return AlreadySo() if operation.action is Action.REMOVE else GONE
        if ref.remote_id not in (None, found.code):
            return _other(found.name or found.code)
        if found.code == self._place.root():
            return organisations.ROOT
        if operation.action is Action.REMOVE:
            return (yield from organisations.remove(self._place, found))
        return (yield from organisations.update(self._place, found, operation))

    def _erased(self, ref: Ref) -> Errand[Outcome]:
        if self._place.protects(ref.key, ref.remote_id):
            return PROTECTED
        row = yield from self._place.find_person(ref)
        if row is None or not row.faces:
            return AlreadySo()
        if ref.remote_id not in (None, row.person_id):
            return _other(row.name or row.person_id)
        return (yield from faces.erase(self._place, row)) or Done()


def _waves(operations: Sequence[Operation]) -> Iterator[list[int]]:
    """Their numbers, as they may go out at once: departments first, and never two of one subject."""
    left = sorted(range(len(operations)), key=lambda number: operations[number].ref.kind is Kind.PERSON)
    while left:
        kind = operations[left[0]].ref.kind
        first: dict[str, int] = {}
        for number in left:
            if operations[number].ref.kind is kind:
                first.setdefault(operations[number].ref.subject, number)
        yield list(first.values())
        left = [number for number in left if number not in first.values()]


def _outcome(ended: Outcome | Trouble) -> Outcome:
    match ended:
        case Refusal():
            return outcome_of_refusal(ended)
        case ConnectorError():
            return outcome_of(ended)
    return ended


def _other(holder: str) -> Conflict:
    return Conflict(holder, "平台上另有一条记录带着同一工号或代码，不是原来的那一条")
