"""The single writer of a process: a thread that owns its only writing connection and groups commits (S19).

A hot write is data: statements, rows, and how many rows must be hit. What has
gathered is merged per statement into one executemany a statement, inside one
transaction; the summed row count is the version check. When anything does not
fit, the group is rolled back and each write is done again under a SAVEPOINT of
its own, so that only the offender fails. Rare writes may be functions; they run
in their place and must bear being run twice. Every answer waits for the COMMIT;
all answers to the event loop go back in one call.

A group that PostgreSQL undid for another node's sake, or whose connection was lost
before its COMMIT was sent, is done again as a whole. After that nobody knows whether
it was committed: it fails, and is never done again from here.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextvars import Context, copy_context
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql.base import Executable

from scim_server.store.closing import hasten
from scim_server.store.engine import Unavailable
from scim_server.store.lasting import sentence
from scim_server.store.prepared import execute_many
from scim_server.store.tables import changes
from scim_server.store.transaction import TRIES, breathe, is_lost, is_the_stores, is_undone
from scim_server.store.turns import InTurn, take_turn
from scim_server.telemetry import meters

GROUP = 256
GRACE = 3.0  # seconds in which a writer that closes may still wait for the store, and open what was lost

log = logging.getLogger("huaming.store")


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
    context: Context | None = None  # of whoever wants it: what is written bears its cause
    result: Any = None
    error: Exception | None = None


class Writer:
    """Takes writes from any thread. `on_commit` is called after each commit, in this thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: SimpleQueue[_Write | None] = SimpleQueue()
        self.on_commit: Callable[[], None] = _nobody
        self.failing = False  # the last group could not be committed
        self._closed = threading.Event()
        self._giving_up = False  # it has closed for so long that what cannot be committed at once never is
        self._connection: Connection | None = engine.connect()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, body: Steps | Rare) -> "Future[Any]":
        """For threads: a future that is done after the commit. Raises what the write raised; Unavailable."""
        answer: Future[Any] = Future()
        self._put(_Write(body, answer, copy_context() if callable(body) else None))
        return answer

    def write(self, body: Steps | Rare) -> Any:
        """`submit`, and wait."""
        return self.submit(body).result()

    async def commit(self, body: Steps | Rare) -> Any:
        """For the event loop: returns after the commit."""
        answer = asyncio.get_running_loop().create_future()
        self._put(_Write(body, answer, copy_context() if callable(body) else None))
        result = await answer
        log.debug("committed")
        return result

    def close(self) -> None:
        """Commits what is queued, then ends the thread. Where the store is lost, what is left fails."""
        if not self._closed.is_set():
            self._closed.set()
            self._queue.put(None)
        self._thread.join(GRACE)
        self._giving_up = True
        hasten(self._engine)
        self._thread.join()

    def _put(self, write: _Write) -> None:
        if self._closed.is_set():
            raise Unavailable("the store is closing")
        self._queue.put(write)

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group, last = self._gather(first)
            with meters.COMMIT_SECONDS.time():
                self._commit(group)
            meters.COMMIT_GROUP.observe(len(group))
            self.failing = all(isinstance(write.error, Unavailable) for write in group)
            _answer(group)
            if any(write.error is None for write in group):
                self.on_commit()
            if last:
                break
        self._drop()

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
        if self._giving_up and self._connection is None:
            for write in group:
                write.error = Unavailable("the store is closing")
            return
        for again in range(TRIES):
            try:
                try:
                    self._transact(group, _merged)
                except (Missed, IntegrityError):
                    self._transact(group, _one_by_one)
                return
            except Exception as error:  # nothing of the group is there, or nobody knows
                if again + 1 == TRIES or not self._may_go_again(error):
                    self._fail(group, error)
                    return
            breathe(again)

    def _transact(self, group: list[_Write], run: Callable[[Connection, list[_Write]], None]) -> None:
        connection = self._connection = self._connection or self._engine.connect()
        self._committing = False
        with connection.begin():
            if any(map(_wants_turn, group)):
                take_turn(connection)
            run(connection, group)
            self._committing = True

    def _may_go_again(self, error: Exception) -> bool:
        """Whether it is sure that nothing was committed, and another try may succeed."""
        if is_undone(error):
            return True
        if self._connection is None or not is_lost(self._connection, error):
            return False
        self._drop()
        return not self._committing and not self._giving_up

    def _fail(self, group: list[_Write], error: Exception) -> None:
        meters.COMMIT_FAILURES.inc()
        for write in group:
            write.error = Unavailable(f"the store could not commit: {_sentence(error)}")
        self._drop()

    def _drop(self) -> None:
        """The next group opens another."""
        if self._connection is not None:
            with contextlib.suppress(DBAPIError):
                self._connection.close()
        self._connection = None


def _nobody() -> None:
    """Until somebody wants to know of commits."""


def _wants_turn(write: _Write) -> bool:
    """Whether it writes the roster."""
    if callable(write.body):
        return isinstance(write.body, InTurn)
    return any(getattr(step.statement, "table", None) is changes for step in write.body)


def _merged(connection: Connection, group: list[_Write]) -> None:
    hot: list[Steps] = []
    for write in group:
        if callable(write.body):
            run_steps(connection, _merge(hot))
            hot = []
            _savepoint(connection, write)
        else:
            hot.append(write.body)
    run_steps(connection, _merge(hot))


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


def run_steps(connection: Connection, steps: Steps) -> None:
    """Runs all of them, in the open transaction. Raises Missed, and what the database says."""
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
            assert write.context is not None, "a function is run in the context of whoever wants it"
            write.result = write.context.run(write.body, connection)
        else:
            run_steps(connection, write.body)
    except Exception as error:
        if is_the_stores(connection, error):
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
    if isinstance(error, Unavailable):
        return str(error)
    return sentence(error) if isinstance(error, DBAPIError) else type(error).__name__
