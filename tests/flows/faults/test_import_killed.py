"""A roster that is imported while the server or the importing command is killed -9 (row 2): the end is the same.

HUAMING_FAULT_ROWS=10000 in the environment: so many rows.
"""

import json
import os
import random
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx

from tests.flows import client as say
from tests.flows.client import Json
from tests.flows.conftest import Houses
from tests.flows.house import HUAMING, Served
from tests.flows.test_crashes import HALF
from tests.servers.openldap import OpenLdap
from tests.servers.stores import ON_POSTGRESQL

ROWS = int(os.environ.get("HUAMING_FAULT_ROWS", "200"))
KILLS = 10 if ROWS > 1000 else 3
BULK = 200 if ROWS > 1000 else 20
FILE_KILLS = 3 if ROWS > 1000 else 1
PATIENCE = 600.0 if ROWS > 1000 else 60.0


def person(number: int) -> Json:
    return say.user(f"p{number}", f"E{number}", title="科员")


def bulk(numbers: range) -> Json:
    """A lot of the import: by externalId, so that it can be sent again."""
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": f"b{number}", "data": person(number)} for number in numbers
    ]
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}


def whole(house: Served) -> None:
    """No half person, no double, and the record of each creation once."""
    assert {name: found for name, query in HALF.items() if (found := house.rows(query))} == {}
    assert ON_POSTGRESQL or house.rows("PRAGMA integrity_check") == [("ok",)]
    assert house.rows("SELECT external_id FROM resources GROUP BY external_id, type HAVING count(*) > 1") == []
    assert house.rows("SELECT key FROM subjects GROUP BY key HAVING count(*) > 1") == []


def there(house: Served) -> int:
    return int(house.rows("SELECT count(*) FROM resources WHERE type = 'User'")[0][0])


def imported(directory: OpenLdap) -> list[str]:
    """The keys of the people in the directory, doubles and all."""
    found = directory.search(directory.people, "(employeeNumber=*)", "SUBTREE", ("employeeNumber",))
    return sorted(key for entry in found.values() for key in entry["employeeNumber"])


def wanted() -> list[str]:
    return sorted(f"E{number}" for number in range(ROWS))


class Importer:
    """An HR system that pushes lots one after the other, and a lot again where the answer was lost."""

    def __init__(self, house: Served) -> None:
        self.house = house
        self.http = httpx.Client(timeout=60, headers={"Authorization": f"Bearer {house.secret}"})
        self.again = 0
        self.doubted = 0

    def push(self, numbers: range) -> bool:
        """Whether the lot was answered: each row is new, or there already."""
        try:
            answer = self.http.post(f"{self.house.base}/scim/v2/Bulk", json=bulk(numbers))
        except httpx.TransportError:
            return False
        assert answer.status_code == 200, answer.text
        statuses = [each["status"] for each in answer.json()["Operations"]]
        assert set(statuses) <= {"201", "409"}, answer.text
        self.again += statuses.count("409")
        return True


def test_an_import_by_bulks_survives_kills_of_the_server(houses: Houses, openldap: OpenLdap) -> None:
    """Row 2: kills at random moments of a series of Bulks. What was acknowledged is there, a lot that is sent again is
    409 or made, and the directory has each person once.
    """
    house = houses(openldap)
    house.start()
    one, chance = Importer(house), random.Random(2)
    lots = [range(first, min(first + BULK, ROWS)) for first in range(0, ROWS, BULK)]
    struck = set(chance.sample(range(len(lots)), KILLS))
    for place, numbers in enumerate(lots):
        if place in struck:
            killer = _kill_soon(house, chance.random() * 0.4)
            one.push(numbers)
            killer.wait()
            assert house.process is not None
            house.process.wait()
            assert there(house) >= numbers.start, "what was acknowledged is gone"
            house.start()
        while not one.push(numbers):
            time.sleep(0.05)
        assert there(house) == numbers.stop
    whole(house)
    house.idle(PATIENCE)
    assert imported(openldap) == wanted()
    one.http.close()


def _kill_soon(house: Served, seconds: float) -> subprocess.Popen[bytes]:
    """kill -9 from another process: this one is sending meanwhile."""
    assert house.process is not None
    return subprocess.Popen(["sh", "-c", f"sleep {seconds}; kill -9 {house.process.pid}"])


def test_an_import_from_a_file_goes_on_where_the_killed_command_came(
    houses: Houses, openldap: OpenLdap, tmp_path: Path
) -> None:
    """Row 2: `apply --with` killed -9: a stated prefix is in the roster; the same command again does the rest, once."""
    house = houses(openldap)
    house.start()
    file = tmp_path / "hr.jsonl"
    lines = [{"method": "POST", "path": "/Users", "body": person(number)} for number in range(ROWS)]
    file.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines), encoding="utf-8")
    shown = json.loads(house.command("plan", "--json", "--with", str(file), timeout=PATIENCE).stdout)
    words = ("apply", "--plan", shown["digest"], "--by", "王主任", "--with", str(file))
    chance = random.Random(3)
    reached = [0]
    for number in range(FILE_KILLS):
        until = ROWS * (number + 0.2 + 0.6 * chance.random()) / (FILE_KILLS + 1)
        _apply_killed(house, words, until)
        noted = house.rows("SELECT line FROM pushes")[0][0]
        reached.append(there(house))
        assert reached[-2] <= noted <= reached[-1] < ROWS
        assert (
            house.rows(
                "SELECT count(*) FROM resources WHERE type = 'User' AND external_id IN ({})".format(
                    ", ".join(f"'E{each}'" for each in range(reached[-1]))
                )
            )[0][0]
            == reached[-1]
        ), "no prefix"
    house.command(*words, timeout=PATIENCE)
    assert there(house) == ROWS
    whole(house)
    house.idle(PATIENCE)
    assert imported(openldap) == wanted()
    changes = house.rows("SELECT count(*) FROM changes")
    house.command(*words, timeout=PATIENCE)
    assert house.rows("SELECT count(*) FROM changes") == changes


def _apply_killed(house: Served, words: tuple[str, ...], until: float) -> None:
    command: list[Any] = [HUAMING, *words, "--config", house.config]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as applying:
        patience = time.monotonic() + PATIENCE
        while there(house) < until:
            assert applying.poll() is None, "it ended before it was killed"
            assert time.monotonic() < patience
            time.sleep(0.002)
        applying.kill()
