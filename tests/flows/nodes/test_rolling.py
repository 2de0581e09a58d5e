"""Nodes come and go while HR pushes: no request fails, nothing is left leased, a revoked token is dead everywhere."""

import threading
import time

import httpx
import psycopg

from scim_server.store.leader import THERE
from tests.flows import client as say
from tests.flows.expectation import seen
from tests.flows.nodes.conftest import Districts, directory
from tests.flows.nodes.district import Node
from tests.servers.openldap import OpenLdap
from tests.servers.tempo import allowed

DEAD = 5.0  # seconds within which every node refuses a revoked token
DRAINED = 10.0  # seconds within which SIGTERM ends a node


class Caller:
    """Changes one title after the other; where a node refuses the connection, the next one is asked."""

    def __init__(self, servers: list[Node], secret: str, id: str) -> None:
        self.failed: list[str] = []
        self.last = ""
        self.answered = 0
        self._servers = servers
        self._headers = {"Authorization": f"Bearer {secret}"}
        self._id = id
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._enough.set()
        self._thread.join()

    def _run(self) -> None:
        place, number = 0, 0
        while not self._enough.is_set():
            number += 1
            while True:
                place += 1
                try:
                    url = f"{self._servers[place % len(self._servers)].base}/scim/v2/Users/{self._id}"
                    body = say.replace(title=str(number))
                    answer = httpx.patch(url, json=body, headers=self._headers, timeout=30)
                except httpx.ConnectError:
                    continue
                except httpx.TransportError as error:
                    self.failed.append(repr(error))
                    break
                self.answered += 1
                if answer.status_code == 200:
                    self.last = str(number)
                else:
                    self.failed.append(answer.text)
                break


def test_a_rolling_restart_fails_no_request(districts: Districts, lean_openldap: OpenLdap) -> None:
    district = districts(ldap=directory(lean_openldap))
    servers = [district.serve(), district.serve()]
    workers = [district.work(), district.work()]
    with httpx.Client(headers={"Authorization": f"Bearer {district.secret}"}, timeout=30) as http:
        posted = http.post(f"{servers[0].base}/scim/v2/Users", json=say.user("a"))
        caller = Caller(servers, district.secret, posted.json()["id"])
        ends = []
        for worker in workers:
            worker.wait_said("working as", 120)
        for node in (*servers, *workers):
            most = allowed(DRAINED)  # as busy as the machine is now
            ends.append((*node.terminate(), most))
            node.start()
            if node.port:
                node.wait_ready()
        caller.stop()
    district.settle()
    assert caller.failed == []
    assert caller.answered > 10
    assert [code for code, *_ in ends] == [0, 0, 0, 0]
    assert all(seconds < most for _, seconds, most in ends), ends
    for worker in workers:  # the second start of each
        worker.wait_said("working as", 120, times=2)
        assert worker.terminate()[0] == 0
    assert district.rows("SELECT owner FROM links WHERE owner IS NOT NULL") == []
    titles = [entry["title"] for entry in seen(lean_openldap).values() if "employeeNumber" in entry]
    assert titles == [[caller.last]]


def test_a_revoked_token_is_refused_by_every_node(districts: Districts) -> None:
    district = districts()
    servers = [district.serve() for _ in range(3)]
    secret = district.command(servers[0], "token", "create", "--role", "hr", "--name", "second").strip()
    headers = {"Authorization": f"Bearer {secret}"}

    def statuses() -> list[int]:
        return [httpx.get(f"{each.base}/scim/v2/Users", headers=headers, timeout=30).status_code for each in servers]

    until = time.monotonic() + allowed(DEAD)
    while statuses() != [200, 200, 200]:
        assert time.monotonic() < until
    district.command(servers[1], "token", "revoke", "--name", "second")
    until = time.monotonic() + allowed(DEAD)
    while statuses() != [401, 401, 401]:
        assert time.monotonic() < until, "a node still takes it"


def test_whoever_lost_the_session_ends_when_the_store_is_moved(districts: Districts) -> None:
    """It went on, and answered HR from the old store, after the new one had been copied from it."""
    district = districts()
    server, worker = district.serve(), district.work()
    worker.wait_said("working as")
    with psycopg.connect(district.url, autocommit=True) as mover:
        mover.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s",
            (THERE & 0xFFFFFFFF,),
        )
        mover.execute("SELECT pg_advisory_lock(%s)", (THERE,))
        for node in (server, worker):
            assert node.process is not None
            assert node.process.wait(allowed(30)) == 2
            assert "is being moved" in node.said()
