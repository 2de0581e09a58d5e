"""Three workers and two servers: workers die each second, one stands still past its lease with a request on its way.

HUAMING_NODES_CHANGES=20000 for the full figure; then the lease runs out by itself, which takes a minute.
"""

import os
import random
import time

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

HOLDS = "SELECT 1 FROM links WHERE owner LIKE %(owner)s LIMIT 1"


def test_workers_that_die_and_one_that_comes_back(districts: Districts, lean_openldap: OpenLdap) -> None:
    with FaultProxy("127.0.0.1", lean_openldap.port) as proxy:
        district = districts(ldap=directory(lean_openldap))
        servers = [district.serve(), district.serve()]
        sleeper = district.work(ldap=directory(lean_openldap, proxy.port))
        mortal = [district.work(), district.work()]
        pushing = Pushing(
            [server.base for server in servers], district.secret, CHANGES, CHANGES // 8, 40 if WHOLE else 4
        )
        began = time.monotonic()
        pushing.start()
        stopped = _stop_with_a_request_on_its_way(district, proxy, sleeper)
        kills = _kill_each_second(district, mortal, pushing)
        expected = pushing.join()
        pushed = time.monotonic() - began
        _overtaken(district, sleeper, stopped)
        proxy.clear()  # what it had sent arrives now, after what others have written since
        sleeper.go_on()
        district.settle(300 if WHOLE else 60)
        took = time.monotonic() - began
    assert kills >= 3
    assert seen(lean_openldap) == expected.directory(lean_openldap)
    assert district.rows("SELECT subject, count(*) FROM attempts WHERE action = 'create' AND outcome = 'done' "
                         "GROUP BY 1 HAVING count(*) > 1") == []  # fmt: skip
    assert district.open_rows() == []
    assert district.rows("SELECT DISTINCT state FROM links") == [("done",)]
    print(f"{CHANGES} changes: pushed in {pushed:.1f} s, {kills} kills, settled after {took:.1f} s")


def _stop_with_a_request_on_its_way(district: District, proxy: FaultProxy, node: Node) -> list[str]:
    """Whom it was working when it was stopped: their writes hang in the proxy."""
    until = time.monotonic() + (300 if WHOLE else 60)
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


def _kill_each_second(district: District, workers: list[Node], pushing: Pushing) -> int:
    """While there is something to push, and three times at least: one that has rows in its hands."""
    kills, until = 0, time.monotonic() + (1200 if WHOLE else 60)
    while (pushing.running or kills < 3) and time.monotonic() < until:
        time.sleep(1)
        busy = [node for node in workers if district.rows(HOLDS, owner=f"%-{node.pid}-%")]
        if busy:
            one = random.Random(kills).choice(busy)
            one.kill()
            one.start()
            kills += 1
    return kills


def _overtaken(district: District, sleeper: Node, stopped: list[str]) -> None:
    """Others have its rows, and have settled them: its lease has run out."""
    owner = f"%-{sleeper.pid}-%"
    if not WHOLE:  # the minute is taken from the row
        district.rows("UPDATE links SET lease_until = 0 WHERE owner LIKE %(owner)s", owner=owner)
    district.wait_for(
        "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM links WHERE subject = ANY(%(of)s) AND state <> 'done')",
        150 if WHOLE else 60,
        of=stopped,
    )
