"""One pass over claimed rows: observe, plan, record the intent, apply, read back, settle (design: Store and engine).

A pass goes in rounds. What a round sends is read back by the observation that
opens the next one; a row whose plan is then empty is done. No database
transaction is open while a connector talks.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import random

from sqlalchemy import Connection

from connectors.base import Metered, Pipelined
from mappings.model import Action, AlreadySo, Done, Kind, Operation, Outcome, Pending, Reason, Retry, Unknown
from scim_server.clock import Clock
from scim_server.reconcile import ending, journal, steps
from scim_server.reconcile.observing import Observer
from scim_server.reconcile.pace import OBSERVE
from scim_server.reconcile.shared import Shared
from scim_server.reconcile.task import Task
from scim_server.store import attempts, links, logins
from scim_server.store.finish import Finish
from scim_server.store.people import keys_of
from scim_server.store.writer import Writer

ROUNDS = 5
DRIFT = "；系统中的现状与名册不符，予以恢复"


@dataclass(frozen=True, slots=True)
class Ends:
    """What a pass hands to the writer."""

    finishes: Sequence[Finish]
    settled: Sequence[attempts.Settled]


class LeaseLost(Exception):
    """The pass has held its rows for too long; somebody else may have them now."""


class Interrupted(Exception):
    """The house is closing. `unsent`: ids of attempts on record that were surely never sent."""

    def __init__(self, unsent: Sequence[str] = ()) -> None:
        super().__init__()
        self.unsent = tuple(unsent)


class Pass:
    """Works claimed rows: what one lane does with one batch. `locks` gets the subjects for whom a lock is sent."""

    def __init__(self, observer: Observer, writer: Writer, clock: Clock, shared: Shared, locks: set[str]) -> None:
        self._observer = observer
        self._target = observer.target
        self._writer = writer
        self._clock = clock
        self._pace = shared.pace
        self._slips = shared.slips
        self._guard = shared.guard
        self._stopping = shared.stopping
        self._random = random
        self._locks = locks

    def run(self, claims: Sequence[links.Claim]) -> Ends:
        """Works the claimed rows; returns how they end, for the writer. Raises LeaseLost, Interrupted."""
        self._until = max(claim.lease_until for claim in claims)
        self._longest = self._until - links.LEASE + links.LONGEST
        self._lease = list(claims)
        self._work = work = self._observer.tasks(claims, self._moment())
        self._read_open(work)
        for last in [False] * ROUNDS + [True]:
            if not self._round([task for task in work if task.under_way], last):
                break
        for task in (task for task in work if task.under_way):
            ending.not_home(task, self._moment())
        journal.read_back(work)
        return Ends([task.finish for task in work if task.finish], [end for task in work for end in task.ends])

    def _read_open(self, work: Sequence[Task]) -> None:
        by_subject = {task.claim.subject: task for task in work}
        for each in attempts.still_open(self._observer.reader, self._target.name, list(by_subject)):
            by_subject[each.subject].open.append(each)

    def _round(self, work: Sequence[Task], last: bool) -> bool:
        """Whether anything was sent. The last round only reads back."""
        calls: list[Mapping[str, int]] = [{OBSERVE: 1} for _ in work]
        work = self._paced(work, calls)
        self._observer.observe(work, self._moment())
        self._give_back(calls[: len(work)])
        todo: dict[str, list[Operation]] = {}
        for task in (task for task in work if task.under_way):
            task.plan()
        self._give_passwords(work)
        for task in (task for task in work if task.under_way):
            ending.read_back(task, self._moment())
            if task.under_way and task.planned.operations:
                todo[task.claim.subject] = task.next_operations()
            if task.under_way and not todo.get(task.claim.subject, True):
                del todo[task.claim.subject]
                ending.kept_back(task, self._moment())
        if last or not todo:
            return False
        sending = [task for task in work if task.claim.subject in todo]
        calls = [Counter(each.action.value for each in todo[task.claim.subject]) for task in sending]
        sending = self._paced(sending, calls)
        todo = {task.claim.subject: todo[task.claim.subject] for task in sending}
        self._send(sending, self._intend(sending, todo))
        self._give_back(calls[: len(sending)])
        return True

    def _give_passwords(self, work: Sequence[Task]) -> None:
        """Who was made and is as desired gets the first password (S15)."""
        if self._slips is None:
            return
        made = [task for task in work if task.under_way and not task.planned.operations]
        for task in self._slips.owed(self._observer.reader, made):
            outcome = self._slips.give(task, self._observer.connector)
            self._note_outcome(outcome)
            task.withheld = None if isinstance(outcome, Done | AlreadySo) else outcome

    def _paced(self, work: Sequence[Task], calls: Sequence[Mapping[str, int]]) -> list[Task]:
        """Those whose calls the vendor's windows allow now; the others are due when they may (S25)."""
        granted, wait = self._pace.grant(calls)
        for task in work[granted:]:
            ending.wait_for_pace(task, wait, self._moment())
        return list(work[:granted])

    def _give_back(self, granted: Sequence[Mapping[str, int]]) -> None:
        """What was granted and not called."""
        if isinstance(self._observer.connector, Metered):
            self._pace.give_back(granted, self._observer.connector.spent())

    def _moment(self) -> ending.Moment:
        return ending.Moment(self._clock.now(), self._random)

    # -- intents

    def _intend(self, work: Sequence[Task], todo: dict[str, list[Operation]]) -> dict[str, list[Operation]]:
        """Records what is about to be sent, reserves logins; returns what may be sent."""
        by_subject = {task.claim.subject: task for task in work}
        for subject, operations in todo.items():
            todo[subject] = [self._explained(by_subject[subject], each) for each in operations]
        logins = {subject: by_subject[subject].desired.login for subject, each in todo.items() if steps.names(each)}
        wanted = {subject: login for subject, login in logins.items() if login is not None}
        holders = self._writer.write(lambda connection: self._record(connection, by_subject, todo, wanted))
        for task in work:
            task.guarded.committed()
            if task.guarded.kept is not None and not todo[task.claim.subject]:
                ending.kept_back(task, self._moment())
        keys = keys_of(self._observer.reader, set(holders.values()))
        for subject, holder in holders.items():
            if not todo[subject] and by_subject[subject].under_way:
                ending.wait_for_name(by_subject[subject], holder, keys.get(holder, holder), self._moment())
        return {subject: operations for subject, operations in todo.items() if operations}

    def _record(
        self,
        connection: Connection,
        work: dict[str, Task],
        todo: dict[str, list[Operation]],
        wanted: dict[str, str],
    ) -> dict[str, str]:
        """Leaves in `todo` what may be sent: where the login is not to be had, only what takes away."""
        now = self._clock.now()
        self._guard.judge(connection, [work[each] for each in todo], self._seen())
        for task in (work[each] for each in todo if work[each].guarded.kept is not None):
            todo[task.claim.subject] = [self._explained(task, each) for each in task.next_operations()]
        holders = logins.reserve(connection, wanted, self._target.name)
        for subject in holders:
            todo[subject] = steps.taking_away(todo[subject])
        self._keep_quota(connection, work, todo)
        intents = [
            _intent(operation, work[subject].claim, now)
            for subject, operations in todo.items()
            for operation in operations
            if not work[subject].is_under_way(operation.id)
        ]
        attempts.record(connection, intents, now, self._target.policy)
        created = [work[each] for each in todo if steps.creates(todo[each])]
        numbered = [(task.claim, task.desired.spell, task.ref.incarnation + 1) for task in created]
        links.mark_creating(connection, numbered)
        if self._slips is not None:
            self._slips.owe(connection, [task for task in created if task.ref.kind is Kind.PERSON])
            self._slips.void(connection, [work[each] for each in todo if steps.removes(todo[each])])
        links.mark_locking(connection, [work[each].claim for each in todo if steps.locks(todo[each])])
        if self._clock.now() >= self._until:
            raise LeaseLost  # it stood still: whoever has the rows now knows nothing of these intents
        return holders

    def _seen(self) -> list[str]:
        """Whom this pass has looked at, as far as it goes on with them or its batches wait for them no more."""
        return [each.claim.subject for each in self._work if each.was_read and (not each.finish or each.finish.weighed)]

    def _keep_quota(self, connection: Connection, work: dict[str, Task], todo: dict[str, list[Operation]]) -> None:
        """Where the quota of people to be made is less than who is to be made, nobody is (S25)."""
        creating = [each for each in todo if steps.creates(todo[each]) and work[each].ref.kind is Kind.PERSON]
        short = self._pace.take(connection, len(creating)) if creating else None
        if short is None:
            return
        for subject in creating:
            todo[subject] = []
            ending.over_quota(work[subject], short, self._moment())

    def _explained(self, task: Task, operation: Operation) -> Operation:
        reason = task.why(operation)
        drift = task.claim.changed is None and task.settled_as == task.fingerprint()
        if drift and reason is not None:
            reason = Reason(reason.article, reason.text + DRIFT)
        return replace(operation, id=task.id_of(operation) or attempts.new_id(), reason=reason)

    # -- sending

    def _send(self, work: Sequence[Task], todo: dict[str, list[Operation]]) -> None:
        for task in work:
            operations = todo.get(task.claim.subject, [])
            if steps.creates(operations):
                task.creates()
            if steps.locks(operations):
                task.locking = True
                self._locks.add(task.claim.subject)
        queue = {task.claim.subject: list(todo.get(task.claim.subject, [])) for task in work}
        while any(queue.values()):
            try:
                self._hold_lease()
                wave = [(task, each) for task in work for each in steps.take(queue[task.claim.subject])]
                orders = [each.order(each.id) for _, each in wave]
                outcomes = journal.applied(wave, partial(self._apply_each, orders), self._clock)
            except Interrupted as stopped:
                left = {*stopped.unsent, *(each.id for rest in queue.values() for each in rest)}
                raise Interrupted(sorted(left - {each.id for task in work for each in task.open})) from None
            for (task, operation), outcome in zip(wave, outcomes, strict=True):
                self._note_outcome(outcome)
                task.stranded = self._stranded(operation, outcome)
                if ending.after_call(task, operation, outcome, self._moment()):
                    ending.not_sent(task, queue[task.claim.subject])
                    queue[task.claim.subject] = []

    def _stranded(self, operation: Operation, outcome: Outcome) -> str:
        """A Group waits for its members; where nobody of ours still moves, why they stay (S7). Empty: they move."""
        waits = isinstance(outcome, Pending) and operation.action is Action.REMOVE and operation.ref.kind is Kind.GROUP
        reader, system = self._observer.reader, self._target.name
        if not waits or links.people_move(reader, system):
            return ""
        return ending.KEPT if links.people_held(reader, system) else ending.STRANDED

    def _apply_each(self, operations: Sequence[Operation]) -> Sequence[Outcome]:
        connector = self._observer.connector
        if isinstance(connector, Pipelined):
            return connector.apply_each(operations)
        outcomes: list[Outcome] = []
        away: Outcome | None = None
        for place, operation in enumerate(operations):
            if self._stopping.is_set():
                raise Interrupted([each.id for each in operations[place:]])
            self._hold_lease()
            outcomes.append(away or connector.apply(operation))  # once it is away, nobody is sent after it
            if isinstance(outcomes[-1], Retry) and outcomes[-1].outage:
                away = outcomes[-1]
        return outcomes

    def _note_outcome(self, outcome: Outcome) -> None:
        if isinstance(outcome, Retry) and outcome.outage:
            self._observer.stayed_away(outcome.text, outcome.after)
        elif not isinstance(outcome, Unknown):
            self._observer.answered = True

    def _hold_lease(self) -> None:
        """Before each call, which may take 30 s: the lease must outlast it (S20). Raises LeaseLost, Interrupted."""
        if self._stopping.is_set():
            raise Interrupted
        now = self._clock.now()
        if self._until - now > links.LEASE * 2 / 3:
            return
        self._until = min(now + links.LEASE, self._longest)
        held = self._writer.write(lambda connection: links.renew(connection, self._lease, self._until))
        if self._until - now < links.LEASE / 2 or held < len(self._lease):
            raise LeaseLost


def _intent(operation: Operation, claim: links.Claim, now: float) -> attempts.Intent:
    """Without a change on record it was the system that moved: no push is to blame, and a sweep has seen it."""
    swept = claim.batch.partition(" ")[0] if claim.batch and claim.batch.startswith("sweep:") else None
    return attempts.Intent(operation, claim.desired, claim.changed or now, claim.cause if claim.changed else swept)
