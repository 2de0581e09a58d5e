"""Reading: from claimed rows to tasks that know what is desired and what the system shows."""

from collections.abc import Sequence

from sqlalchemy import Connection

from connectors.base import Connector, Pipelined
from connectors.errors import ConnectorError, Unreachable
from mappings.model import AccountState, Ref
from scim_server.clock import Clock, civil_day
from scim_server.reconcile import ending, journal
from scim_server.reconcile.desire import known_memberships, rivals, tasks
from scim_server.reconcile.target import Target
from scim_server.reconcile.task import Task
from scim_server.store import rolls, sweeps
from scim_server.store.links import Claim
from scim_server.store.people import OrgCache


class Observer:
    """Reads the roster and one system; sends nothing and writes nothing."""

    def __init__(self, target: Target, connector: Connector, reader: Connection, orgs: OrgCache, clock: Clock) -> None:
        self.target = target
        self.connector = connector
        self.reader = reader
        self._orgs = orgs
        self._clock = clock
        self.outage: str | None = None  # what the system said when it did not answer
        self.after: float | None = None  # the seconds until it wants to be asked again, where it said so
        self.answered = False  # whether it answered at all

    def tasks(self, claims: Sequence[Claim], moment: ending.Moment, day: str | None = None) -> list[Task]:
        """A task for each row; one that cannot go on has ended already. `day`: as if it were that ISO day."""
        work = tasks(self.reader, self.target, self._orgs, claims, day or self._day(moment))
        self._ripen(work, moment.now)
        for task in work:
            ending.before_any_call(task, moment)
        return work

    def _ripen(self, work: Sequence[Task], now: float) -> None:
        """What was changed by hand so long ago that its grace is over is left no longer (S17)."""
        grace = self.target.drift.grace
        if grace:
            seen = sweeps.first_seen(self.reader, self.target.name, [task.claim.subject for task in work])
            for task in work:
                since = seen.get(task.claim.subject, {})
                task.left.ripe = frozenset(what for what, at in since.items() if at + grace <= now)
                task.left.ripens = min((at + grace for at in since.values() if at + grace > now), default=None)

    def _day(self, moment: ending.Moment) -> str:
        """Today; never a day before one that was rolled, whatever the clock says (S8)."""
        return max(civil_day(moment.now), rolls.rolled(self.reader) or "")

    def observe(self, work: Sequence[Task], moment: ending.Moment) -> None:
        """Reads the accounts of these tasks; where one cannot be read, its task ends."""
        if not work:
            return
        refs = [task.ref for task in work]
        states = journal.observed(self.target.name, lambda: self._each(refs), self._clock)
        for task, seen in zip(work, states, strict=True):
            if isinstance(seen, ConnectorError):
                self._note(seen)
                ending.unread(task, seen, moment)
            else:
                self.answered = True
                task.saw(seen)
        left = [task for task in work if task.under_way]
        known_memberships(self.reader, self.target.name, left)
        rivals(self.reader, self.target.name, left)

    def preview(self, claims: Sequence[Claim], day: str | None = None) -> list[Task]:
        """What would be done for these rows now, memberships of Groups that are still to come included.

        `day`: as if it were that ISO day and the system as it is now.
        """
        moment = ending.Moment(self._clock.now(), lambda: 1.0)
        work = self.tasks(claims, moment, day)
        self.observe([task for task in work if task.under_way], moment)
        for task in (task for task in work if task.under_way):
            task.plan_ahead()
        return work

    def _each(self, refs: Sequence[Ref]) -> Sequence[AccountState | ConnectorError | None]:
        if isinstance(self.connector, Pipelined):
            return self.connector.observe_each(refs)
        states: list[AccountState | ConnectorError | None] = []
        away: ConnectorError | None = None
        for ref in refs:
            states.append(away or self._one(ref))  # once it is away, nobody is sent after it
            if isinstance(states[-1], ConnectorError) and states[-1].outage:
                away = states[-1]
        return states

    def _one(self, ref: Ref) -> AccountState | ConnectorError | None:
        try:
            return self.connector.observe(ref)
        except ConnectorError as error:
            return error

    def _note(self, error: ConnectorError) -> None:
        if error.outage:
            self.stayed_away(str(error), error.after if isinstance(error, Unreachable) else None)

    def stayed_away(self, said: str, after: float | None) -> None:
        """The system as a whole did not answer, or wants to be left alone."""
        self.outage = said
        if after is not None:
            self.after = max(after, self.after or 0.0)
