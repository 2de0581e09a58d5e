"""One pass over claimed rows: observe, plan, record the intent, apply, read back, settle (design: Store and engine).

A pass goes in rounds. What a round sends is read back by the observation that
opens the next one; a row whose plan is then empty is done. No database
transaction is open while a connector talks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import random

from sqlalchemy import Connection

from connectors.base import Pipelined
from mappings.model import Action, Operation, Outcome, Presence, Reason, Retry, Unknown
from scim_server.clock import Clock
from scim_server.reconcile import ending
from scim_server.reconcile.observing import Observer
from scim_server.reconcile.task import LOGIN_CHANGES, Task, taking_away
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


class Pass:
    """Works claimed rows: what one lane does with one batch."""

    def __init__(self, observer: Observer, writer: Writer, clock: Clock) -> None:
        self._observer = observer
        self._target = observer.target
        self._writer = writer
        self._clock = clock
        self._random = random

    def run(self, claims: Sequence[links.Claim]) -> Ends:
        """Works the claimed rows; returns how they end, for the writer. Raises LeaseLost."""
        self._until = max(claim.lease_until for claim in claims)
        self._longest = self._until - links.LEASE + links.LONGEST
        self._lease = list(claims)
        work = self._observer.tasks(claims, self._moment())
        self._read_open(work)
        for last in [False] * ROUNDS + [True]:
            if not self._round([task for task in work if task.under_way], last):
                break
        for task in (task for task in work if task.under_way):
            ending.not_home(task, self._moment())
        return Ends([task.finish for task in work if task.finish], [end for task in work for end in task.ends])

    def _read_open(self, work: Sequence[Task]) -> None:
        by_subject = {task.claim.subject: task for task in work}
        for each in attempts.still_open(self._observer.reader, self._target.name, list(by_subject)):
            by_subject[each.subject].open.append(each)

    def _round(self, work: Sequence[Task], last: bool) -> bool:
        """Whether anything was sent. The last round only reads back."""
        self._observer.observe(work, self._moment())
        todo: dict[str, list[Operation]] = {}
        for task in (task for task in work if task.under_way):
            task.plan()
            ending.read_back(task, self._moment())
            if task.under_way and task.planned.operations:
                todo[task.claim.subject] = task.next_operations()
        if last or not todo:
            return False
        sending = [task for task in work if task.claim.subject in todo]
        self._send(sending, self._intend(sending, todo))
        return True

    def _moment(self) -> ending.Moment:
        return ending.Moment(self._clock.now(), self._random)

    # -- intents

    def _intend(self, work: Sequence[Task], todo: dict[str, list[Operation]]) -> dict[str, list[Operation]]:
        """Records what is about to be sent, reserves logins; returns what may be sent."""
        by_subject = {task.claim.subject: task for task in work}
        for subject, operations in todo.items():
            todo[subject] = [self._explained(by_subject[subject], each) for each in operations]
        logins = {subject: by_subject[subject].desired.login for subject, each in todo.items() if _names(each)}
        wanted = {subject: login for subject, login in logins.items() if login is not None}
        holders = self._writer.write(lambda connection: self._record(connection, by_subject, todo, wanted))
        keys = keys_of(self._observer.reader, set(holders.values()))
        for subject, holder in holders.items():
            if not todo[subject]:
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
        holders = logins.reserve(connection, wanted, self._target.name)
        for subject in holders:
            todo[subject] = taking_away(todo[subject])
        intents = [
            (operation, work[subject].claim.desired, work[subject].claim.changed or now)
            for subject, operations in todo.items()
            for operation in operations
        ]
        attempts.record(connection, intents, now)
        links.mark_intents(connection, (work[each].claim for each in todo if _creates(todo[each])), "creating")
        links.mark_intents(connection, (work[each].claim for each in todo if _locks(todo[each])), "locking")
        return holders

    def _explained(self, task: Task, operation: Operation) -> Operation:
        reason = operation.reason
        drift = task.claim.changed is None and task.claim.fingerprint == task.fingerprint()
        if drift and reason is not None:
            reason = Reason(reason.article, reason.text + DRIFT)
        return replace(operation, id=attempts.new_id(), reason=reason)

    # -- sending

    def _send(self, work: Sequence[Task], todo: dict[str, list[Operation]]) -> None:
        for task in work:
            operations = todo.get(task.claim.subject, [])
            task.creating = task.creating or _creates(operations)
            task.locking = task.locking or _locks(operations)
        queue = {task.claim.subject: list(todo.get(task.claim.subject, [])) for task in work}
        while any(queue.values()):
            self._hold_lease()
            wave = [(task, each) for task in work for each in _take(queue[task.claim.subject])]
            outcomes = self._apply_each([each.order(each.id) for _, each in wave])
            for (task, operation), outcome in zip(wave, outcomes, strict=True):
                self._note_outcome(outcome)
                if ending.after_call(task, operation, outcome, self._moment()):
                    ending.not_sent(task, queue[task.claim.subject])
                    queue[task.claim.subject] = []

    def _apply_each(self, operations: Sequence[Operation]) -> Sequence[Outcome]:
        connector = self._observer.connector
        if isinstance(connector, Pipelined):
            return connector.apply_each(operations)
        return [connector.apply(operation) for operation in operations]

    def _note_outcome(self, outcome: Outcome) -> None:
        if isinstance(outcome, Retry) and outcome.outage:
            self._observer.outage = outcome.text
        elif not isinstance(outcome, Unknown):
            self._observer.answered = True

    def _hold_lease(self) -> None:
        """A call may take 30 s: the lease must outlast it (S20)."""
        now = self._clock.now()
        if self._until - now > links.LEASE * 2 / 3:
            return
        self._until = min(now + links.LEASE, self._longest)
        held = self._writer.write(lambda connection: links.renew(connection, self._lease, self._until))
        if self._until - now < links.LEASE / 2 or held < len(self._lease):
            raise LeaseLost


def _names(operations: Sequence[Operation]) -> bool:
    return any(operation.action in LOGIN_CHANGES for operation in operations)


def _creates(operations: Sequence[Operation]) -> bool:
    return any(operation.action is Action.CREATE for operation in operations)


def _locks(operations: Sequence[Operation]) -> bool:
    return any(operation.action is Action.LOCK or _creates_locked(operation) for operation in operations)


def _creates_locked(operation: Operation) -> bool:
    after = operation.after
    return operation.action is Action.CREATE and after is not None and after.presence is Presence.LOCKED


def _take(queue: list[Operation]) -> list[Operation]:
    """The operations of one account that may go out together: one, or moves between different groups."""
    taken = [queue.pop(0)] if queue else []
    while taken and queue and taken[0].group is not None and queue[0].group is not None:
        taken.append(queue.pop(0))
    return taken
