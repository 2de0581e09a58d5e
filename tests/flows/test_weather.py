"""Bad weather between the house and the directory: the roster answers at once, the rest converges by itself."""

import random
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.flows import client as say
from tests.flows.clerk import Clerk
from tests.flows.conftest import Houses
from tests.flows.expectation import seen
from tests.flows.house import Served
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import OpenLdap
from tests.servers.tempo import allowed

AT_ONCE = 0.2  # seconds: p95 of a write to the roster, whatever the directory does


@pytest.fixture
def behind(houses: Houses, openldap: OpenLdap, proxy: FaultProxy) -> Served:
    """A house that reaches the directory through the proxy, and is not started."""
    return houses(openldap, proxy=proxy, connect_timeout=1, answer_timeout=1)


@pytest.fixture
def out(behind: Served) -> Iterator[Clerk]:
    """`behind`, running, and its client."""
    behind.start()
    client = Clerk(behind)
    yield client
    client.close()


def _at_ease(client: Clerk, ldap: OpenLdap) -> None:
    """Everything is as it must be in the end, and the roster answered at once all the time."""
    client.satisfied(ldap)
    assert client.p95() < allowed(AT_ONCE), sorted(client.took)[-5:]


def test_down_at_the_start_and_coming_up(houses: Houses, openldap: OpenLdap, proxy: FaultProxy) -> None:
    """With all the patience that a house has: an answer that only comes late is not lost."""
    proxy.set(refuse=True)
    behind = houses(openldap, proxy=proxy)
    behind.mode = None  # even the first read is still to come
    assert behind.start() < allowed(5)
    client = Clerk(behind)
    office = client.group(say.department("办公室", "G01"))
    client.enlist(office, *client.people("early", 60))
    began = time.monotonic()
    while time.monotonic() - began < 6:
        client.people(f"later{len(client.took)}-", 1)
        time.sleep(0.2)
    knocks = proxy.counts.refused
    assert 0 < knocks <= 10, "the breaker must keep the house from knocking all the time"
    status = behind.status()
    assert (status["failing"], status["parked"]) == (True, 0)
    assert client.http.get(f"{behind.base}/readyz").json()["systems"] == {"ldap": "unreachable"}
    assert seen(openldap) == {}

    proxy.clear()
    _at_ease(client, openldap)
    assert behind.status()["failing"] is False
    assert {each["outcome"] for each in behind.operations()} == {"done"}
    client.close()


def test_slow(houses: Houses, openldap: OpenLdap, proxy: FaultProxy) -> None:
    house = houses(openldap, proxy=proxy)
    house.start()
    out = Clerk(house)
    proxy.set(latency=0.1)
    office = out.group(say.department("办公室", "G01"))
    out.enlist(office, *out.people("slow", 80))
    assert house.status()["due"] > 0, "the house must be behind the roster here, or the test shows nothing"
    _at_ease(out, openldap)
    out.close()


def test_half_open_in_mid_run(behind: Served, out: Clerk, openldap: OpenLdap, proxy: FaultProxy) -> None:
    office = out.group(say.department("办公室", "G01"))
    ids = out.people("before", 60)
    behind.wait_for("SELECT 1 FROM links WHERE kind = 'person' AND state = 'done'")
    proxy.set(blackhole=True)
    out.enlist(office, *ids, *out.people("during", 60))
    time.sleep(2.5)
    assert behind.status()["due"] > 0
    proxy.clear()
    _at_ease(out, openldap)


def test_restarted_in_mid_run(houses: Houses, private_openldap: Callable[..., OpenLdap]) -> None:
    ldap = private_openldap()
    house = houses(ldap)
    house.start()
    client = Clerk(house)
    office = client.group(say.department("办公室", "G01"))
    ids = client.people("first", 100)
    ldap.stop()
    client.enlist(office, *ids, *client.people("second", 100))
    ldap.start()
    for id in ids[:30]:
        client.alter(id, title="主任", active=False)
    _at_ease(client, ldap)
    client.close()


WRITES = (0x66, 0x68, 0x6C, 0x4A)  # modify, add, modify DN, delete (RFC 4511 section 4)


class LosesWrites(FaultProxy):
    """Lets a burst of writes through and swallows the answers to it: `chance` of the bursts, then resets the lines.

    `sure`: the next burst for certain.
    """

    chance = 0.0
    sure = False
    lost = 0
    random = random.Random(4)

    def _count(self, way: str, chunk: bytes) -> None:
        super()._count(way, chunk)
        if way != "up" or not _is_write(chunk) or self.faults.drop_replies:
            return
        if self.sure or self.random.random() < self.chance:
            self.sure = False
            self.lost += 1
            self.set(drop_replies=True)
            threading.Timer(0.1, self._reset).start()

    def _reset(self) -> None:
        self.cut()
        self.clear()


def _is_write(chunk: bytes) -> bool:
    """Whether the first message of a chunk is a write: SEQUENCE, length, INTEGER id, the operation's tag."""
    place = 2 + (chunk[1] & 0x7F if chunk[1] & 0x80 else 0)
    return chunk[0] == 0x30 and chunk[place + 2 + chunk[place + 1]] in WRITES


@pytest.fixture
def losing(openldap: OpenLdap) -> Iterator[LosesWrites]:
    with LosesWrites("127.0.0.1", openldap.port) as one:
        yield one


def test_answers_lost_after_the_write(houses: Houses, openldap: OpenLdap, losing: LosesWrites) -> None:
    house = houses(openldap, proxy=losing, connect_timeout=2, answer_timeout=2)
    house.start()
    out = Clerk(house)
    losing.chance = 0.5
    office, team = out.group(say.department("办公室", "G01")), out.group(say.plain_group("篮球队", "T1"))
    ids = out.people("made", 90)
    house.settle()
    steps: list[Callable[[str], None]] = [
        lambda id: out.enlist(office, id),
        lambda id: out.alter(id, userName=f"renamed-{id[-12:]}"),
        lambda id: out.enlist(team, id),
        lambda id: out.alter(id, active=False),
        out.dismiss,
    ]
    for step in steps:
        before, losing.sure = losing.lost, True
        for id in ids[:25]:
            step(id)
        house.settle()
        assert losing.lost > before, "no answer was lost here"
    losing.chance = 0.0
    _at_ease(out, openldap)
    assert house.plan() == []
    out.close()


def test_lines_cut_in_the_middle_of_an_answer(
    behind: Served, out: Clerk, openldap: OpenLdap, proxy: FaultProxy
) -> None:
    proxy.set(cut_after=3000)
    office = out.group(say.department("办公室", "G01"))
    out.enlist(office, *out.people("cut", 80))
    time.sleep(1)
    proxy.clear()
    proxy.cut()
    _at_ease(out, openldap)
