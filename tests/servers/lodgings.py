"""Folders for servers under test: in memory where there is room, and gone by the next run at the latest.

A file of a database costs ten times as much on a disk as in memory. An owner that is killed cleans nothing up; that it
lives is known by a lock on a file, for a process number means nothing to another container.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2 << 30  # bytes that have to be free there
OWNER = "owner"
_held: list[TextIOWrapper] = []


def lodging(prefix: str, leave: Callable[[Path], object]) -> Path:
    """A new empty folder of this process. `leave` ends the servers in each one that an owner left behind."""
    home = _home()
    for owner in home.glob(f"{prefix}*/{OWNER}"):
        _clear(owner, leave)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=home))
    _held.append((folder / "mine").open("w"))
    fcntl.flock(_held[-1], fcntl.LOCK_EX)
    (folder / "mine").rename(folder / OWNER)  # so that nobody ever finds one without its lock
    return folder


def _home() -> Path:
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        return MEMORY
    return Path(tempfile.gettempdir())


def _clear(owner: Path, leave: Callable[[Path], object]) -> None:
    try:
        with owner.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            leave(owner.parent)
            shutil.rmtree(owner.parent, ignore_errors=True)
    except OSError:  # its owner lives, or another has cleared it away
        return
