"""When a transaction may be done again: only where it is sure that nothing of it was committed."""

from collections.abc import Callable
from random import random
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from scim_server.clock import pause
from scim_server.store.lasting import sentence
from scim_server.store.outages import Unavailable
from scim_server.store.turns import take_turn

TRIES = 5
UNDONE = ("40001", "40P01")  # serialization failure, deadlock: PostgreSQL asks to try again
STANDS_BY = "25006"  # read-only: the connection leads to a node that no longer is the primary

T = TypeVar("T")


def is_undone(error: Exception) -> bool:
    """Whether the database undid it for another transaction's sake."""
    return isinstance(error, DBAPIError) and _state(error) in UNDONE


def is_lost(connection: Connection, error: Exception) -> bool:
    """Whether the connection has ended, with whatever was open on it."""
    if connection.invalidated or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return True
    told = error.orig if isinstance(error, DBAPIError) else error
    driver = connection.connection.dbapi_connection
    return connection.dialect.is_disconnect(told, driver, None)  # type: ignore[arg-type]


def is_the_stores(connection: Connection, error: Exception) -> bool:
    """Whether the store cannot go on, whatever is written."""
    if isinstance(error, OperationalError):
        return True
    return isinstance(error, DBAPIError) and (_state(error) == STANDS_BY or is_lost(connection, error))


def breathe(tries: int) -> None:
    """Waits a little, so that two who stood in each other's way do not meet again."""
    pause(random() * 0.02 * tries)  # noqa: S311


def in_turn(engine: Engine, body: Callable[[Connection], T]) -> T:
    """What `body` writes, of the roster too, in one transaction of its own; it must bear being run again.

    Raises what it raises; Unavailable.
    """
    for tries in range(TRIES):
        try:
            return _once(engine, body)
        except _Again:
            breathe(tries)
    raise Unavailable("the store is written by too many at once")


class _Again(Exception):
    """Nothing was committed."""


def _once(engine: Engine, body: Callable[[Connection], T]) -> T:
    with engine.connect() as connection:
        running = True
        try:
            with connection.begin():
                take_turn(connection)
                result = body(connection)
                running = False
        except DBAPIError as error:
            if is_undone(error) or (running and is_lost(connection, error)):
                raise _Again from error
            if is_the_stores(connection, error):
                raise Unavailable(f"the store could not commit: {sentence(error)}") from error
            raise
    return result


def _state(error: DBAPIError) -> str | None:
    found: str | None = getattr(error.orig, "sqlstate", None)
    return found
