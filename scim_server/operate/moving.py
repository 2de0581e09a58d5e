"""`huaming migrate`: a store moves to another engine, whole or not at all; nobody works either meanwhile."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.engine import make_url

from scim_server.clock import Clock
from scim_server.store import restoring, transfer
from scim_server.store.engine import Unusable, named, open_engine, plain_url, several_nodes
from scim_server.store.leader import alone, keep_out
from scim_server.store.lock import Busy, Holder, StoreLock
from scim_server.store.migrate import migrate
from scim_server.store.tables import links
from scim_server.store.transfer import Counted

Show = Callable[[int], None]


def move(source: str, target: str, clock: Clock, show: Show) -> list[Counted]:
    """Copies everything and compares; returns what there is now. `show` is told how many rows have been written.

    Raises Busy where somebody works one of them, Unusable where the target is not empty or differs in the end.
    """
    if named(source) == named(target):
        raise Unusable("--from and --to name the same store")
    _demand_there(source)
    with ExitStack() as stack:
        for url in (source, target):
            stack.enter_context(kept_out(url, clock))
            migrate(url)
        from_engine, to_engine = open_engine(source), open_engine(target, writing=True)
        stack.callback(from_engine.dispose)
        stack.callback(to_engine.dispose)
        transfer.demand_whole(from_engine)
        return _moved(from_engine, to_engine, named(source), clock, show)


def _moved(source: Engine, target: Engine, origin: str, clock: Clock, show: Show) -> list[Counted]:
    restoring.demand_ended(target)
    with target.connect() as connection:
        unfinished = transfer.marked(connection) is not None  # what an interrupted one has left is nobody's
    if not unfinished and not transfer.is_empty(target):
        raise Unusable("--to names a store that is in use: a store moves into an empty one only")
    with target.begin() as connection:
        transfer.mark(connection, origin, clock.stamp())
    transfer.empty(target)
    copied = transfer.copy(source, target, show)
    _compare(copied, transfer.count(target))
    with target.begin() as connection:
        transfer.unmark(connection)
    return copied


def _compare(copied: Sequence[Counted], found: Sequence[Counted]) -> None:
    differ = [each.table for each, other in zip(copied, found, strict=True) if each != other]
    if differ:
        raise Unusable(f"what was written differs from what was read, in {', '.join(differ)}: the copy is not used")


def _demand_there(url: str) -> None:
    """A command makes the store that it names; this one must not make the one that it is to read."""
    if not several_nodes(url) and not Path(str(make_url(plain_url(url)).database)).is_file():
        raise Unusable(f"--from names no store: {named(url)}")


@contextmanager
def kept_out(url: str, clock: Clock) -> Iterator[None]:
    """Nobody serves or works this store meanwhile. Raises Busy."""
    if several_nodes(url):
        with _alone_on_postgresql(url, clock):
            yield
        return
    lock = StoreLock(url)
    lock.take(Holder(os.getpid()))
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _alone_on_postgresql(url: str, clock: Clock) -> Iterator[None]:
    engine = open_engine(url)
    connection = alone(engine)
    try:
        if not keep_out(connection):
            raise Busy(f"a server or a worker works {named(url)}: stop all of them first")
        if engine.dialect.has_table(connection, links.name):
            _demand_no_lease(connection.scalar(select(func.max(links.c.lease_until))), clock)
        yield
    finally:
        connection.close()
        engine.dispose()


def _demand_no_lease(until: float | None, clock: Clock) -> None:
    """A worker that stands still is not there, and may go on while its lease lasts."""
    if until is not None and until > clock.now():
        raise Busy(f"a worker that does not answer holds rows for another {until - clock.now():.0f} s")
