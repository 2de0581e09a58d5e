"""kill -9 and SIGTERM: an acknowledged write is there, and every write is whole or absent.

HUAMING_FAULT_KILLS=20 in the environment: so many kills, one in fifty writes.
"""

import os
import random
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import httpx
import pytest

from scim_server.store.links import LEASE
from tests.flows import client as say
from tests.flows.client import Hr, Json
from tests.flows.conftest import Houses
from tests.flows.house import HUAMING, READY, Served
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import OpenLdap
from tests.servers.stores import ON_POSTGRESQL, only_sqlite
from tests.servers.tempo import allowed

T = TypeVar("T")

KILLS = int(os.environ.get("HUAMING_FAULT_KILLS", "6"))
WRITES = 50 * KILLS
CLIENTS = 8

HALF = {
    "a User or Group without its subject": "SELECT id FROM resources r WHERE NOT EXISTS "
    "(SELECT 1 FROM subjects s WHERE s.subject = r.subject AND s.resource_id = r.id)",
    "a resource without the record of its creation": "SELECT id FROM resources r WHERE NOT EXISTS "
    "(SELECT 1 FROM changes c WHERE c.resource_id = r.id AND c.action = 'create')",
    "a resource without its link": "SELECT id FROM resources r WHERE NOT EXISTS "
    "(SELECT 1 FROM links l WHERE l.subject = r.subject AND l.system = 'ldap')",
    "a subject that points to nothing": "SELECT subject FROM subjects s WHERE resource_id IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM resources r WHERE r.id = s.resource_id)",
    "a version that nobody wrote": "SELECT r.id FROM resources r JOIN changes c ON c.resource_id = r.id "
    "AND c.action <> 'members' GROUP BY r.id HAVING max(c.version) > r.version",
    "a member of nothing": "SELECT user_id FROM members m WHERE NOT EXISTS "
    "(SELECT 1 FROM resources r WHERE r.id = m.user_id) OR NOT EXISTS "
    "(SELECT 1 FROM resources r WHERE r.id = m.group_id)",
}


class Writers:
    """Clients that write until they are told to stop, and log each 2xx. What had no answer is not repeated."""

    def __init__(self, house: Served, team: str) -> None:
        self.house = house
        self.team = team
        self.titles: dict[str, str] = {}  # acknowledged: id -> title
        self.joined: set[str] = set()
        self.gone: set[str] = set()
        self.in_doubt: set[str] = set()
        self.acknowledged = 0
        self.enough = threading.Event()
        self.failures: list[BaseException] = []
        self.threads = [threading.Thread(target=self._run, args=(number,)) for number in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def _run(self, number: int) -> None:
        hr, chance, count = Hr(self.house.base, self.house.secret), random.Random(number), 0
        try:
            while not self.enough.is_set():
                count += 1
                try:
                    self._someone(hr, chance, f"w{number}-{count}")
                except httpx.TransportError:
                    time.sleep(0.02)
        except BaseException as error:
            self.failures.append(error)
        finally:
            hr.close()

    def _someone(self, hr: Hr, chance: random.Random, name: str) -> None:
        id: str = self._sent(lambda: hr.post("Users", say.user(name, title="1")), name)["id"]
        self.titles[id] = "1"
        self._sent(lambda: hr.change(id, title="2"), id)
        self.titles[id] = "2"
        self._sent(lambda: hr.patch("Groups", self.team, say.join(id)), id)
        self.joined.add(id)
        if chance.random() < 0.3:
            self._sent(lambda: hr.delete("Users", id), id)
            self.gone.add(id)

    def _sent(self, write: Callable[[], T], what: str) -> T:
        try:
            answer = write()
        except httpx.TransportError:
            self.in_doubt.add(what)
            raise
        self.acknowledged += 1
        return answer

    def stop(self) -> None:
        self.enough.set()
        for thread in self.threads:
            thread.join()
        assert self.failures == []

    def all_there(self, hr: Hr) -> None:
        """Every acknowledged write shows; a write without an answer may show or not."""
        users = {each["id"]: each for each in hr.everything("Users")}
        members = {each["value"] for each in hr.get("Groups", self.team)["members"]}
        lost = [id for id in self.titles.keys() - self.gone - users.keys() if id not in self.in_doubt]
        lost += [id for id in self.gone & users.keys()]
        lost += [id for id, title in self.titles.items() if id in users and users[id]["title"] < title]
        lost += [id for id in self.joined & users.keys() if id not in members]
        assert lost == []


def _whole(house: Served) -> None:
    if not ON_POSTGRESQL:
        assert house.rows("PRAGMA integrity_check") == [("ok",)]
    assert {name: rows for name, query in HALF.items() if (rows := house.rows(query))} == {}


def test_what_was_acknowledged_outlives_kills_amid_writes(houses: Houses, openldap: OpenLdap) -> None:
    house = houses(openldap)
    house.start("--no-worker")
    hr = Hr(house.base, house.secret)
    writers = Writers(house, hr.team("全体", "T1"))
    chance, starts, bounds = random.Random(1), list[float](), list[float]()
    for number in range(KILLS):
        while writers.acknowledged < WRITES * (number + chance.random()) / KILLS:
            assert writers.failures == []
            time.sleep(0.002)
        house.kill()
        bounds.append(allowed(READY))  # as busy as the machine is now: at the end it may be another
        starts.append(house.start("--no-worker"))
    while writers.acknowledged < WRITES:
        time.sleep(0.002)
    writers.stop()
    assert max(starts) < max(bounds), (starts, bounds)
    assert len(writers.in_doubt) > 0, "no kill met a write"
    writers.all_there(hr)
    _whole(house)
    hr.close()


TO_BE_READ_BACK_AND_NOT_DUE = """
    SELECT a.id FROM attempts a JOIN links l ON l.subject = a.subject AND l.system = a.system
    WHERE a.outcome IS NULL AND l.state <> 'due'
"""  # what was sent just before the end is read back by the next worker


def test_sigterm_under_load_drains(houses: Houses, openldap: OpenLdap) -> None:
    house = houses(openldap)
    house.start()
    hr = Hr(house.base, house.secret)
    writers = Writers(house, hr.team("全体", "T1"))
    while writers.acknowledged < 300:
        time.sleep(0.01)
    code, seconds = house.terminate()
    writers.stop()
    assert (code, seconds < allowed(10)) == (0, True), (code, seconds, house.said()[-2000:])
    assert house.rows("SELECT subject FROM links WHERE owner IS NOT NULL") == []
    assert house.rows(TO_BE_READ_BACK_AND_NOT_DUE) == []
    house.start()
    writers.all_there(hr)
    _whole(house)
    house.settle()
    assert house.count("state NOT IN ('done', 'gone')") == 0, house.open_rows()
    assert house.rows("SELECT id FROM attempts WHERE outcome IS NULL") == []
    hr.close()


def test_sigterm_while_the_directory_does_not_answer(houses: Houses, openldap: OpenLdap, proxy: FaultProxy) -> None:
    house = houses(openldap, proxy=proxy)
    house.start()
    hr = Hr(house.base, house.secret)
    hr.add("before")
    house.settle()
    proxy.set(blackhole=True)
    for number in range(5):
        hr.add(f"during{number}")
    house.wait_for("SELECT 1 FROM links WHERE owner IS NOT NULL")
    code, seconds = house.terminate()
    assert (code, seconds < allowed(10)) == (0, True), (code, seconds, house.said()[-2000:])
    proxy.clear()
    proxy.cut()
    house.start()
    house.settle(40 + LEASE if ON_POSTGRESQL else 40)  # there what was on its way stays the dead worker's until then
    assert house.count("state = 'done'") == 6
    hr.close()


@only_sqlite
def test_a_second_server_on_the_same_store_exits_2_and_says_so(house: Served) -> None:
    command = [str(HUAMING), "serve", "--config", str(house.config), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert house.process is not None
    assert str(house.process.pid) in done.stderr
    worker = subprocess.run(
        [str(HUAMING), "worker", "--config", str(house.config)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert worker.returncode == 2
    house.wait_ready()


@pytest.mark.parametrize("attribute", ["userName", "externalId"])
def test_fifty_equal_posts_at_once_make_one_person(house: Served, attribute: str) -> None:
    body: Json = say.user("same", "E-same")

    def post(number: int) -> int:
        mine = body | ({} if attribute == "userName" else {"userName": f"same{number}"})
        if attribute == "userName":
            mine = mine | {"externalId": f"E{number}"}
        hr = Hr(house.base, house.secret)
        try:
            return hr.http.post("/Users", json=mine).status_code
        finally:
            hr.close()

    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(post, range(50)))
    assert sorted(answers) == [201] + [409] * 49
    assert house.rows("SELECT count(*) FROM resources") == [(1,)]


def test_races_with_if_match_lose_no_update(house: Served) -> None:
    hr = Hr(house.base, house.secret)
    id = hr.add("counted", title="0")

    def count(_: int) -> int:
        mine, done = Hr(house.base, house.secret), 0
        while done < 25:
            seen = mine.http.get(f"/Users/{id}")
            change = say.replace(title=str(int(seen.json()["title"]) + 1))
            answer = mine.http.patch(f"/Users/{id}", json=change, headers={"If-Match": seen.headers["ETag"]})
            assert answer.status_code in (200, 412), answer.text
            done += answer.status_code == 200
        mine.close()
        return done

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(count, range(8))) == 200
    assert hr.get("Users", id)["title"] == "200"
    hr.close()
