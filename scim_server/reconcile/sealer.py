"""The sealer (S26): each second it puts in the chain what was written since, and from time to time tells the head."""

import logging
from collections.abc import Sequence

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from scim_server.clock import Clock
from scim_server.store import chain, keys
from scim_server.store.engine import reading
from scim_server.store.sealing import Horizon, seal_next
from scim_server.store.vault import STORE_KEY, SubjectKey, vault
from scim_server.store.writer import Writer

SLICE = 1.0  # seconds of one look: the days wait for it

log = logging.getLogger("huaming.audit")


class Sealer:
    """`look` is a duty. `engine`: sealing, as the writer's is; `head_minutes`: between two lines that tell the head."""

    def __init__(self, engine: Engine, writer: Writer, clock: Clock, head_minutes: int = 10) -> None:
        self._connection = reading(engine)
        self._horizon = Horizon(self._connection)
        self._writer = writer
        self._clock = clock
        self._between = head_minutes * 60.0
        self._tell_at = clock.monotonic()
        self._told = 0

    def look(self) -> None:
        """Seals what there is, for at most a second; goes on at the next look. Raises Unavailable."""
        until = self._clock.monotonic() + SLICE
        while self.seal() and self._clock.monotonic() < until:
            pass
        if self._clock.monotonic() >= self._tell_at:
            self._tell()

    def seal(self) -> bool:
        """Seals one lot; False where there was none, or another sealer was faster."""
        if keys.known(self._connection, STORE_KEY) is None:
            self._writer.write(lambda connection: keys.made(connection, STORE_KEY))
        with_keys = vault(self._connection)
        reach = self._horizon.reached()
        sealed = seal_next(self._connection, with_keys, reach, self._clock.stamp(), self._keys_for)
        if sealed is None:
            return False
        try:
            self._writer.write(sealed.steps)
        except IntegrityError:
            log.info("another sealer wrote lot %d", sealed.lot.number)
            return False
        return True

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _keys_for(self, subjects: Sequence[str]) -> dict[str, SubjectKey]:
        made: dict[str, SubjectKey] = self._writer.write(lambda connection: vault(connection).keys_of(subjects))
        return made

    def _tell(self) -> None:
        """The head goes to the log, which is kept elsewhere: whoever alters the database cannot alter that."""
        self._tell_at = self._clock.monotonic() + self._between
        head = chain.last_lot(self._connection)
        if head is not None and head.number > self._told:
            log.info("audit head %d:%s", head.number, head.hash.hex())
            self._told = head.number
