"""The guard of one system (S23): judges what a pass is about to send, and gives the verdict over batches.

It judges in the transaction that writes the attempts, behind a lock that all nodes share, and leaves its word in the
rows: what may go stays permitted after a crash, what may not is held.
"""

from collections.abc import Collection, Sequence
from functools import partial
from threading import Lock

from sqlalchemy import Connection

from mappings.guard import URGENT, Limits, People, exceeded
from mappings.model import Action, Operation
from scim_server.clock import Clock
from scim_server.reconcile.guarded import Kept
from scim_server.reconcile.task import Task
from scim_server.store import approvals, batches, guard
from scim_server.store.approvals import Row, Standing
from scim_server.store.links import Claim
from scim_server.store.writer import Writer

FRESH = 60.0  # seconds for which the number of linked accounts is good enough to let something pass
JUST_NOW = 1.0  # seconds for which it is good enough to hold something

Judged = tuple[Task, Row]


class Guard:
    """For all lanes of one system in this process; `limits` are the settings'."""

    def __init__(self, system: str, limits: Limits, clock: Clock) -> None:
        self._system = system
        self._limits = limits
        self._clock = clock
        self._census: tuple[float, People] | None = None
        self._begun = False
        self._beginning = Lock()

    # -- a turn of a lane

    def is_waited_for(self, reader: Connection) -> bool:
        """Nothing is due now, so there is no backlog of a start; whether rows wait for a verdict."""
        self._begun = True
        return bool(batches.weighings(reader, self._system))

    def rest(self) -> None:
        """Nothing may be sent there now: when that is over, what has gathered is one batch."""
        self._begun = False

    def look(self, reader: Connection, writer: Writer) -> None:
        """Before anything is claimed: the first time it makes one batch of the backlog; gives verdicts that are due."""
        if not self._begun:
            with self._beginning:
                if not self._begun:
                    writer.write(self._gather_backlog)
                    self._begun = True
        now = self._clock.now()
        for batch, since in batches.weighings(reader, self._system):
            if self._is_whole(reader, batch, (), since, now):
                writer.write(partial(self.weigh, batch=batch))

    def _gather_backlog(self, connection: Connection) -> None:
        now = self._clock.now()
        batches.gather(connection, self._system, f"start {now:.3f}", now, woken=True)

    def weigh(self, connection: Connection, batch: str) -> None:
        """The verdict over a batch, if it can be given now."""
        now = self._clock.now()
        guard.lock(connection, self._system)
        since = batches.since(connection, self._system, batch)
        if since is None or not self._is_whole(connection, batch, (), since, now):
            return
        people = self._waiting(connection, batch, ())
        unseen = dict(batches.unseen_people(connection, self._system, batch, ()))
        fits = self._fits(connection, unseen | people, now)
        if not people or (fits and not approvals.is_held(connection, self._system)):
            guard.count(connection, self._system, list(people.items()), now)
            approvals.permit_batch(connection, self._system, batch, now)
        else:
            self._hold_batch(connection, batch, fits, now)
        batches.judged(connection, self._system, batch)

    # -- a pass

    def judge(self, connection: Connection, work: Sequence[Task], seen: Collection[str]) -> None:
        """Says of each row that is about to be sent whether what is dangerous of it may go (`task.guarded`).

        In the transaction that records the attempts, which may be run twice. `seen`: the subjects that this pass has
        looked at.
        """
        concerned = [task for task in work if task.guarded.dangerous(task.planned.operations) or task.claim.hold]
        if not concerned:
            return
        now = self._clock.now()
        guard.lock(connection, self._system)
        found = approvals.standings(connection, self._system, [task.claim.subject for task in concerned])
        alone: list[Judged] = []
        together: dict[str, list[Judged]] = {}
        for task in concerned:
            task.guarded.judged_anew()
            at = found[task.claim.subject]
            row = self._in_question(connection, task, at, now)
            if row is None:
                continue
            batch = at.batch or self._own_batch(connection, task.claim, now)
            if batch is None:
                alone.append((task, row))
            else:
                together.setdefault(batch, []).append((task, row))
        for batch, rows in together.items():
            self._judge_batch(connection, batch, rows, seen, now)
        self._judge_alone(connection, alone, now)

    def _in_question(self, connection: Connection, task: Task, at: Standing, now: float) -> Row | None:
        """What of a row nobody has spoken about yet; None: nothing, or it is known already.

        What the system is at has been let pass, however the account looks by now: a removal in steps is asked once.
        """
        guarded, subject = task.guarded, task.claim.subject
        all_of_it = guarded.dangerous(task.planned.operations)
        if all_of_it and at.desired != task.claim.desired:
            guarded.keep(Kept.MOVED)
            return None
        allowed = guarded.passed | frozenset((at.permit or "").split())
        left = [each for each in all_of_it if not guarded.digests([each]) <= allowed and not task.is_begun(each)]
        left = self._urgent(connection, task, left, now)
        held_as = guarded.row(left)
        if at.hold is not None:
            if self._still_held(task, at, held_as):
                return None
            approvals.leave(connection, self._system, [(subject, at.hold)])
        guarded.let(each for each in all_of_it if each not in left)
        if not left:
            return None
        return Row(task.claim, held_as, left, task.fingerprint(), task.claim.department or task.desired.department)

    def _still_held(self, task: Task, at: Standing, held_as: str) -> bool:
        """An open approval is for exactly these operations; a rejection for whatever makes the same desired state."""
        if at.state == approvals.OPEN and at.held_as == held_as:
            task.guarded.keep(Kept.HELD, at.hold)
        elif at.state == approvals.REJECTED and held_as and at.wanted == task.fingerprint():
            task.guarded.keep(Kept.REJECTED, at.hold)
        else:
            return False
        return True

    def _urgent(self, connection: Connection, task: Task, left: list[Operation], now: float) -> list[Operation]:
        """Without the lock, where it rests on a suspension and may pass."""
        locks = [each for each in left if each.action is Action.LOCK]
        if not task.desired.urgent or not locks or not self._has_room(connection, task.claim.subject, now):
            return left
        guard.count(connection, self._system, [(task.claim.subject, None)], now, urgent=True)
        return [each for each in left if each not in locks]

    def _has_room(self, connection: Connection, subject: str, now: float) -> bool:
        passed = guard.of_the_hour(connection, self._system, now, urgent=True).number
        return passed < URGENT or subject in guard.among(connection, self._system, [subject], now, urgent=True)

    def _own_batch(self, connection: Connection, claim: Claim, now: float) -> str | None:
        """Nothing woke it: its day has come, or the system has moved; then others are due for the same reason."""
        if claim.changed is not None or claim.hold is not None:
            return None
        batch = f"due {now:.3f}"
        batches.gather(connection, self._system, batch, now, woken=False)
        return batch

    # -- verdicts

    def _judge_alone(self, connection: Connection, rows: Sequence[Judged], now: float) -> None:
        """One after the other: the first that would be too many is held, and every one after it."""
        for task, row in rows:
            late = task.desired.urgent and any(each.action is Action.LOCK for each in row.operations)
            held = late or approvals.is_held(connection, self._system)
            if held or not self._fits(connection, {row.claim.subject: row.department}, now):
                approval = approvals.opened(connection, self._system, None, now)
                self._hold(connection, approval, [(task, row)])
            else:
                self._let(connection, [(task, row)], now)

    def _judge_batch(
        self, connection: Connection, batch: str, rows: Sequence[Judged], seen: Collection[str], now: float
    ) -> None:
        """All of it or nothing; until all of it has been looked at it waits, unless it is too much already."""
        known = approvals.of_batch(connection, self._system, batch)
        if known is not None and known[1] in (approvals.OPEN, approvals.REJECTED):
            # who comes late to what was rejected was in nobody's question: somebody is asked anew
            self._hold(connection, approvals.opened(connection, self._system, batch, now), rows)
            return
        since = batches.since(connection, self._system, batch) or now
        people = self._waiting(connection, batch, {task.claim.subject for task, _ in rows})
        waiting = list(people.items())
        people |= {row.claim.subject: row.department for _, row in rows}
        if since + batches.PATIENCE <= now:
            people |= dict(batches.unseen_people(connection, self._system, batch, seen))
        fits = self._fits(connection, people, now)
        if fits and not self._is_whole(connection, batch, seen, since, now):
            self._wait(connection, batch, rows, now)
        elif not fits or approvals.is_held(connection, self._system):
            self._hold(connection, self._hold_batch(connection, batch, fits, now), rows)
            batches.judged(connection, self._system, batch)
        else:
            guard.count(connection, self._system, waiting, now)
            self._let(connection, rows, now)
            approvals.permit_batch(connection, self._system, batch, now)
            batches.judged(connection, self._system, batch)

    def _hold_batch(self, connection: Connection, batch: str, fits: bool, now: float) -> str:
        """All that wait are held; returns the approval: its own, or the one of single rows for a batch that fits and is
        held because the system is: a trickle of small ones is one question."""
        approval = approvals.opened(connection, self._system, None if fits else batch, now)
        approvals.hold_batch(connection, self._system, batch, approval)
        return approval

    def _waiting(self, connection: Connection, batch: str, but: Collection[str]) -> dict[str, str | None]:
        """Who waits for the verdict over a batch, by subject: the department."""
        found = batches.waiting(connection, self._system, batch)
        return {subject: department for subject, department in found if subject not in but}

    def _wait(self, connection: Connection, batch: str, rows: Sequence[Judged], now: float) -> None:
        approvals.put(connection, batches.waiting_room(self._system, batch), [row for _, row in rows])
        batches.weigh(connection, self._system, batch, now)
        for task, _ in rows:
            task.guarded.keep(Kept.WEIGHED)

    def _hold(self, connection: Connection, approval: str, rows: Sequence[Judged]) -> None:
        approvals.hold(connection, approval, [row for _, row in rows])
        for task, _ in rows:
            task.guarded.keep(Kept.HELD, approval)

    def _let(self, connection: Connection, rows: Sequence[Judged], now: float) -> None:
        guard.count(connection, self._system, [(row.claim.subject, row.department) for _, row in rows], now)
        allowed = [(row.claim, task.guarded.row(task.planned.operations)) for task, row in rows]
        approvals.permit(connection, allowed)
        for task, row in rows:
            task.guarded.let(row.operations)

    def _is_whole(self, connection: Connection, batch: str, seen: Collection[str], since: float, now: float) -> bool:
        """All of it has been written and looked at, or that has been waited for long enough."""
        if since + batches.PATIENCE <= now:
            return True
        if batches.is_open(connection, batch, now):
            return False
        return not batches.unseen(connection, self._system, batch, seen)

    def _fits(self, connection: Connection, people: dict[str, str | None], now: float) -> bool:
        """Whether these may have something dangerous beside those of the last hour. Nobody counts twice."""
        again = guard.among(connection, self._system, list(people), now)
        more = People.of(department for subject, department in people.items() if subject not in again)
        already = guard.of_the_hour(connection, self._system, now)
        if not exceeded(self._limits, already, more, self._linked(connection, FRESH)):
            return True
        return not exceeded(self._limits, already, more, self._linked(connection, JUST_NOW))

    def _linked(self, connection: Connection, fresh: float) -> People:
        moment = self._clock.monotonic()
        if self._census is None or moment - self._census[0] > fresh:
            self._census = moment, guard.linked(connection, self._system)
        return self._census[1]
