"""A reading connection that outlives the server's: what is lost at a restart or a failover is opened again.

What was asked is asked once more, since reading changes nothing. Where the store cannot be reached even then it is
Unavailable, and the next one who asks tries again.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.exc import DBAPIError

from scim_server.store.closing import is_ending
from scim_server.store.outages import Unavailable

T = TypeVar("T")


class Lasting(Connection):
    """Each statement sees what is committed at that moment. Raises Unavailable."""

    def execute(self, statement: Executable, parameters: Any = None, **options: Any) -> CursorResult[Any]:
        """`Connection.execute`, asked again where the connection was lost."""
        return self.lasting(lambda: Connection.execute(self, statement, parameters, **options))

    def scalar(self, statement: Executable, parameters: Any = None, **options: Any) -> Any:
        """`Connection.scalar`, asked again where the connection was lost."""
        return self.lasting(lambda: Connection.scalar(self, statement, parameters, **options))

    def lasting(self, ask: Callable[[], T]) -> T:
        """What `ask` reads by this connection; it may be run twice, but not by a house that closes."""
        error = self._dialect_error
        try:
            return self._asked(ask)
        except (DBAPIError, error) as failed:
            if not self._is_lost():
                raise
            if is_ending(self.dialect):
                raise Unavailable("the store is closing") from failed
        try:
            return self._asked(ask)
        except (DBAPIError, error) as failed:
            if not self._is_lost():
                raise
            raise Unavailable(f"the store cannot be read: {sentence(failed)}") from failed

    @property
    def _dialect_error(self) -> type[Exception]:
        error: type[Exception] = self.dialect.loaded_dbapi.Error
        return error

    def _is_lost(self) -> bool:
        if self.invalidated:
            return True
        driver: Any = self.connection.dbapi_connection
        if driver is None or driver.closed or driver.broken:
            self.invalidate()
            return True
        return False

    def _asked(self, ask: Callable[[], T]) -> T:
        if self.invalidated:  # SQLAlchemy would open it too, but in a transaction, which sees one moment for ever
            self.rollback()  # of what was never begun at the server
            self.execution_options(isolation_level="AUTOCOMMIT")
        return ask()


def sentence(error: BaseException) -> str:
    """What the database says, in one line; PostgreSQL's detail may quote a row, and with it somebody's values."""
    told = error.orig if isinstance(error, DBAPIError) else error
    said = getattr(getattr(told, "diag", None), "message_primary", None) or str(told) or type(error).__name__
    return " ".join(said.split())
