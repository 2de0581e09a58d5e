"""A connection to PostgreSQL that is not waited for for ever.

Keepalives find a machine that is gone. A server that hangs, or something between that swallows its answers, keeps the
connection alive and says nothing: one thread of the process cuts off what has been waited for too long, so that
whoever waits learns that the connection is lost.
"""

import os
import socket
from collections.abc import Generator
from contextlib import suppress
from threading import Lock, Thread
from typing import Any, TypeVar
from weakref import WeakSet

import psycopg

from scim_server.clock import Clock, pause
from scim_server.store.closing import ENDING, Bound

LOOK = 0.5  # seconds between two looks
_monotonic = Clock().monotonic
_all: "WeakSet[Patient]" = WeakSet()
_lock = Lock()
_watching: list[Thread] = []

T = TypeVar("T")


class Patient(psycopg.Connection[Any]):
    """`patience`: seconds for one answer; None: as long as it takes. `bound`: its engine's, once that is ending."""

    patience: float | None = None
    bound: Bound | None = None
    _since: float | None = None

    def wait(self, gen: Generator[Any, Any, T], *more: Any, **options: Any) -> T:
        """psycopg's own, under watch."""
        self._since = _monotonic()
        try:
            return super().wait(gen, *more, **options)
        finally:
            self._since = None

    def cursor(self, name: str = "", **options: Any) -> Any:
        """psycopg's own. What streams by itself, in no transaction, the server keeps until the last row is fetched."""
        if name and self.autocommit:
            options.setdefault("withhold", True)
        return super().cursor(name, **options)

    def look(self, now: float) -> None:
        """Cuts it off where its time is over."""
        since, patience = self._since, self.patience
        if self.bound is not None and self.bound.ending:
            patience = ENDING
        if since is None or patience is None or now - since < patience:
            return
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.fileno())) as own:
            own.shutdown(socket.SHUT_RDWR)


def watched(connection: Patient, bound: Bound) -> Patient:
    """The connection, looked at from now on."""
    connection.patience, connection.bound = bound.seconds, bound
    with _lock:
        _all.add(connection)
        if not _watching or not _watching[0].is_alive():
            _watching[:] = [Thread(target=_watch, name="store-patience", daemon=True)]
            _watching[0].start()
    return connection


def _watch() -> None:
    while True:
        pause(LOOK)
        with _lock:
            there = list(_all)
        now = _monotonic()
        for each in there:
            each.look(now)
