"""Gives accounts that were just made their first password (S15): in no plan, no attempt and no log."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from connectors.base import Connector, Credentials
from mappings.model import AlreadySo, Done, Outcome, Refused, Retry
from scim_server.clock import Clock
from scim_server.reconcile.slip import Seal, first_password
from scim_server.reconcile.task import Task
from scim_server.settings import BadSettings
from scim_server.store import slips
from scim_server.store.writer import Writer


class FirstPasswords:
    """The slips of one system."""

    def __init__(self, system: str, seal: Callable[[], Seal], writer: Writer, clock: Clock) -> None:
        """`seal` is asked for each time: its key may have been changed, or be away. It raises BadSettings."""
        self._system = system
        self._seal = seal
        self._writer = writer
        self._clock = clock

    def owe(self, connection: Connection, created: Sequence[Task]) -> None:
        """In the transaction that writes the intents: who is made gets a slip, whatever happens between."""
        slips.owe(connection, self._system, [task.claim.subject for task in created], self._clock.now())

    def void(self, connection: Connection, removed: Sequence[Task]) -> None:
        """The account is about to go, and its slip with it."""
        for task in removed:
            slips.drop(connection, self._system, task.claim.subject)

    def owed(self, reader: Connection, work: Sequence[Task]) -> list[Task]:
        """Whose account is there, and ours, and has no password yet."""
        there = {task.claim.subject: task for task in work if task.observed is not None and task.known.ours}
        return [there[subject] for subject in sorted(slips.owed(reader, self._system, list(there)))]

    def give(self, task: Task, connector: Connector) -> Outcome:
        """The slip is sealed and stored before the system is told, so that no password is set that nobody can read."""
        assert isinstance(connector, Credentials), "systems demand it where slips are configured"
        password, subject = first_password(), task.claim.subject
        try:
            sealed = self._seal().close(password)
        except BadSettings as error:  # the key is not there at this moment: the account is, and waits for it
            return Retry(str(error))
        self._write(subject, sealed, taken=False)
        outcome = connector.set_initial(task.ref, password)
        if isinstance(outcome, Done | AlreadySo):
            self._write(subject, sealed, taken=True)
        elif isinstance(outcome, Refused):
            return Refused(outcome.code, outcome.text.replace(password, "…"))
        return outcome

    def _write(self, subject: str, sealed: bytes, *, taken: bool) -> None:
        now = self._clock.now()
        self._writer.write(lambda connection: slips.fill(connection, self._system, subject, sealed, now, taken=taken))
