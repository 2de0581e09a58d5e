"""A reading connection that gives up: what one client asks for must not keep a thread from all others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

STEPS = 100_000
"""SQLite asks after so many steps of its machine, some milliseconds' work, whether to go on."""
CANCELLED = "57014"
"""What PostgreSQL says of a statement that it ended, for its time was over."""


class TooSlow(Exception):
    """The time was over. `begun`: the query itself took it; else it waited for others."""

    def __init__(self, begun: bool) -> None:
        super().__init__()
        self.begun = begun


class Deadline(Protocol):
    """Ends what one connection executes when its time is over."""

    @contextmanager
    def until(self, time: float) -> Iterator[None]:
        """What is executed inside, transaction and all, may last until then, by `monotonic`. Raises TooSlow."""
        yield


def deadline(connection: Connection, monotonic: Callable[[], float]) -> Deadline:
    """The way of this engine."""
    return (_OfSqlite if connection.dialect.name == "sqlite" else _OfPostgresql)(connection, monotonic)


def unhurried(connection: Connection) -> None:
    """The open transaction may take as long as it takes, and its connection is waited for, to its end."""
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.dbapi_connection
        driver.patience = None
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


class _OfSqlite:
    def __init__(self, connection: Connection, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._until = inf
        self._error = connection.dialect.loaded_dbapi.Error
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.set_progress_handler(self._over, STEPS)

    @contextmanager
    def until(self, time: float) -> Iterator[None]:
        if self._monotonic() >= time:
            raise TooSlow(begun=False)
        self._until = time
        try:
            yield
        except (DBAPIError, self._error):
            if self._over():
                raise TooSlow(begun=True) from None
            raise
        finally:
            self._until = inf

    def _over(self) -> bool:
        return self._monotonic() >= self._until


class _OfPostgresql:
    """The server ends each statement that takes longer than what was left when the transaction began."""

    def __init__(self, connection: Connection, monotonic: Callable[[], float]) -> None:
        self._connection = connection
        self._monotonic = monotonic
        self._error: type[Exception] = connection.dialect.loaded_dbapi.Error

    @contextmanager
    def until(self, time: float) -> Iterator[None]:
        left = time - self._monotonic()
        if left <= 0:
            raise TooSlow(begun=False)
        try:
            with self._connection.begin():
                self._connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(1, int(left * 1000))}")
                yield
        except (DBAPIError, self._error) as error:
            if _state(error) == CANCELLED:
                raise TooSlow(begun=True) from None
            raise


def _state(error: Exception) -> str | None:
    found: str | None = getattr(getattr(error, "orig", error), "sqlstate", None)
    return found
