"""A full disk under a serving house: writes are refused as SCIM errors, reads go on, nothing is lost (row 24)."""

import resource
import time

import httpx

from tests.flows import client as say
from tests.flows.client import Hr
from tests.flows.conftest import Houses
from tests.servers.openldap import OpenLdap
from tests.servers.stores import only_sqlite
from tests.servers.tempo import allowed

ROOM = resource.RLIM_INFINITY  # Python ignores SIGXFSZ: a write beyond the limit is an error, and ends nobody


@only_sqlite
def test_no_room_refuses_and_loses_nothing_and_is_written_again_within_ten_seconds(
    houses: Houses, openldap: OpenLdap
) -> None:
    house = houses(openldap)
    house.start("--no-worker")
    assert house.process is not None
    hr = Hr(house.base, house.secret)
    kept = [hr.add(f"kept{number}") for number in range(20)]
    journal = house.store.with_name(house.store.name + "-wal").stat().st_size
    resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE, (journal + 20_000, ROOM))
    answers = [hr.http.post("/Users", json=say.user(f"more{number}")) for number in range(30)]
    refused = [answer for answer in answers if answer.status_code != 201]
    kept += [answer.json()["id"] for answer in answers if answer.status_code == 201]
    assert len(refused) >= 10
    assert {(answer.status_code, answer.headers["Content-Type"]) for answer in refused} == {
        (503, "application/scim+json")
    }
    assert {answer.json()["schemas"][0] for answer in refused} == {"urn:ietf:params:scim:api:messages:2.0:Error"}
    assert all("Retry-After" in answer.headers for answer in refused)
    assert hr.get("Users", kept[0])["userName"] == "kept0"
    assert httpx.get(f"{house.base}/readyz").status_code == 200
    assert "huaming_store_commit_failures_total" in httpx.get(f"{house.base}/metrics").text
    resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE, (ROOM, ROOM))
    until = time.monotonic() + allowed(10)
    while (answer := hr.http.post("/Users", json=say.user("again"))).status_code != 201:
        assert time.monotonic() < until, answer.text
    kept.append(answer.json()["id"])
    assert {each["id"] for each in hr.everything("Users")} == set(kept)
    hr.close()
    assert house.rows("PRAGMA integrity_check") == [("ok",)]
    assert house.terminate()[0] == 0
