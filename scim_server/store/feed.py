"""The feed of events: the changes on record, and how far each recipient has acknowledged them.

A recipient's row says: everything up to `acked`, and the ranges `apart` beyond it. A
recipient without a row has acknowledged nothing, so it begins at the beginning.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event
from typing import TypeVar

import orjson
from sqlalchemy import Connection, Engine, bindparam, case, null, select, text

from scim_server.clock import Clock
from scim_server.scim.events import Change
from scim_server.store.closing import hasten
from scim_server.store.engine import reading
from scim_server.store.points import points
from scim_server.store.ranges import Range, gaps, merged
from scim_server.store.tables import changes, feeds
from scim_server.store.writer import Writer

APART = 1_000  # ranges kept of one recipient; what is acknowledged beyond them comes again
LOT = 500

log = logging.getLogger(__name__)

_earlier = changes.alias()
_WAS_ACTIVE = (
    select(_earlier.c.active)
    .where(_earlier.c.subject == changes.c.subject, _earlier.c.seq < changes.c.seq)
    .order_by(_earlier.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)
_WORDLESS = changes.c.action.in_(("members", "delete"))  # of these no attribute is named, and they may be large
_CHANGES = select(
    changes.c.seq,
    changes.c.at,
    changes.c.action,
    changes.c.type,
    changes.c.resource_id,
    changes.c.version,
    changes.c.active,
    _WAS_ACTIVE,
    case((_WORDLESS, null()), else_=changes.c.before).label("before"),
    case((_WORDLESS, null()), else_=changes.c.after).label("after"),
).order_by(changes.c.seq)
_LAST = select(changes.c.seq).order_by(changes.c.seq.desc()).limit(1)
_NEXT = select(changes.c.seq).where(changes.c.seq > bindparam("above")).order_by(changes.c.seq).limit(1)
_POSITION = select(feeds.c.acked, feeds.c.apart).where(feeds.c.token == bindparam("token"))
_KEEP = text(
    "INSERT INTO feeds (token, acked, apart) VALUES (:token, :acked, :apart) "
    "ON CONFLICT (token) DO UPDATE SET acked = excluded.acked, apart = excluded.apart"
)

T = TypeVar("T")
Position = tuple[int, list[Range]]


class EventFeed:
    """Reads changes on a thread of its own; writes positions through the writer."""

    def __init__(self, engine: Engine, writer: Writer, clock: Clock) -> None:
        self._engine = engine
        self._writer = writer
        self.monotonic = clock.monotonic
        self._points = points(engine)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-feed")
        self._connection = reading(engine)
        self.ending = Event()

    def end(self) -> None:
        """Whoever waits for an event need not wait any longer: the house is closing."""
        self.ending.set()

    def close(self) -> None:
        """Ends the read connections."""
        self.end()
        hasten(self._engine)
        self._thread.shutdown(cancel_futures=True)
        self._connection.close()
        self._points.close()

    async def last(self) -> int:
        """The `seq` of the newest change, 0 where there is none."""
        row = await self._points.read(lambda point: point.first(_LAST))
        return 0 if row is None else int(row[0])

    async def unacknowledged(self, token: str, limit: int) -> list[Change]:
        """The oldest changes that the recipient has not acknowledged."""
        return await self._read(lambda connection: _unacknowledged(connection, token, limit))

    async def stamps(self, seqs: Collection[int]) -> dict[int, float]:
        """When these changes were, in seconds since the epoch; one that is not on record is missing."""
        return await self._read(lambda connection: _stamps(connection, list(seqs)))

    async def acknowledge(self, token: str, seqs: Collection[int]) -> None:
        """These changes never come again to that recipient: true after the commit. Raises Unavailable."""
        await self._writer.commit(lambda connection: _acknowledge(connection, token, seqs))

    async def _read(self, read: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, read, self._connection)


def _position(connection: Connection, token: str) -> Position:
    row = connection.execute(_POSITION, {"token": token}).first()
    return (0, []) if row is None else (row.acked, [(low, high) for low, high in orjson.loads(row.apart)])


def _unacknowledged(connection: Connection, token: str, limit: int) -> list[Change]:
    found: list[Change] = []
    for above, below in gaps(*_position(connection, token)):
        if len(found) == limit:
            break
        within = changes.c.seq > above if below is None else (changes.c.seq > above) & (changes.c.seq < below)
        rows = connection.execute(_CHANGES.where(within).limit(limit - len(found)))
        found += [Change(seq, _seconds(at), *rest) for seq, at, *rest in rows]
    return found


def _stamps(connection: Connection, seqs: Sequence[int]) -> dict[int, float]:
    found: dict[int, float] = {}
    for start in range(0, len(seqs), LOT):
        lot = select(changes.c.seq, changes.c.at).where(changes.c.seq.in_(seqs[start : start + LOT]))
        found.update({seq: _seconds(at) for seq, at in connection.execute(lot)})
    return found


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def _acknowledge(connection: Connection, token: str, seqs: Collection[int]) -> None:
    acked, apart = _position(connection, token)
    acked, apart = _advanced(connection, acked, merged(apart, (seq for seq in seqs if seq > acked)))
    if len(apart) > APART:
        log.warning("feed of %r: %d scattered acknowledgements are not kept", token, len(apart) - APART)
        del apart[APART:]
    connection.execute(_KEEP, {"token": token, "acked": acked, "apart": orjson.dumps(apart).decode()})


def _advanced(connection: Connection, acked: int, apart: list[Range]) -> Position:
    """Takes in the ranges before which nothing is left unacknowledged: a number without a change is no gap."""
    for place, (low, high) in enumerate(apart):
        if low > acked + 1 and connection.scalar(_NEXT, {"above": acked}) != low:
            return acked, apart[place:]
        acked = high
    return acked, []
