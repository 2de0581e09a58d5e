"""Servers that are processes of our own, started by the scripts of `deploy/`."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.servers.ports import free_ports

VARIABLES = ("URL", "LDAPS_URL", "CA_FILE", "BASE_DN", "BIND_DN", "BIND_PASSWORD", "ROOT_DN", "ROOT_PASSWORD")


class NotStarted(Exception):
    """A server that did not start, with what its script says."""


def start_server(kind: Any, folder: Path, switches: dict[str, str], before: Sequence[str] = ()) -> Any:
    """Such a server in `folder`; a port that somebody else took meanwhile is not the end."""
    for _ in range(5):
        place = free_ports()
        try:
            found = run_script(kind.script, folder, place, switches, before)
            return kind(**{name: found[name] for name in VARIABLES}, folder=folder, switches=switches, place=place)
        except NotStarted as error:
            failure = error
    pytest.fail(str(failure))


def run_script(
    script: Path, folder: Path, place: int, switches: dict[str, str], before: Sequence[str] = ()
) -> dict[str, str]:
    """What the script says of the server that it has started. `before`: words before the command, such as sudo."""
    words = [*before, "bash", str(script), "start", str(folder), str(place)]
    done = subprocess.run(words, env=os.environ | switches, timeout=120, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotStarted(f"{script.name} does not start: {done.stderr}")
    return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)


def private(prefix: str, start: Callable[..., Any], remove: Callable[[Path], None] = shutil.rmtree) -> Iterator[Any]:
    """The body of a fixture: a factory of servers that a test may stop, start and break."""
    started: list[Any] = []

    def make(**switches: str) -> Any:
        started.append(start(Path(tempfile.mkdtemp(prefix=prefix)), **switches))
        return started[-1]

    yield make
    for server in started:
        if (server.folder / "run" / "pid").exists():
            server.stop()
        remove(server.folder)
