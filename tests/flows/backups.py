"""A roster's store on its way into a file and out of it again."""

from pathlib import Path
from typing import Any

from scim_server.clock import Clock
from scim_server.operate.backup import backup
from scim_server.operate.restore import restore
from tests.flows.engine_room import Room

SECRETS = (None, ())


def saved(room: Room, tmp_path: Path) -> Path:
    file = tmp_path / "roster.backup"
    backup(room.url, file, room.clock)
    return file


def put(file: Path, to: Path, clock: Clock, *, force: bool = False) -> Any:
    to.mkdir(exist_ok=True)
    return restore(file, f"sqlite:///{to / 'room.db'}", clock, SECRETS, force=force)
