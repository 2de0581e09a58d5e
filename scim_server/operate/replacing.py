"""A SQLite file in the place of another one: at every moment there is a whole store at that path (S27)."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from scim_server.operate.archive import sync_folder
from scim_server.store.engine import Unusable

BUSY = 10.0  # seconds to wait for whoever reads
JOURNAL = ("-wal", "-shm")


def put(fresh: Path, store: Path, aside: str) -> Path | None:
    """Puts it there; what was there is kept beside by that ending. Returns where, None where nothing was there.

    Both lie on one disk, and nobody works the store. Raises Unusable where somebody reads it, or its owner is not to be
    kept.
    """
    _dress(fresh, store)
    kept = None
    if store.exists():
        kept = store.with_name(store.name + aside)
        _write_back(store)
        for end in ("", *JOURNAL):
            _keep(store.with_name(store.name + end), kept.with_name(kept.name + end))
        sync_folder(store)
        for end in JOURNAL:  # of the old file: they must not be taken for the new one's
            store.with_name(store.name + end).unlink(missing_ok=True)
    os.replace(fresh, store)
    sync_folder(store)
    return kept


def _write_back(store: Path) -> None:
    """All of it stands in its one file from now on, but where that is damaged: then its journal is kept beside it too.

    Raises Unusable where a reader holds it.
    """
    try:
        with closing(sqlite3.connect(f"{store.as_uri()}?mode=rw", uri=True, timeout=BUSY)) as connection:
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError:
        return
    if busy:
        raise Unusable(f"somebody reads {store}; try again when they have ended")


def _keep(old: Path, kept: Path) -> None:
    """The same file by another name; a copy on a disk that knows no second names."""
    if not old.exists():
        return
    try:
        os.link(old, kept)
    except OSError:
        shutil.copy2(old, kept)
        with kept.open("rb") as copied:
            os.fsync(copied.fileno())


def _dress(fresh: Path, store: Path) -> None:
    """Owner and mode as of the file that it replaces, else as of the folder, but nothing for others.

    Whoever restores as root leaves a store, and a lock beside it, that the service can open. Raises Unusable where
    somebody may replace the file and not give it to its owner.
    """
    there = store.exists()
    model = (store if there else store.parent).stat()
    fresh.chmod(model.st_mode & 0o777 if there else 0o600 | model.st_mode & 0o060)
    try:
        os.chown(fresh, model.st_uid, model.st_gid)
    except PermissionError as error:
        if there:
            raise Unusable(f"{store} belongs to somebody else: restore it as its owner or as root") from error
    with suppress(OSError):  # there is none, or it is its owner's already
        os.chown(store.with_name(f"{store.name}.lock"), model.st_uid, model.st_gid)
