"""What is done again and again for the trace (S26): sealing each second, cutting off once a day."""

import logging
from collections.abc import Sequence

from sqlalchemy import Engine

from scim_server.clock import Clock, stamp
from scim_server.reconcile.duties import Duty
from scim_server.reconcile.sealer import Sealer
from scim_server.settings import Audit as Settings
from scim_server.store import retention
from scim_server.store.engine import reading
from scim_server.store.vault import sealing
from scim_server.store.writer import Writer

DAY = 86_400.0
CUTS = 20  # lots of rows at one look, then the days go on
OURSELVES = "huaming"

log = logging.getLogger("huaming.audit")


class Audit:
    """The duties of the trace, and the connections that they need. Raises BadSettings."""

    def __init__(self, settings: Settings, engine: Engine, writer: Writer, clock: Clock) -> None:
        self._engine = sealing(engine, settings.secrets)
        self._writer = writer
        self._clock = clock
        self._keep = settings.retention_days * DAY
        self._next = clock.monotonic()
        self.sealer = Sealer(self._engine, writer, clock, settings.head_minutes)
        self.duties: Sequence[Duty] = (Duty("sealing", 1.0, self.sealer.look), Duty("retention", 60.0, self.retain))

    def retain(self) -> None:
        """Once a day cuts off what is too old; goes on each minute while there is more. Raises Unavailable."""
        now = self._clock.monotonic()
        if now < self._next:
            return
        before = stamp(self._clock.now() - self._keep)
        with reading(self._engine) as connection:
            due, may = retention.is_due(connection, before), retention.may_cut(connection)
        if due and not may:
            log.warning("the trace is older than [audit] retention_days: let its owner run huaming trace --cut")
        if not due or not may or not self._cut(before):
            self._next = now + DAY

    def _cut(self, before: str) -> bool:
        """Whether there may be more."""
        at = self._clock.stamp()
        for _ in range(CUTS):
            if not self._writer.write(lambda connection: retention.cut(connection, before, OURSELVES, at)):
                return False
        return True

    def close(self) -> None:
        """Ends the connections."""
        self.sealer.close()
