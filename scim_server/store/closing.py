"""Who closes waits for nobody for long: what an engine's connections wait for is given up soon from then on.

A connection whose other end is silent is waited for as long as its patience lasts, by a thread that holds it: nobody
else can end it meanwhile. No driver is loaded here.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.engine import Dialect

ENDING = 3.0  # seconds for one answer, once the house closes


@dataclass(slots=True)
class Bound:
    """How long the connections of one engine wait for an answer: `seconds`, or ENDING from `ending` on."""

    seconds: float
    ending: bool = False


_bounds: "WeakKeyDictionary[Dialect, Bound]" = WeakKeyDictionary()


def bounded(engine: Engine, bound: Bound) -> Engine:
    """The engine, whose connections keep to that bound."""
    _bounds[engine.dialect] = bound
    return engine


def hasten(engine: Engine) -> None:
    """Whatever its connections wait for, now and later, has ENDING seconds. SQLite's wait for nobody."""
    bound = _bounds.get(engine.dialect)
    if bound is not None:
        bound.ending = True


def is_ending(dialect: Dialect) -> bool:
    """Whether the engine of that dialect has been hastened: what is lost is not to be opened again."""
    bound = _bounds.get(dialect)
    return bound is not None and bound.ending
