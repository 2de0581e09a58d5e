"""A backup goes to whatever disk there is."""

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.backups import put
from tests.flows.engine_room import Room
from tests.servers.stores import only_sqlite


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    yield one
    one.close()


WITHOUT_SECOND_NAMES = """
import errno, os, sys
from pathlib import Path
from scim_server.clock import Clock
from scim_server.operate.backup import backup

def refuse(event, given):
    if event == "os.link":
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

sys.addaudithook(refuse)
backup(sys.argv[1], Path(sys.argv[2]), Clock())
"""


@only_sqlite
def test_a_backup_goes_to_a_disk_too_that_knows_no_second_names(room: Room, tmp_path: Path) -> None:
    """A stick, or a share of the office's: all of it was copied there, and then refused."""
    room.person("a")
    (tmp_path / "stick").mkdir()
    file = tmp_path / "stick" / "a.backup"
    words = [sys.executable, "-c", WITHOUT_SECOND_NAMES, room.url, str(file)]
    subprocess.run(words, timeout=60, check=True)
    assert [each.name for each in file.parent.iterdir()] == ["a.backup"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert put(file, tmp_path / "second", room.clock).looked_at == 1
