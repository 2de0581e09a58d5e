"""Point reads: one row, or a few, by an index.

On SQLite they take some microseconds and are done in the event loop. On PostgreSQL they cross a wire, on threads of
the store's own with a connection each, so that a database that does not answer keeps nobody but its own readers.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock, local
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine
from sqlalchemy.sql import Select

from scim_server.store.closing import hasten
from scim_server.store.engine import reading
from scim_server.store.outages import Unavailable
from scim_server.store.prepared import Prepared

THREADS = 4
SECONDS = 10.0
"""A client has its answer by then, even where the database took the question and is silent."""

T = TypeVar("T")


class Point:
    """One read connection, and the statements that were prepared on it."""

    def __init__(self, engine: Engine) -> None:
        self.connection = reading(engine)
        self._prepared: dict[Select[Any], Prepared] = {}

    def first(self, statement: Select[Any], **values: Any) -> tuple[Any, ...] | None:
        """The first row of a constant statement, as the driver gives it."""
        return self._of(statement).first(**values)

    def all(self, statement: Select[Any], **values: Any) -> list[tuple[Any, ...]]:
        """Every row of a constant statement, as the driver gives them."""
        return self._of(statement).all(**values)

    def close(self) -> None:
        """Ends the connection."""
        self.connection.close()

    def _of(self, statement: Select[Any]) -> Prepared:
        found = self._prepared.get(statement)
        if found is None:
            found = self._prepared[statement] = Prepared(self.connection, statement)
        return found


class Points(Protocol):
    """Where points are read. What is asked must bear being asked twice. Raises Unavailable."""

    async def read(self, ask: Callable[[Point], T]) -> T:
        """What `ask` reads."""
        ...

    def close(self) -> None:
        """Ends the connections."""
        ...


def points(engine: Engine) -> Points:
    """The way of this engine."""
    return _Here(engine) if engine.dialect.name == "sqlite" else _Apart(engine)


class _Here:
    def __init__(self, engine: Engine) -> None:
        self._point = Point(engine)

    async def read(self, ask: Callable[[Point], T]) -> T:
        return ask(self._point)

    def close(self) -> None:
        self._point.close()


class _Apart:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="store-points")
        self._own = local()
        self._all: list[Point] = []
        self._lock = Lock()

    async def read(self, ask: Callable[[Point], T]) -> T:
        answer = asyncio.get_running_loop().run_in_executor(self._threads, self._read, ask)
        try:
            return await asyncio.wait_for(answer, SECONDS)
        except TimeoutError:
            raise Unavailable("the store does not answer") from None

    def close(self) -> None:
        """A connection is its thread's until that has its answer, or learns that there will be none."""
        hasten(self._engine)
        self._threads.shutdown(cancel_futures=True)
        with self._lock:
            for point in self._all:
                point.close()

    def _read(self, ask: Callable[[Point], T]) -> T:
        point = getattr(self._own, "point", None)
        if point is None:
            point = self._own.point = Point(self._engine)
            with self._lock:
                self._all.append(point)
        return ask(point)
