"""Writes of several transactions that count as a whole for the guard (S23)."""

from collections.abc import Awaitable
from typing import TypeVar

from scim_server.clock import Clock
from scim_server.store import batches
from scim_server.store.cause import cause, together
from scim_server.store.writer import Writer

T = TypeVar("T")


async def as_one(writer: Writer, clock: Clock, name: str, writes: Awaitable[T], seconds: float) -> T:
    """Does writes of which nothing is judged before all of them are there, or `seconds` have passed.

    They bear the name of the request, or this one. Where they are part of a larger batch, its writer ends it.
    Raises what they raise; Unavailable.
    """
    if cause().batch is not None:
        return await writes
    until = clock.now() + seconds
    with together(name) as batch:
        await writer.commit(lambda connection: batches.begin(connection, batch, until))
        try:
            return await writes
        finally:
            await writer.commit(lambda connection: batches.end(connection, batch))
