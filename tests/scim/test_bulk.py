"""/Bulk over HTTP (RFC 7644 section 3.7): the message, its limits, each operation, and failOnErrors."""

import asyncio
import json
import time
from typing import Any

import httpx
import pytest

from scim_server.api.auth import Caller
from scim_server.api.bulk import Bulk
from scim_server.api.call import InnerCall
from scim_server.api.groups import Groups
from scim_server.api.users import Users
from scim_server.scim.schemas import load
from scim_server.scim.urns import BULK_REQUEST
from tests.scim.bulk import answers, error, id_of, message, new_group, new_user, operation, path, statuses
from tests.scim.house import BASE, House, made, patch_op, refused, user

pytestmark = pytest.mark.anyio
TITLE = patch_op({"op": "replace", "path": "title", "value": "科长"})


async def test_every_method_is_done_and_told(scim: httpx.AsyncClient) -> None:
    one, two = [(await made(scim, "/Users", user(name)))["id"] for name in ("one", "two")]
    done = await answers(
        scim,
        new_user("three"),
        operation("PUT", f"/Users/{one}", user("eins"), bulkId="put"),
        operation("patch", f"/Users/{one}", TITLE),
        operation("Delete", f"/Users/{two}"),
    )
    three = done[0].pop("location")
    assert three.startswith(f"{BASE}/Users/")
    assert done == [
        {"method": "POST", "bulkId": "three", "version": 'W/"1"', "status": "201"},
        {"method": "PUT", "bulkId": "put", "location": f"{BASE}/Users/{one}", "version": 'W/"2"', "status": "200"},
        {"method": "PATCH", "location": f"{BASE}/Users/{one}", "version": 'W/"3"', "status": "200"},
        {"method": "DELETE", "location": f"{BASE}/Users/{two}", "status": "204"},
    ]
    assert (await scim.get(three.removeprefix(BASE))).json()["userName"] == "three"
    after = (await scim.get(f"/Users/{one}")).json()
    assert (after["userName"], after["title"]) == ("eins", "科长")
    refused(await scim.get(f"/Users/{two}"), 404)


async def test_words_compare_without_case_and_paths_may_be_whole(scim: httpx.AsyncClient) -> None:
    entry = {"METHOD": "post", "BulkID": "a", "Path": f"{BASE}/Users/", "DATA": user("a")}
    answer = await scim.post("/Bulk", json={"SCHEMAS": [BULK_REQUEST], "operations": [entry], "failonerrors": 1})
    assert statuses(answer.json()["Operations"]) == ["201"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"schemas": [BULK_REQUEST]},
        {"schemas": [BULK_REQUEST], "Operations": []},
        {"schemas": [BULK_REQUEST], "Operations": {}},
        {"schemas": [BULK_REQUEST], "Operations": ["POST"]},
        {"schemas": ["urn:x"], "Operations": [new_user("a")]},
        {"Operations": [new_user("a")]},
        {**message(new_user("a")), "operations": [new_user("b")]},
        message(new_user("a"), failOnErrors=0),
        message(new_user("a"), failOnErrors="1"),
        message(new_user("a"), failOnErrors=True),
    ],
)
async def test_what_is_no_bulk_does_nothing(scim: httpx.AsyncClient, house: House, body: Any) -> None:
    before = house.count()
    refused(await scim.post("/Bulk", json=body), 400, "invalidSyntax")
    assert house.count() == before


async def test_a_bulk_id_is_unique(scim: httpx.AsyncClient, house: House) -> None:
    answer = await scim.post("/Bulk", json=message(new_user("a"), new_user("b"), new_user("a", "c")))
    assert "bulkId a" in refused(answer, 400, "invalidValue")
    assert house.count() == (0, 0)


@pytest.mark.parametrize(
    ("entry", "status", "scim_type"),
    [
        (operation("POST", "/Users", user("x")), 400, "invalidSyntax"),
        (operation("POST", "/Users", user("x"), bulkId=""), 400, "invalidSyntax"),
        (operation("POST", "/Users", bulkId="x"), 400, "invalidSyntax"),
        (operation("PUT", "/Users/x"), 400, "invalidSyntax"),
        (operation("GET", "/Users"), 400, "invalidSyntax"),
        ({"path": "/Users", "data": user("x"), "bulkId": "x"}, 400, "invalidSyntax"),
        ({"method": "POST", "data": user("x"), "bulkId": "x"}, 400, "invalidSyntax"),
        (operation("POST", "/Users", user("x"), bulkId=7), 400, "invalidSyntax"),
        (operation("PATCH", "/Users/x", TITLE, version=1), 400, "invalidSyntax"),
        (operation("POST", "/Users", "text", bulkId="x"), 400, "invalidSyntax"),
        (operation("POST", "/Users", {"schemas": []}, bulkId="x"), 400, "invalidSyntax"),
        (operation("POST", "/Users", user(""), bulkId="x"), 400, "invalidValue"),
        (operation("POST", "/Users/x", user("x"), bulkId="x"), 405, None),
        (operation("DELETE", "/Users"), 405, None),
        (operation("DELETE", "/Users/nobody"), 404, None),
        (operation("POST", "/Bulk", message(new_user("x")), bulkId="x"), 404, None),
        (operation("POST", "/nope", user("x"), bulkId="x"), 404, None),
        (operation("POST", "", user("x"), bulkId="x"), 404, None),
        (operation("DELETE", "/Users/x/y"), 404, None),
        (operation("DELETE", "/Me"), 404, None),
        ({**new_user("a"), "METHOD": "DELETE"}, 400, "invalidSyntax"),
    ],
)
async def test_what_is_wrong_with_one_operation_is_its_own(
    scim: httpx.AsyncClient, entry: dict[str, Any], status: int, scim_type: str | None
) -> None:
    done = await answers(scim, new_user("before"), entry, new_user("after"))
    assert [each["status"] for each in (done[0], done[2])] == ["201", "201"]
    error(done[1], status, scim_type)
    assert (await scim.get("/Users")).json()["totalResults"] == 2


async def test_a_version_is_a_condition(scim: httpx.AsyncClient) -> None:
    ids = [(await made(scim, "/Users", user(name)))["id"] for name in ("a", "b", "c", "d")]
    await scim.patch(f"/Users/{ids[0]}", json=TITLE)
    done = await answers(
        scim,
        operation("PUT", f"/Users/{ids[0]}", user("new"), version='W/"1"'),
        operation("PATCH", f"/Users/{ids[1]}", TITLE, version='W/"1"'),
        operation("DELETE", f"/Users/{ids[2]}", version='W/"2"'),
        operation("DELETE", f"/Users/{ids[3]}", version='W/"1"'),
        operation("PATCH", f"/Users/{ids[1]}", patch_op({"op": "remove", "path": "title"}), version='W/"1"'),
        operation("PATCH", f"/Users/{ids[1]}", patch_op({"op": "remove", "path": "title"}), version='W/"2"'),
    )
    assert statuses(done) == ["412", "200", "412", "204", "412", "200"]
    error(done[0], 412)
    assert done[0]["location"] == f"{BASE}/Users/{ids[0]}"
    assert (await scim.get(f"/Users/{ids[0]}")).json()["userName"] == "a"


async def test_who_reads_only_writes_no_bulk(house: House) -> None:
    async with house.client("auditor") as scim:
        refused(await scim.post("/Bulk", json=message(new_user("a"))), 403)
    assert house.count() == (0, 0)


async def test_a_bulk_is_posted(scim: httpx.AsyncClient) -> None:
    answer = await scim.get("/Bulk")
    refused(answer, 405)
    assert answer.headers["allow"] == "POST"


# -- order


async def test_a_name_is_free_once_who_had_it_is_gone(scim: httpx.AsyncClient) -> None:
    old = (await made(scim, "/Users", user("zhangsan")))["id"]
    done = await answers(scim, operation("DELETE", f"/Users/{old}"), new_user("new", "zhangsan"))
    assert statuses(done) == ["204", "201"]
    again = await answers(scim, new_user("third", "ZhangSan"), operation("DELETE", path(done[1])))
    assert statuses(again) == ["409", "204"]
    error(again[0], 409, "uniqueness")


async def test_of_equal_names_in_one_bulk_the_first_is_made(scim: httpx.AsyncClient) -> None:
    done = await answers(scim, *(new_user(f"b{n}", "same" if n % 3 else f"u{n}") for n in range(100)))
    assert [n for n, each in enumerate(done) if n % 3 and each["status"] == "201"] == [1]
    assert {each["status"] for n, each in enumerate(done) if n % 3 and n > 1} == {"409"}
    assert {each["status"] for n, each in enumerate(done) if n % 3 == 0} == {"201"}


async def test_operations_on_one_resource_keep_their_order(scim: httpx.AsyncClient) -> None:
    found = (await made(scim, "/Users", user("a")))["id"]
    changes = [
        operation("PATCH", f"/Users/{found}", patch_op({"op": "replace", "path": "title", "value": str(n)}))
        for n in range(20)
    ]
    done = await answers(scim, *changes)
    assert [each["version"] for each in done] == [f'W/"{n + 2}"' for n in range(20)]
    assert (await scim.get(f"/Users/{found}")).json()["title"] == "19"


async def test_a_department_goes_after_its_people(scim: httpx.AsyncClient, house: House) -> None:
    done = await answers(scim, new_user("a"), new_group("g", "bulkId:a"))
    gone = await answers(scim, operation("DELETE", path(done[1])), operation("DELETE", path(done[0])))
    assert statuses(gone) == ["204", "204"]
    assert house.count()[0] == 0


# -- failOnErrors


async def test_without_it_everything_is_tried(scim: httpx.AsyncClient) -> None:
    done = await answers(scim, *(new_user(f"b{n}", "" if n % 2 else f"u{n}") for n in range(10)))
    assert statuses(done) == ["201", "400"] * 5


@pytest.mark.parametrize(("accepted", "tried"), [(1, 3), (2, 5), (3, 6), (4, 6)])
async def test_so_many_errors_end_it(scim: httpx.AsyncClient, accepted: int, tried: int) -> None:
    bad = {2, 4, 5}
    operations = [new_user(f"b{n}", "" if n in bad else f"u{n}") for n in range(6)]
    done = await answers(scim, *operations, failOnErrors=accepted)
    assert [each["bulkId"] for each in done] == [f"b{n}" for n in range(tried)]
    assert (await scim.get("/Users")).json()["totalResults"] == tried - len(bad & set(range(tried)))


# -- limits


async def test_the_limits_are_announced(scim: httpx.AsyncClient) -> None:
    config = (await scim.get("/ServiceProviderConfig")).json()
    assert config["bulk"] == {"supported": True, "maxOperations": 1000, "maxPayloadSize": 8 * 1024 * 1024}


async def test_a_thousand_operations_are_taken_and_one_more_is_not(scim: httpx.AsyncClient, house: House) -> None:
    operations = [new_user(f"b{n}") for n in range(1001)]
    assert "maxOperations (1000)" in refused(await scim.post("/Bulk", json=message(*operations)), 413)
    assert house.count() == (0, 0)
    done = await answers(scim, *operations[:1000])
    assert [each["bulkId"] for each in done] == [f"b{n}" for n in range(1000)]
    assert set(statuses(done)) == {"201"}
    assert house.count() == (1000, 1000)


async def test_eight_megabytes_are_taken_and_one_byte_more_is_not(scim: httpx.AsyncClient, house: House) -> None:
    raw = json.dumps(message(new_user("a"))).encode()
    full = raw + b" " * (8 * 1024 * 1024 - len(raw))
    headers = {"Content-Type": "application/scim+json"}
    refusal = refused(await scim.post("/Bulk", content=full + b" ", headers=headers), 413)
    assert "maxPayloadSize (8388608)" in refusal
    assert house.count() == (0, 0)
    assert (await scim.post("/Bulk", content=full, headers=headers)).json()["Operations"][0]["status"] == "201"


async def test_the_data_of_one_operation_are_bounded_as_a_request_is(scim: httpx.AsyncClient) -> None:
    long = user("long", addresses=[{"formatted": "x" * 2 * 1024 * 1024}])
    done = await answers(scim, operation("POST", "/Users", long, bulkId="long"), new_user("short"))
    error(done[0], 413)
    assert done[1]["status"] == "201"


async def test_others_are_served_meanwhile(scim: httpx.AsyncClient, house: House) -> None:
    found = (await made(scim, "/Users", user("reader")))["id"]
    job = asyncio.create_task(answers(scim, *(new_user(f"b{n}") for n in range(1000))))
    waits = []
    async with house.client("auditor") as reader:
        while not job.done():
            began = time.monotonic()
            await asyncio.sleep(0)  # the loop's turn to keep this reader waiting
            assert (await reader.get(f"/Users/{found}")).status_code == 200
            waits.append(time.monotonic() - began)
    assert set(statuses(await job)) == {"201"}
    assert len(waits) > 5
    whole = sum(waits)  # some two seconds; more where the machine is slow or busy, and so is each wait
    assert sorted(waits)[len(waits) * 9 // 10] < whole / 8  # the client's own work stands in the way of some
    assert max(waits) < whole / 2


async def test_long_bulks_do_not_keep_others_from_reading_large_bodies(scim: httpx.AsyncClient) -> None:
    """Three at once, each larger than what is read in the loop, and long; a fourth body is done before them."""
    long = [
        asyncio.create_task(answers(scim, *(new_group(f"g{job}-{n}", externalId=f"g{job}-{n}") for n in range(400))))
        for job in range(3)
    ]
    while (await scim.get("/Groups", params={"count": 0})).json()["totalResults"] < 10:
        await asyncio.sleep(0.01)
    large = user("large", emails=[{"value": f"mail{n}@example.com", "type": "other"} for n in range(900)])
    assert (await scim.post("/Users", json=large)).status_code == 201
    assert not any(job.done() for job in long)
    assert {status for job in long for status in statuses(await job)} == {"201"}


@pytest.mark.parametrize("seconds", [0.0, 1.0])
async def test_when_time_runs_out_the_rest_is_answered_and_not_there(house: House, seconds: float) -> None:
    """It runs out before the first, or once some are there; a share of what others took was enough for all of them."""
    schemas = load(True)
    types = Users(house.roster, schemas.user, BASE), Groups(house.roster, schemas.group, BASE)
    asked = InnerCall(Caller("hr", "hr"), body=message(*(new_user(f"b{n}") for n in range(1000))))

    async def run_out() -> None:
        while house.count()[0] == 0:
            await asyncio.sleep(0)
        time.sleep(seconds)  # nobody else has a turn meanwhile

    running_out = asyncio.create_task(run_out())
    done = json.loads((await Bulk(house.roster, types, BASE, seconds)(asked)).body)["Operations"]
    running_out.cancel()
    made_here = statuses(done).count("201")
    assert statuses(done) == ["201"] * made_here + ["503"] * (1000 - made_here)
    assert made_here < 1000
    assert "out of time" in error(done[-1], 503)
    assert house.count() == (made_here, made_here)


async def test_the_record_says_who(scim: httpx.AsyncClient, house: House) -> None:
    done = await answers(scim, new_user("a"))
    with house.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT actor, action, resource_id FROM changes").all()
    assert [tuple(row) for row in rows] == [("hr", "create", id_of(done[0]))]
