"""Why something is written: by which request, and as part of what (S23, S26).

It goes with the work, not through every signature: a request, a roll or a sweep says it once, and whatever is
written meanwhile bears it, also what the writer's thread runs on its behalf.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """`request` is the correlation id, from the request to the last read-back. `batch`: what is due together with
    all that names the same one counts as a whole for the guard; None: it stands for itself.
    """

    request: str | None = None
    batch: str | None = None


_NOTHING = Cause()
_CAUSE: ContextVar[Cause] = ContextVar("cause", default=_NOTHING)


def cause() -> Cause:
    """Of what is being written now."""
    return _CAUSE.get()


@contextmanager
def because(of: Cause) -> Iterator[None]:
    """Whatever is written in here is written because of that."""
    token = _CAUSE.set(of)
    try:
        yield
    finally:
        _CAUSE.reset(token)


@contextmanager
def together(name: str) -> Iterator[str]:
    """Whatever is written in here counts as a whole: with what surrounds it, else as the request, else by this name."""
    now = cause()
    name = now.batch or now.request or name
    with because(Cause(now.request, name)):
        yield name
