"""The session by which the processes on one store know of each other (S20): who is there, and which of them schedules.

On PostgreSQL both are advisory locks of a connection of its own, which end with the process, however it ends: a
killed one at once, a lost host within about 15 s (keepalives), one that stands still within IDLE seconds. It must
not run through a pooler in transaction mode. On SQLite one process works a store (S27), and it is always ours.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from scim_server.store.lock import Busy
from scim_server.store.standstill import end_still

MOVED = "this store is being moved by `huaming migrate`"
SCHEDULES = 4_718_593_001  # numbers of the advisory locks: any, so long as nobody else on this database takes them
THERE = 4_718_593_002
BEAT = 1.0  # seconds between two beats
STALE = 5.0  # seconds after which a beat says nothing any more
LOOK = 10.0  # seconds between two looks at who stands still in the middle of a batch
IDLE = 15  # seconds after which the database ends the session of a process that stands still

_SETTINGS = (
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "2"),
    ("tcp_keepalives_count", "3"),
    ("idle_session_timeout", f"{IDLE}s"),
)
_SET = text("SELECT set_config(:name, :value, false) WHERE current_setting(:name, true) IS NOT NULL")
_BE_THERE = text(f"SELECT pg_try_advisory_lock_shared({THERE})")
_BE_ALONE = text(f"SELECT pg_try_advisory_lock({THERE})")
_SCHEDULE = text(f"SELECT pg_try_advisory_lock({SCHEDULES})")
_HELD = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = "
    "(SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND classid::bigint << 32 | objid::bigint = :number"
)

log = logging.getLogger("huaming.nodes")


class Session:
    """One process's. `scheduling`: it wants to schedule when nobody else does."""

    def __init__(self, engine: Engine, monotonic: Callable[[], float], *, scheduling: bool) -> None:
        """Raises Busy where the store is being moved; what SQLAlchemy raises where there is none."""
        self._engine = engine
        self._monotonic = monotonic
        self._scheduling = scheduling
        self._alone = engine.dialect.name == "sqlite"
        self._lock = Lock()
        self._stopping = Event()
        self._connection: Connection | None = None
        self._leads = False
        self.moved = False  # the store is being moved: the session was lost, and nobody may come in again
        self._beaten = self._looked = float("-inf")
        self._thread = Thread(target=self._run, name="session", daemon=True)
        if not self._alone:
            self._beat()

    def start(self) -> None:
        """Beats by itself from now on."""
        if not self._alone and self._thread.ident is None:
            self._thread.start()

    def leads(self) -> bool:
        """Whether this process schedules now."""
        if self._alone:
            return self._scheduling
        if self._thread.ident is None:
            self._try()
        return self._leads and self._monotonic() - self._beaten < STALE

    def close(self) -> None:
        """Gives the locks back."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(BEAT)
        with self._lock:
            self._drop()

    def _run(self) -> None:
        while not self._stopping.wait(BEAT):
            self._try()

    def _try(self) -> None:
        try:
            self._beat()
        except DBAPIError as error:
            log.warning("the session with the store was lost: %s", error.orig)
        except Busy as error:
            self.moved = True
            log.error("%s", error)
        except Exception:  # who schedules must be found again after a defect too
            log.exception("session: unexpected error")

    def _beat(self) -> None:
        with self._lock:
            if self._stopping.is_set():
                return
            began = self._monotonic()
            try:
                self._look()
            except BaseException:
                self._drop()
                raise
            self._beaten = began

    def _look(self) -> None:
        if self._connection is None:
            self._connection = _opened(self._engine)
        if self._leads or not self._scheduling:
            self._connection.execute(text("SELECT 1"))  # that the session lives is that its locks are held
        elif self._connection.scalar(_SCHEDULE):
            self._leads = True
            log.info("this worker schedules now")
        if self._monotonic() - self._looked >= LOOK:
            self._looked = self._monotonic()
            if ended := end_still(self._connection):
                log.warning("%d transactions of processes that stand still were ended", ended)

    def _drop(self) -> None:
        self._leads = False
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.close()
            self._connection = None


def alone(engine: Engine) -> Connection:
    """A connection that never opens itself again: its locks would be gone, unseen."""
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def _opened(engine: Engine) -> Connection:
    connection = alone(engine)
    try:
        for name, value in _SETTINGS:
            connection.execute(_SET, {"name": name, "value": value})
        if not connection.scalar(_BE_THERE):
            raise Busy(MOVED)
    except BaseException:
        connection.close()
        raise
    return connection


def is_worked(connection: Connection) -> bool:
    """Whether a worker schedules on this PostgreSQL store now."""
    return bool(connection.scalar(_HELD, {"number": SCHEDULES}))


def is_there(connection: Connection) -> bool:
    """Whether any server or worker runs on this PostgreSQL store now."""
    return bool(connection.scalar(_HELD, {"number": THERE}))


def keep_out(connection: Connection) -> bool:
    """Keeps servers and workers out of a PostgreSQL store while the connection lives; False where one is there."""
    return bool(connection.scalar(_BE_ALONE))
