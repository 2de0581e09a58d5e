"""Reads of the JSON API: on threads of their own, each from one snapshot and within seconds, so that a list that is
long in the finding keeps no request of SCIM waiting.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from scim_server.store.closing import hasten
from scim_server.store.deadline import deadline
from scim_server.store.lasting import sentence
from scim_server.store.outages import Unavailable

THREADS = 2
SECONDS = 5.0
"""For one answer, from the moment it is asked for."""

T = TypeVar("T")


class ConsoleReads:
    """Where the API reads. Each read opens a connection: a failover between two costs nobody an answer."""

    def __init__(self, engine: Engine, monotonic: Callable[[], float], seconds: float = SECONDS) -> None:
        self._engine, self._monotonic, self._seconds = engine, monotonic, seconds
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="store-console")

    def close(self) -> None:
        """Ends the threads; what they read comes to its end, or is given up soon."""
        hasten(self._engine)
        self._threads.shutdown(cancel_futures=True)

    async def read(self, ask: Callable[[Connection], T]) -> T:
        """What `ask` reads. Raises what it raises, TooSlow, Unavailable."""
        until = self._monotonic() + self._seconds
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, ask, until)

    def _read(self, ask: Callable[[Connection], T], until: float) -> T:
        try:
            with (
                self._engine.connect() as connection,
                deadline(connection, self._monotonic).until(until),
                _snapshot(connection),
            ):
                return ask(connection)
        except (DBAPIError, self._engine.dialect.loaded_dbapi.Error) as error:
            raise Unavailable(f"the store cannot be read: {sentence(error)}") from error


def _snapshot(connection: Connection) -> AbstractContextManager[Any]:
    """A transaction, unless the deadline has begun one."""
    return nullcontext() if connection.in_transaction() else connection.begin()
