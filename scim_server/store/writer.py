"""The single writer: a thread that owns the only writing connection and groups commits (S19).

A hot write is data: statements, rows, and how many rows must be hit. What has
gathered is merged per statement into one executemany a statement, inside one
transaction; the summed row count is the version check. When anything does not
fit, the group is rolled back and each write is done again under a SAVEPOINT of
its own, so that only the offender fails. Rare writes may be functions; they run
in their place and must bear being run twice. Every answer waits for the COMMIT;
all answers to the event loop go back in one call.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.sql.base import Executable

from scim_server.store.engine import Unavailable
from scim_server.store.prepared import execute_many

GROUP = 256


class Missed(Exception):
    """A write hit another number of rows than it was computed for: what it rests on has moved."""


@dataclass(frozen=True, slots=True)
class Step:
    """One statement with its rows. `expect` is the number of rows to hit in all; None: any."""

    statement: Executable
    rows: Sequence[dict[str, Any]]
    expect: int | None = None


Steps = Sequence[Step]
Rare = Callable[[Connection], Any]


@dataclass(slots=True)
class _Write:
    body: Steps | Rare
    answer: "Future[Any] | asyncio.Future[Any]"
    result: Any = None
    error: Exception | None = None


class Writer:
    """Takes writes from any thread. `on_commit` is called after each commit, in this thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: SimpleQueue[_Write | None] = SimpleQueue()
        self.on_commit: Callable[[], None] = _nobody
        self._closed = threading.Event()
        self._connection = engine.connect()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, body: Steps | Rare) -> "Future[Any]":
        """For threads: a future that is done after the commit. Raises what the write raised; Unavailable."""
        answer: Future[Any] = Future()
        self._put(_Write(body, answer))
        return answer

    def write(self, body: Steps | Rare) -> Any:
        """`submit`, and wait."""
        return self.submit(body).result()

    async def commit(self, body: Steps | Rare) -> Any:
        """For the event loop: returns after the commit."""
        answer = asyncio.get_running_loop().create_future()
        self._put(_Write(body, answer))
        return await answer

    def close(self) -> None:
        """Commits what is queued, then ends the thread."""
        if not self._closed.is_set():
            self._closed.set()
            self._queue.put(None)
        self._thread.join()

    def _put(self, write: _Write) -> None:
        if self._closed.is_set():
            raise Unavailable("the store is closing")
        self._queue.put(write)

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group, last = self._gather(first)
            self._commit(group)
            _answer(group)
            if any(write.error is None for write in group):
                self.on_commit()
            if last:
                break
        self._connection.close()

    def _gather(self, first: _Write) -> tuple[list[_Write], bool]:
        group = [first]
        with contextlib.suppress(Empty):
            while len(group) < GROUP:
                write = self._queue.get_nowait()
                if write is None:
                    return group, True
                group.append(write)
        return group, False

    def _commit(self, group: list[_Write]) -> None:
        try:
            try:
                with self._connection.begin():
                    _merged(self._connection, group)
            except (Missed, IntegrityError):
                with self._connection.begin():
                    _one_by_one(self._connection, group)
        except Exception as error:  # the COMMIT failed, so nothing of the group is there
            self._fail(group, error)

    def _fail(self, group: list[_Write], error: Exception) -> None:
        for write in group:
            write.error = Unavailable(f"the store could not commit: {_sentence(error)}")
        self._connection.close()
        with contextlib.suppress(DBAPIError):  # else the next group meets a closed connection, and comes back here
            self._connection = self._engine.connect()


def _nobody() -> None:
    """Until somebody wants to know of commits."""


def _merged(connection: Connection, group: list[_Write]) -> None:
    hot: list[Steps] = []
    for write in group:
        if callable(write.body):
            _run_steps(connection, _merge(hot))
            hot = []
            _savepoint(connection, write)
        else:
            hot.append(write.body)
    _run_steps(connection, _merge(hot))


def _merge(writes: list[Steps]) -> Steps:
    if len(writes) == 1:
        return writes[0]
    order: dict[int, tuple[Executable, list[dict[str, Any]], int | None]] = {}
    for step in (step for steps in writes for step in steps):
        statement, rows, expect = order.get(
            id(step.statement), (step.statement, [], 0 if step.expect is not None else None)
        )
        rows.extend(step.rows)
        total = None if expect is None or step.expect is None else expect + step.expect
        order[id(step.statement)] = (statement, rows, total)
    return [Step(*each) for each in order.values()]


def _run_steps(connection: Connection, steps: Steps) -> None:
    for step in steps:
        if not step.rows:
            continue
        hit = execute_many(connection, step.statement, step.rows)
        if step.expect is not None and hit != step.expect:
            raise Missed(f"{hit} rows instead of {step.expect}")


def _one_by_one(connection: Connection, group: list[_Write]) -> None:
    for write in group:
        write.result = write.error = None
        _savepoint(connection, write)


def _savepoint(connection: Connection, write: _Write) -> None:
    connection.exec_driver_sql("SAVEPOINT one")
    try:
        if callable(write.body):
            write.result = write.body(connection)
        else:
            _run_steps(connection, write.body)
    except Exception as error:
        if isinstance(error, OperationalError):
            raise
        write.error = error
        connection.exec_driver_sql("ROLLBACK TO one")
    connection.exec_driver_sql("RELEASE one")


def _answer(group: list[_Write]) -> None:
    loops: dict[asyncio.AbstractEventLoop, list[_Write]] = {}
    for write in group:
        if isinstance(write.answer, Future):
            _settle(write)
        else:
            loops.setdefault(write.answer.get_loop(), []).append(write)
    for loop, writes in loops.items():
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(_settle_all, writes)


def _settle_all(writes: list[_Write]) -> None:
    for write in writes:
        _settle(write)


def _settle(write: _Write) -> None:
    if write.answer.done():
        return
    if write.error is not None:
        write.answer.set_exception(write.error)
    else:
        write.answer.set_result(write.result)


def _sentence(error: Exception) -> str:
    return str(error.orig) if isinstance(error, DBAPIError) else type(error).__name__
