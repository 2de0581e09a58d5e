"""The sweep of the night is begun once a day, in the night, by one node, however the clock jumps."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scim_server.clock import Clock, day_start
from scim_server.reconcile.nightly import Nightly
from scim_server.settings import BadSettings, Settings
from scim_server.store.engine import open_engine
from scim_server.store.migrate import migrate
from scim_server.store.writer import Writer
from scim_server.systems import targets
from tests.servers.stores import store_url

HALF_PAST_TWO = 2.5 * 3600
DAY = 86_400.0
MIDNIGHT = day_start("2027-03-01")


class Night:
    """A clock that a test sets, one store, and nodes whose sweeps are processes that do nothing."""

    def __init__(self, folder: Path) -> None:
        url = store_url(folder / "huaming.db")
        migrate(url)
        self.time = MIDNIGHT
        self.writer = Writer(open_engine(url, writing=True))
        self.begun: list[subprocess.Popen[bytes]] = []
        self.script = "pass"

    def node(self) -> Nightly:
        return Nightly(HALF_PAST_TWO, self.writer, Clock(now=lambda: self.time), self._start)

    def _start(self) -> "subprocess.Popen[bytes]":
        self.begun.append(subprocess.Popen([sys.executable, "-S", "-c", self.script]))
        return self.begun[-1]

    def at(self, hours: float, node: Nightly, day: int = 0) -> int:
        """How many were begun, once that node has looked at that hour."""
        for each in self.begun:
            if self.script == "pass":
                each.wait(60)
        self.time = MIDNIGHT + day * DAY + hours * 3600
        node.look()
        return len(self.begun)


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    one = Night(tmp_path)
    yield one
    for each in one.begun:
        each.kill()
        each.wait()
    one.writer.close()


def test_it_is_begun_once_a_day_by_one_of_two_nodes(night: Night) -> None:
    one, other = night.node(), night.node()
    begun = [night.at(hour, node, day) for day in (0, 1) for hour in (2.4, 2.51, 2.6, 3.5) for node in (one, other)]
    assert begun == [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]


def test_a_clock_that_jumps_begins_no_second_one(night: Night) -> None:
    node = night.node()
    assert [night.at(hour, node) for hour in (2.6, 1.0, 2.6, 2.4, 2.7)] == [1, 1, 1, 1, 1]
    assert night.at(2.6, node, day=5) == 2
    assert night.at(2.6, node, day=4) == 2, "a clock that was set back repeats no day"


def test_one_that_was_missed_is_begun_in_the_night_and_not_by_day(night: Night) -> None:
    node = night.node()
    assert night.at(9.0, node) == 0
    assert night.at(6.0, node, day=1) == 1


def test_a_stop_ends_the_child_and_one_that_runs_is_not_begun_again(night: Night) -> None:
    night.script = "import time; time.sleep(600)"
    node = night.node()
    assert night.at(2.6, node) == 1
    assert night.at(2.6, node, day=1) == 1, "it still runs"
    node.stop()
    assert night.begun[0].returncode is not None
    assert night.at(2.6, node, day=2) == 1, "nobody would end what is begun by a house that closes"


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ({"drift": {"telephone": "report"}}, "telephone"),
        ({"drift": {"title": "ignore"}}, "title"),
        ({"drift_grace": "soon"}, "drift_grace"),
    ],
)
def test_what_cannot_be_a_policy_is_refused_by_its_name(table: dict[str, object], wrong: str) -> None:
    ldap = {"url": "ldap://127.0.0.1:9", "bind_dn": "cn=a", "bind_password": "x", "base_dn": "dc=a", **table}
    with pytest.raises((BadSettings, ValueError), match=wrong):
        targets(Settings.model_validate({"systems": {"ldap": ldap}}), Clock())
