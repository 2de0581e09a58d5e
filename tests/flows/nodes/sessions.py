"""Whoever closes a session has hung up; the database learns of it, and gives its locks back, a little later."""

import time
from collections.abc import Callable
from typing import Any

from scim_server.store.engine import open_engine, reading
from scim_server.store.leader import is_there, is_worked


def soon(true: Callable[[], Any], seconds: float = 20.0) -> None:
    """Until it is."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def until_nobody_is_there(url: str) -> None:
    """Until the database knows that no session and no mover is left."""
    engine = open_engine(url)
    with reading(engine) as onlooker:
        soon(lambda: not is_there(onlooker) and not is_worked(onlooker))
    engine.dispose()
