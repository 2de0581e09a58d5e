"""Reading: from claimed rows to tasks that know what is desired and what the system shows."""

from collections.abc import Sequence

from sqlalchemy import Connection

from connectors.base import Connector, Pipelined
from connectors.errors import ConnectorError
from mappings.model import AccountState, Ref
from scim_server.clock import Clock, civil_day
from scim_server.reconcile import ending
from scim_server.reconcile.desire import known_memberships, rivals, tasks
from scim_server.reconcile.target import Target
from scim_server.reconcile.task import Task
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
        self.answered = False  # whether it answered at all

    def tasks(self, claims: Sequence[Claim], moment: ending.Moment) -> list[Task]:
        """A task for each row; one that cannot go on has ended already."""
        work = tasks(self.reader, self.target, self._orgs, claims, civil_day(moment.now))
        for task in work:
            ending.before_any_call(task, moment)
        return work

    def observe(self, work: Sequence[Task], moment: ending.Moment) -> None:
        """Reads the accounts of these tasks; where one cannot be read, its task ends."""
        if not work:
            return
        for task, seen in zip(work, self._each([task.ref for task in work]), strict=True):
            if isinstance(seen, ConnectorError):
                self._note(seen)
                ending.unread(task, seen, moment)
            else:
                self.answered = True
                task.saw(seen)
        left = [task for task in work if task.under_way]
        known_memberships(self.reader, self.target.name, left)
        rivals(self.reader, self.target.name, left)

    def preview(self, claims: Sequence[Claim]) -> list[Task]:
        """What would be done for these rows now, memberships of Groups that are still to come included."""
        moment = ending.Moment(self._clock.now(), lambda: 1.0)
        work = self.tasks(claims, moment)
        self.observe([task for task in work if task.under_way], moment)
        for task in (task for task in work if task.under_way):
            task.plan_ahead()
        return work

    def _each(self, refs: Sequence[Ref]) -> Sequence[AccountState | ConnectorError | None]:
        if isinstance(self.connector, Pipelined):
            return self.connector.observe_each(refs)
        return [self._one(ref) for ref in refs]

    def _one(self, ref: Ref) -> AccountState | ConnectorError | None:
        try:
            return self.connector.observe(ref)
        except ConnectorError as error:
            return error

    def _note(self, error: ConnectorError) -> None:
        if error.outage:
            self.outage = str(error)
