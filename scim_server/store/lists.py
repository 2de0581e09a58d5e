"""Lists of resources, read on threads of the store's own (design: Store and engine).

A page by index skips rows of the narrow key and joins the documents after it. A page by
cursor begins at a place in the order (keyset): what is inserted or deleted between two
pages never shifts what is still to come (RFC 9865).
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from threading import local
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, bindparam, func, null, or_, select
from sqlalchemy.exc import DBAPIError

from scim_server.store.closing import hasten, is_ending
from scim_server.store.deadline import deadline
from scim_server.store.lasting import sentence
from scim_server.store.outages import Unavailable
from scim_server.store.prepared import Prepared
from scim_server.store.resources import Shown, Stored
from scim_server.store.rows import SHOWN
from scim_server.store.sorting import BY_ID, Ordering, Place
from scim_server.store.tables import resources, totals
from scim_server.store.transaction import is_lost

THREADS = 2
SECONDS = 3.0
"""For one page, from the moment it is asked for: the design answers everything within five seconds."""

Matching = dict[str, ColumnElement[bool] | None]
"""What is looked for, by resource type: None stands for all of that type."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One page: `count` resources at most, from the `skip`th on, or by cursor from a place on."""

    matching: Matching
    count: int
    ordering: Ordering = BY_ID
    skip: int = 0
    by_cursor: bool = False
    place: Place | None = None  # None: from the beginning
    backward: bool = False

    @property
    def plain(self) -> bool:
        """Whether the key alone finds it: it costs the same for any number of resources, but for those skipped."""
        return self.ordering is BY_ID and all(where is None for where in self.matching.values())


@dataclass(frozen=True, slots=True)
class Listed:
    """How many match in all, and the page; of a page by cursor also where the pages beside it begin."""

    total: int
    found: Sequence[Shown | Stored]
    previous: Place | None = None
    next: Place | None = None


class Lists:
    """Reads pages, each from one snapshot. Plain ones have threads of their own: no search makes them wait."""

    def __init__(self, engine: Engine, monotonic: Callable[[], float]) -> None:
        self._engine = engine
        self._monotonic = monotonic
        self._lists = ThreadPoolExecutor(THREADS, thread_name_prefix="store-lists")
        self._searches = ThreadPoolExecutor(THREADS, thread_name_prefix="store-searches")
        self._own = local()

    def close(self) -> None:
        """Ends the threads; what they read comes to its end, or is given up soon."""
        hasten(self._engine)
        self._lists.shutdown()
        self._searches.shutdown()

    async def read(self, asked: Asked) -> Listed:
        """The page. Raises TooSlow, Unavailable."""
        threads = self._lists if asked.plain else self._searches
        until = self._monotonic() + SECONDS
        return await asyncio.get_running_loop().run_in_executor(threads, self._read, asked, until)

    def _read(self, asked: Asked, until: float) -> Listed:
        try:
            return self._answer(asked, until)
        except (DBAPIError, self._engine.dialect.loaded_dbapi.Error) as error:
            if not self._has_lost(error):
                raise
            if is_ending(self._engine.dialect):
                raise Unavailable("the store is closing") from error
        try:
            return self._answer(asked, until)
        except (DBAPIError, self._engine.dialect.loaded_dbapi.Error) as error:
            if not self._has_lost(error):
                raise
            raise Unavailable(f"the store cannot be read: {sentence(error)}") from error

    def _answer(self, asked: Asked, until: float) -> Listed:
        reader: _Reader | None = getattr(self._own, "reader", None)
        if reader is None:
            reader = self._own.reader = _Reader(self._engine.connect(), self._monotonic)
        with reader.deadline.until(until), reader.snapshot():
            return reader.by_cursor(asked) if asked.by_cursor else reader.by_index(asked)

    def _has_lost(self, error: Exception) -> bool:
        """Whether the connection has ended, or none could be had; the next read opens another."""
        reader: _Reader | None = getattr(self._own, "reader", None)
        if reader is None:
            return True
        if not reader.connection.invalidated and not is_lost(reader.connection, error):
            return False
        self._own.reader = None
        with suppress(DBAPIError):
            reader.connection.close()
        return True


class _Reader:
    """One thread's connection, and the statements of the plain page that every client asks for."""

    def __init__(self, connection: Connection, monotonic: Callable[[], float]) -> None:
        self.connection = connection
        self.deadline = deadline(connection, monotonic)
        self._total = Prepared(connection, _TOTAL)
        self._plain = Prepared(connection, _PLAIN)

    def snapshot(self) -> AbstractContextManager[Any]:
        """A transaction, unless the deadline has begun one."""
        return nullcontext() if self.connection.in_transaction() else self.connection.begin()

    def by_index(self, asked: Asked) -> Listed:
        if asked.count and not asked.skip and not asked.plain:
            return self._first_page(asked)
        total = self._count(asked.matching)
        if not asked.count or asked.skip >= total:
            return Listed(total, ())
        if asked.plain and len(asked.matching) == 1:
            (type,) = asked.matching
            rows = self._plain.all(type=type, size=asked.count, skip=asked.skip)
            return Listed(total, [Shown._make(row) for row in rows])
        narrow = _narrow(asked).limit(asked.count).offset(asked.skip)
        return Listed(total, [each for each, _ in self._wide(asked, narrow)])

    def _first_page(self, asked: Asked) -> Listed:
        """A search that finds a few is the usual one: its page holds them all, and counts them."""
        found = [each for each, _ in self._wide(asked, _narrow(asked).limit(asked.count))]
        return Listed(len(found) if len(found) < asked.count else self._count(asked.matching), found)

    def by_cursor(self, asked: Asked) -> Listed:
        total = self._count(asked.matching)
        if not asked.count:
            return Listed(total, ())
        narrow = _narrow(asked).limit(asked.count + 1)
        if asked.place is not None:
            narrow = narrow.where(asked.ordering.beyond(asked.place, asked.backward))
        found = self._wide(asked, narrow)
        more, found = len(found) > asked.count, found[: asked.count]
        ahead = found[-1][1] if more else None
        behind = self._behind(asked, found[0][1] if found else None)
        page = [each for each, _ in found]
        if asked.backward:
            return Listed(total, page[::-1], previous=ahead, next=behind)
        return Listed(total, page, previous=behind, next=ahead)

    def _behind(self, asked: Asked, nearest: Place | None) -> Place | None:
        """Where the page begins from which one would have come, if anything is there."""
        if asked.place is None:
            return None
        place = nearest or replace(asked.place, included=not asked.place.included)
        there = asked.ordering.beyond(place, not asked.backward)
        one = select(resources.c.id).where(_matches(asked.matching), there).limit(1)
        return place if self.connection.execute(one).first() else None

    def _count(self, matching: Matching) -> int:
        """Of all resources of a type the writer keeps count."""
        total = 0
        for type, where in matching.items():
            if where is None:
                total += (self._total.first(type=type) or (0,))[0]
            else:
                some = select(func.count()).select_from(resources).where(resources.c.type == type, where)
                total += self.connection.execute(some).scalar_one()
        return total

    def _wide(self, asked: Asked, narrow: Select[Any]) -> list[tuple[Shown, Place]]:
        ordering = asked.ordering
        key = null() if ordering.key is None else ordering.key
        page = select(*SHOWN, key.label("place")).where(resources.c.id.in_(narrow))
        rows = self.connection.execute(page.order_by(*ordering.by(asked.backward))).all()
        return [(Shown._make(row[:-1]), Place(row[-1], row[0])) for row in rows]


def _narrow(asked: Asked) -> Select[Any]:
    return select(resources.c.id).where(_matches(asked.matching)).order_by(*asked.ordering.by(asked.backward))


def _matches(matching: Matching) -> ColumnElement[bool]:
    terms = [
        resources.c.type == type if where is None else and_(resources.c.type == type, where)
        for type, where in matching.items()
    ]
    return terms[0] if len(terms) == 1 else or_(*terms)


_TOTAL = select(totals.c.number).where(totals.c.type == bindparam("type"))
_of_type = resources.c.type == bindparam("type")
_first = select(resources.c.id).where(_of_type).order_by(resources.c.id).limit(1).offset(bindparam("skip"))
_PLAIN = (
    select(*SHOWN)
    .where(_of_type, resources.c.id >= _first.scalar_subquery())
    .order_by(resources.c.id)
    .limit(bindparam("size"))
)
