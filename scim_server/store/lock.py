"""One process works a SQLite file (S27): a lock beside it, and where the one that holds it can be reached.

On PostgreSQL nobody is alone: there the lock is nobody's and always free.
"""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from sqlalchemy.engine import make_url

from scim_server.store.engine import plain_url, several_nodes

DOOR = "/operator"  # of a server, where its Holder's url leads


class Busy(Exception):
    """Another process works this store. The message says which."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock. `url` and `secret` lead to a server's door for local operators; others have none.

    `passing`: a command that will be done in a moment, worth waiting for.
    """

    pid: int
    passing: bool = False
    url: str | None = None
    secret: str | None = None


class StoreLock:
    """An exclusive lock that ends with the process, however it ends. Raises Unusable."""

    def __init__(self, url: str) -> None:
        self._path = None if several_nodes(url) else Path(f"{make_url(plain_url(url)).database}.lock")
        self._file: IO[str] | None = None

    def take_patiently(self, holder: Holder, look: Callable[[], bool]) -> None:
        """Takes the lock, or waits while a passing command holds it and `look` says to go on. Raises Busy."""
        while True:
            try:
                return self.take(holder)
            except Busy:
                there = self.holder()
                if (there is not None and not there.passing) or not look():
                    raise

    def take(self, holder: Holder) -> None:
        """Takes the lock and says who holds it. Raises Busy."""
        if self._path is None:
            return
        file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            there = self.holder()
            who = f"process {there.pid}" if there else "another process"
            raise Busy(f"{who} works this store already; one process at a time works a SQLite store") from error
        self._file = file
        self.announce(holder)

    def announce(self, holder: Holder) -> None:
        """Rewrites who holds it."""
        if self._path is None:
            return
        assert self._file is not None
        self._file.seek(0)
        self._file.truncate()
        json.dump(asdict(holder), self._file)
        self._file.flush()

    def holder(self) -> Holder | None:
        """Who holds the lock now; None when nobody does."""
        if self._path is None:
            return None
        try:
            with self._path.open("r+") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except OSError:
                    return _read(file)
        except FileNotFoundError:
            return None
        return None

    def release(self) -> None:
        """Gives the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        self.take(Holder(os.getpid(), passing=True))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


def _read(file: IO[str]) -> Holder:
    try:
        return Holder(**json.loads(file.read()))
    except (ValueError, TypeError):  # it is being rewritten at this moment
        return Holder(pid=0, passing=True)
