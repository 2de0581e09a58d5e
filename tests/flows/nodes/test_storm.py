"""Three workers and two servers: workers die each second, one stands still past its lease with a request on its way.

HUAMING_NODES_CHANGES=20000 for the full figure; then the lease runs out by itself, which takes a minute.
"""

import os
import random
import time

import pytest

from tests.flows.expectation import seen
from tests.flows.nodes.conftest import Districts, directory
from tests.flows.nodes.district import District, Node
from tests.flows.nodes.pushing import Pushing
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import OpenLdap

CHANGES = int(os.environ.get("HUAMING_NODES_CHANGES", "600"))
WHOLE = "HUAMING_NODES_CHANGES" in os.environ
UNDER_WAY = (
    "SELECT l.subject FROM links l JOIN attempts a ON a.subject = l.subject AND a.system = l.system "
    "WHERE a.outcome IS NULL AND l.owner LIKE %(owner)s"
)

HELD = "SELECT DISTINCT owner FROM links WHERE owner LIKE ANY(%(any)s)"
# seconds; a busy machine is no failure, nor is the minute for which a transaction that stands still is let be
GENEROUS = 300
KILLS = 3
REST = 3  # seconds


@pytest.mark.timeout(900)
def test_workers_that_die_and_one_that_comes_back(districts: Districts, lean_openldap: OpenLdap) -> None:
    with FaultProxy("127.0.0.1", lean_openldap.port) as proxy:
        district = districts(ldap=directory(lean_openldap))
        servers = [district.serve(), district.serve()]
        sleeper = district.work(ldap=directory(lean_openldap, proxy.port))
        mortal = [district.work(), district.work()]
        bases, bulk = [server.base for server in servers], 40 if WHOLE else 4
        pushing = Pushing(bases, district.secret, CHANGES, CHANGES // 8, bulk, pause=0.2)
        began = time.monotonic()
        pushing.start()
        try:
            stopped = _stop_with_a_request_on_its_way(district, proxy, sleeper)
            kills, of_all = _kill_each_second(district, mortal, pushing)
        finally:
            pushing.enough()
        expected = pushing.join()
        pushed = time.monotonic() - began
        _left_behind(district)
        _overtaken(district, sleeper, stopped)
        _come_back(proxy, sleeper)
        _rest(district)
        took = time.monotonic() - began
    assert kills >= KILLS
    assert seen(lean_openldap) == expected.directory(lean_openldap)
    assert district.rows("SELECT subject, count(*) FROM attempts WHERE action = 'create' AND outcome = 'done' "
                         "GROUP BY 1 HAVING count(*) > 1") == []  # fmt: skip
    assert district.open_rows() == []
    assert district.rows("SELECT DISTINCT state FROM links") == [("done",)]
    print(
        f"{CHANGES} changes: pushed in {pushed:.1f} s, settled after {took:.1f} s; {of_all} kills, {kills} of busy ones"
    )


def _stop_with_a_request_on_its_way(district: District, proxy: FaultProxy, node: Node) -> list[str]:
    """Whom it was working when it was stopped: their writes hang in the proxy."""
    until = time.monotonic() + GENEROUS
    while time.monotonic() < until:
        proxy.set(blackhole=True)
        look_until = time.monotonic() + 1
        while time.monotonic() < look_until:
            held = district.rows(UNDER_WAY, owner=f"%-{node.pid}-%")
            if held:
                time.sleep(0.1)  # from the intent to the call
                node.freeze()
                return [row[0] for row in held]
            time.sleep(0.02)
        proxy.clear()
        time.sleep(0.2)
    raise AssertionError(f"no write was met: {node.said()[-1000:]}")


def _kill_each_second(district: District, workers: list[Node], pushing: Pushing) -> tuple[int, int]:
    """While what was asked for is pushed, and three times at least one that has rows in hands, whatever that takes.

    (kills of ones that had, all kills). At the full figure the clock alone says when: whoever just begins dies, too.
    """
    kills, of_all, until = 0, 0, time.monotonic() + (1200 if WHOLE else GENEROUS)
    while (pushing.made < CHANGES or kills < KILLS) and pushing.running and time.monotonic() < until:
        turn = time.monotonic() + 1
        busy = _busy(district, workers, 0 if WHOLE and pushing.made < CHANGES else GENEROUS)
        one = random.Random(of_all).choice(busy or workers)
        one.kill()
        one.start()
        kills, of_all = kills + bool(busy), of_all + 1
        time.sleep(max(0.0, turn - time.monotonic()) if WHOLE else 1)
    return kills, of_all


def _busy(district: District, workers: list[Node], patience: float) -> list[Node]:
    """Those that have rows in hands; `patience`: seconds to wait for one, 0: nobody waits."""
    any_of = [f"%-{node.pid}-%" for node in workers]
    owners = district.wait_for(HELD, patience, any=any_of) if patience else district.rows(HELD, any=any_of)
    return [node for node in workers if any(f"-{node.pid}-" in owner for (owner,) in owners)]


def _overtaken(district: District, sleeper: Node, stopped: list[str]) -> None:
    """Others have its rows, and have settled them: its lease has run out."""
    owner = f"%-{sleeper.pid}-%"
    if not WHOLE:  # the minute is taken from the row
        district.rows("UPDATE links SET lease_until = 0 WHERE owner LIKE %(owner)s", owner=owner)
    district.wait_for(
        "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM links WHERE subject = ANY(%(of)s) AND state <> 'done')",
        GENEROUS,
        of=stopped,
    )


def _come_back(proxy: FaultProxy, sleeper: Node) -> None:
    """What it had sent arrives, after what others have written since; until it has its answer, or says what it lost."""
    down, said = proxy.counts.down, len(sleeper.said())
    proxy.clear()
    sleeper.go_on()
    until = time.monotonic() + GENEROUS
    while proxy.counts.down == down and len(sleeper.said()) == said:
        assert time.monotonic() < until, sleeper.said()[-1000:]
        time.sleep(0.05)


def _rest(district: District) -> None:
    """Until nothing has been open for some seconds: who comes back late makes rows due once more."""
    until, since = time.monotonic() + GENEROUS, time.monotonic()
    while time.monotonic() - since < REST:
        time.sleep(0.2)
        rows = district.open_rows()
        since = time.monotonic() if rows else since
        assert time.monotonic() < until, (rows, district.last_words())


def _left_behind(district: District) -> None:
    """What the dead held is anybody's once their lease is over: that minute is taken from the rows, too."""
    if not WHOLE:
        alive = [f"%-{node.pid}-%" for node in district.nodes]
        statement = "UPDATE links SET lease_until = 0 WHERE owner IS NOT NULL AND NOT owner LIKE ANY(%(alive)s)"
        district.rows(statement, alive=alive)
