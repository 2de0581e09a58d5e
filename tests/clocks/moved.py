"""A served house whose wall clock the test moves while it runs: CLOCK_REALTIME alone, the monotonic clock goes on.

On PostgreSQL the database's clock counts: there it is the cluster's that is moved, and the house's is the machine's.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from psycopg import sql

from scim_server.clock import civil_day, day_start
from tests.flows.house import Served
from tests.servers.postgresql import Postgresql
from tests.servers.stores import ON_POSTGRESQL, keep_store

INSTALL = "apt-get install -y --no-install-recommends libfaketime"
TOLD = sql.SQL("SELECT extract(epoch FROM clock_timestamp())")
SLACK = 3600.0  # seconds: what is set here are hours and days
FOLDERS = ("/usr/lib", "/usr/local/lib", "/opt/homebrew/lib")


def library() -> str:
    """libfaketime's way for programs with threads. None is a failure, with the line to install it."""
    found = [path for folder in FOLDERS for path in Path(folder).glob("**/faketime/libfaketimeMT.so.1")]
    if not found:
        pytest.fail(f"no libfaketime: {INSTALL}")
    return str(found[0])


class MovedBureau:
    """What a town needs of a bureau (`tests.policy.wire.bureau`), by a process of its own under a clock of its own."""

    def __init__(self, house: Served, day: str, hour: float, private_postgresql: Callable[..., Postgresql]) -> None:
        """The wall clock of a house that has not been started yet, set."""
        self.house = house
        self.cluster: Postgresql | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="clock"))
        self.folder.chmod(0o755)  # the cluster is another user's
        self.file = self.folder / "wall-clock"
        self.set(day, hour)
        moved = {
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",  # without any, each wait of a thread reads the file
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        if ON_POSTGRESQL:
            self.cluster = private_postgresql(PRELOAD=moved.pop("LD_PRELOAD"), **moved)
            keep_store(house.store, self.cluster.url)
        else:
            house.environment = moved

    def close(self) -> None:
        self.house.close()
        shutil.rmtree(self.folder)

    @property
    def now(self) -> float:
        return self._set_at + time.monotonic() - self._began

    @property
    def day(self) -> str:
        return civil_day(self.now)

    def set(self, day: str, hour: float) -> None:
        """The wall clock jumps there, and runs on."""
        self._set_at, self._began = day_start(day) + hour * 3600, time.monotonic()
        replaced = self.file.with_suffix(".new")
        replaced.write_text(time.strftime("@%Y-%m-%d %H:%M:%S\n", time.localtime(self._set_at)))
        replaced.rename(self.file)
        if self.cluster is not None:
            self._until_the_database_knows(self.cluster)

    def _until_the_database_knows(self, cluster: Postgresql) -> None:
        """libfaketime looks at the file once in a second; a command typed in this process would be there before it."""
        until = time.monotonic() + 30
        while abs(float(cluster.ask(TOLD)[0][0]) - self.now) > SLACK:
            assert time.monotonic() < until, "the cluster does not notice that its clock was set"
            time.sleep(0.05)

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.house.secret}"}
        answer = httpx.request(method, f"{self.house.base}/scim/v2{path}", json=body, headers=headers, timeout=30)
        assert answer.is_success, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def work(self) -> None:
        self.house.idle()

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        names = sorted(values, key=lambda name: statement.index(f":{name}"))
        for name in names:
            statement = statement.replace(f":{name}", "?")
        return self.house.rows(statement, *(values[name] for name in names))
