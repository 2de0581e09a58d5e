"""Who does not look as remembered is compared by desired and plan, as any pass would (S17)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from connectors.errors import Unreachable
from mappings.model import AccountState, Action, Kind, Operation, Presence
from mappings.plan import FOREIGN, LOCKED_BY_HAND
from scim_server.reconcile import ending
from scim_server.reconcile.desire import known_memberships
from scim_server.reconcile.observing import Observer
from scim_server.reconcile.read_back import (
    ADDRESS,
    MEMBERSHIPS,
    MISSING,
    NOTHING,
    PRESENCE,
    Record,
    digest_of,
    groups_of,
)
from scim_server.reconcile.steps import mends
from scim_server.reconcile.sweep_findings import (
    ABSENT,
    ACTIVE,
    EXTRA,
    GONE,
    GRACE,
    HEAL,
    LOCKED,
    OTHER,
    REPLACED,
    REPORT,
    Drift,
    Given,
    Tally,
)
from scim_server.reconcile.task import Task
from scim_server.reconcile.tolerance import HEALS, remembered
from scim_server.store import links, sweeps
from scim_server.store.links import Claim
from scim_server.store.people import OrgCache

Value = tuple[str, str, str]  # what, group, found


class Detail:
    """Of one sweep. Its observer leaves nothing as it finds it: the policy has its say afterwards."""

    def __init__(self, given: Given, tally: Tally) -> None:
        strict = replace(given.target, drift=HEALS)
        self._observer = Observer(strict, given.connector, given.reader, OrgCache(), given.clock)
        self._target, self._clock, self._sink, self._tally = given.target, given.clock, given.sink, tally
        self._patience, self._report_only = given.patience, given.report_only
        self._told: set[str] = set()  # whose differences were told: nobody is counted twice

    def as_read(self, states: Mapping[str, AccountState]) -> dict[str, tuple[str, ...] | None]:
        """Compares accounts as they stood on a page, by subject; returns in which groups each must be.

        Who differs is looked at once more before anything is said; the others are noted.
        """
        claims = [each for each in links.those(self._observer.reader, self._target.name, list(states)) if _rests(each)]
        work = self._observer.tasks(claims, self._moment())
        for task in (task for task in work if task.under_way):
            task.saw(states[task.claim.subject])
        known_memberships(self._observer.reader, self._target.name, [task for task in work if task.under_way])
        fine = [task for task in work if task.under_way and _is_fine(task)]
        doubtful = [task for task in work if task not in fine]
        known = [task for task in fine if task.claim.finding != LOCKED_BY_HAND]
        self._sink.note([(task.claim.subject, task.claim.epoch, self._record(task)) for task in known])
        self._unlocked(fine)
        self.look([task.claim.subject for task in doubtful])
        return {task.claim.subject: groups_of(task.desired.state.memberships) for task in work}

    def look(self, subjects: Sequence[str]) -> None:
        """Looks at these accounts, each by itself, and tells what is other than it should be. Raises ConnectorError."""
        wanted = [subject for subject in dict.fromkeys(subjects) if subject not in self._told]
        for start in range(0, len(wanted), self._target.batch):
            self._look(wanted[start : start + self._target.batch])

    def still_gone(self, subjects: Sequence[str]) -> None:
        """Tells of accounts that somebody removed by hand, and that are not made again, as long as that is so."""
        now = self._clock.now()
        seen = sweeps.first_seen(self._observer.reader, self._target.name, subjects) if subjects else {}
        rows = {
            subject: [Drift(subject, MISSING, "", GONE, REPORT, seen.get(subject, {}).get(MISSING, now))]
            for subject in subjects
            if subject not in self._told
        }
        self._tell(rows)

    def _look(self, lot: Sequence[str]) -> None:
        self._patience(len(lot))
        claims = [each for each in links.those(self._observer.reader, self._target.name, lot) if _rests(each)]
        work = self._observer.preview(claims)
        if self._observer.outage is not None:
            raise Unreachable(self._observer.outage)
        seen = sweeps.first_seen(self._observer.reader, self._target.name, [task.claim.subject for task in work])
        found = {task.claim.subject: list(self._drift(task, seen.get(task.claim.subject, {}))) for task in work}
        self._tell({subject: drift for subject, drift in found.items() if drift})
        self._remember([task for task in work if task.under_way and found[task.claim.subject]], found)
        self._unlocked([task for task in work if task.under_way and not found[task.claim.subject]])

    def _unlocked(self, fine: Sequence[Task]) -> None:
        """Whoever was locked by hand, and is no more: the row looks, and says so no longer (S12)."""
        if not self._report_only:
            self._sink.due([task.claim.subject for task in fine if task.claim.finding == LOCKED_BY_HAND])

    def _remember(self, work: Sequence[Task], found: Mapping[str, Sequence[Drift]]) -> None:
        """What is left now is left as long as the roster wants what it wants now."""
        if self._target.drift.heals_at_once:
            return
        left = [task for task in work if all(each.outcome != HEAL for each in found[task.claim.subject])]
        self._sink.note([(task.claim.subject, task.claim.epoch, self._left(task)) for task in left])

    def _left(self, task: Task) -> str:
        wanted = remembered(self._target.drift, task)
        return str(Record(NOTHING, groups_of(task.desired.state.memberships), wanted))

    def _tell(self, found: Mapping[str, Sequence[Drift]]) -> None:
        self._told |= found.keys()
        everything = [each for drift in found.values() for each in drift]
        self._tally.add(everything)
        self._sink.found(everything)
        if self._report_only:
            return
        due = [subject for subject, drift in found.items() if any(each.outcome == HEAL for each in drift)]
        self._sink.due(due)
        later = {
            subject: min(each.first_seen + self._target.drift.grace for each in drift if each.outcome == GRACE)
            for subject, drift in found.items()
            if subject not in due and any(each.outcome == GRACE for each in drift)
        }
        self._sink.due_later(list(later.items()))

    def _drift(self, task: Task, seen: Mapping[str, float]) -> Iterator[Drift]:
        """What one account shows that the roster does not say. One that could not be read shows nothing."""
        if not task.under_way:
            return
        now = self._clock.now()
        values = dict.fromkeys(_values(task.planned.operations))
        if task.planned.finding == LOCKED_BY_HAND:
            yield self._one(task, (PRESENCE, "", LOCKED), REPORT, seen, now)
        elif task.planned.finding == FOREIGN:
            yield self._one(task, (MISSING, "", REPLACED), HEAL, seen, now)
        unreadable = self._target.capabilities.unreadable
        for value in values:
            if value[0] not in unreadable:
                yield self._one(task, value, "", seen, now)

    def _one(self, task: Task, value: Value, outcome: str, seen: Mapping[str, float], now: float) -> Drift:
        what, group, found = value
        since = seen.get(what, now)
        group_gone = what == MISSING and task.ref.kind is Kind.GROUP
        settled = outcome or (HEAL if what == ADDRESS or group_gone else self._target.drift.outcome(what, now - since))
        return Drift(task.claim.subject, what, group, found, REPORT if self._report_only else settled, since)

    def _record(self, task: Task) -> str:
        """What a row that is as it should be remembers from now on."""
        seen, wanted = task.observed, task.desired
        assert seen is not None, "what was on a page is there"
        must = groups_of(wanted.state.memberships if seen.memberships is None else seen.memberships)
        named = tuple(must) if must is not None and task.ref.kind is Kind.PERSON else None
        kept = remembered(self._target.drift, task)
        return str(Record(digest_of(seen, self._target.drift.names), named, kept))

    def _moment(self) -> ending.Moment:
        return ending.Moment(self._clock.now(), lambda: 1.0)


def _is_fine(task: Task) -> bool:
    """Whether nothing needs to be done or told, as far as was read."""
    planned = task.plan()
    return not _values(planned.operations) and planned.finding is None


def _rests(claim: Claim) -> bool:
    """Whether nothing is under way for it: what moves looks by itself."""
    return claim.desired == claim.applied


def _values(operations: Sequence[Operation]) -> list[Value]:
    """What these operations would mend."""
    values = [value for operation in operations for value in _of(operation)]
    gone = [value for value in values if value[0] == MISSING]
    return gone or values  # who is made again joins again: that is one thing


def _of(operation: Operation) -> list[Value]:
    action, before, after = operation.action, operation.before, operation.after
    group = operation.group.key if operation.group else ""
    if mends(operation):
        return [(ADDRESS, "", OTHER)]
    if action is Action.CREATE:
        return [(MISSING, "", GONE)]
    if action is Action.JOIN:
        return [(MEMBERSHIPS, group, ABSENT)]
    if action is Action.LEAVE:
        return [(MEMBERSHIPS, group, EXTRA)]
    if action is Action.UPDATE:
        moved = [(MEMBERSHIPS, group, OTHER)] if after is not None and after.memberships is not None else []
        return [*((name, "", OTHER) for name in sorted(after.attributes if after else ())), *moved]
    locked = before is not None and before.presence is Presence.LOCKED
    return [(PRESENCE, "", LOCKED if locked else ACTIVE)]
