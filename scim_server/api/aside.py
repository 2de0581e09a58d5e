"""Work that would hold up the event loop is done aside: on one thread, and two large requests at a time.

The interpreter runs one thread at a time in any case; a second one here would only keep more in memory.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, TypeVarTuple
from weakref import WeakKeyDictionary

from scim_server.scim.errors import Busy

LIGHT = 32 * 1024
"""Bytes that are parsed, checked and written down in the loop: some milliseconds at the worst."""

AT_ONCE = 2
HELD = 64 * 1024 * 1024
"""Bytes of large bodies that are kept in memory for all requests together."""

_thread = ThreadPoolExecutor(1, thread_name_prefix="aside")
_gates: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]" = WeakKeyDictionary()

Ts = TypeVarTuple("Ts")
T = TypeVar("T")


async def aside(weight: int, function: Callable[[*Ts], T], *arguments: *Ts) -> T:
    """The function's result. `weight` is the size in bytes of what it has to read; light work is done at once."""
    if weight <= LIGHT:
        return function(*arguments)
    return await asyncio.get_running_loop().run_in_executor(_thread, function, *arguments)


def effort(size: int, document: bytes = b"", operations: Sequence[object] = ()) -> int:
    """The weight of a PATCH of that size: its paths are read slowly, and each operation may look at all there is."""
    return 4 * size + len(document) * (8 + len(operations)) // 8


class Burden:
    """What one request keeps in memory, from the first byte of its body to its answer."""

    _all = 0

    def __init__(self) -> None:
        self.bytes = 0
        self._gate: asyncio.Semaphore | None = None

    def grow(self, size: int) -> None:
        """So many bytes more. Raises Busy (503) where all requests together keep too much."""
        self.bytes += size
        Burden._all += size
        if self.bytes > LIGHT and Burden._all > HELD:
            raise Busy("Too many large requests at once.", {"Retry-After": "2"})

    async def enter(self) -> None:
        """Waits for its turn before a large body becomes values, which take many times its size."""
        if self.bytes > LIGHT and self._gate is None:
            gate = _gates.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
            await gate.acquire()
            self._gate = gate

    def leave(self) -> None:
        """The values are gone again; the next large body may become values."""
        if self._gate is not None:
            self._gate.release()
            self._gate = None

    def drop(self) -> None:
        """The request is answered."""
        Burden._all -= self.bytes
        self.bytes = 0
        self.leave()
