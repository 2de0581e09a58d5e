"""`active` of people with facts is computed; a client's word is a mark beside the document (S3)."""

from typing import Any

import httpx
import pytest

from scim_server.scim.urns import USER
from tests.scim.house import made
from tests.scim.officials import CASE, EVENTS, HIRE, POST, Bureau, official, patched, states

pytestmark = pytest.mark.anyio


async def test_active_is_computed_and_no_document_says_otherwise(scim: httpx.AsyncClient) -> None:
    late = {"posts": [{**POST, "startDate": "2026-05-01"}], "events": [{**HIRE, "effectiveDate": "2026-05-01"}]}
    for core in ({}, {"active": True}):
        key = f"YZ{len(core)}"
        assert (await made(scim, "/Users", official(key, core=core, **late)))["active"] is False


async def test_a_bare_lock_is_set_and_lifted(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    body = (await scim.get(f"/Users/{id}")).json()
    locked = (await scim.put(f"/Users/{id}", json={**body, "active": False})).json()
    assert locked["active"] is False
    assert (await states(scim, id)) == {"ldap": "locked", "oa": "locked", "wecom": "locked", "attendance": "active"}
    assert (await scim.put(f"/Users/{id}", json={name: v for name, v in body.items() if name != "active"})).json()[
        "active"
    ] is False
    assert (await scim.put(f"/Users/{id}", json={**body, "active": True})).json()["active"] is True
    for operation in (
        {"op": "replace", "path": "active", "value": False},
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "value": {"active": False}},
        {"op": "add", "value": {f"{USER}:active": False}},
    ):
        assert (await patched(scim, id, operation))["active"] is False
        count = bureau.count_changes(id)
        assert (await patched(scim, id, operation))["active"] is False
        assert (await patched(scim, id, {"op": "remove", "path": "active"}))["active"] is False
        assert bureau.count_changes(id) == count
        assert (await patched(scim, id, {**operation, "value": _true(operation["value"])}))["active"] is True


def _true(value: Any) -> Any:
    return {name: True for name in value} if isinstance(value, dict) else True


async def test_active_true_lifts_no_lock_of_the_facts(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official(events=[HIRE, CASE])))["id"]
    count = bureau.count_changes(id)
    assert (await scim.put(f"/Users/{id}", json=official(events=[HIRE, CASE], core={"active": True}))).json()[
        "active"
    ] is False
    assert (await patched(scim, id, {"op": "replace", "path": "active", "value": True}))["active"] is False
    assert bureau.count_changes(id) == count
    await bureau.pass_to("2026-03-12")
    await patched(scim, id, {"op": "add", "path": f'{EVENTS}[value eq "i1"].endDate', "value": "2026-03-11"})
    await patched(scim, id, {"op": "add", "path": f'{EVENTS}[value eq "i1"].outcome', "value": "cleared"})
    assert (await scim.get(f"/Users/{id}")).json()["active"] is True


async def test_a_false_that_a_patch_names_is_a_bare_lock_even_where_it_is_an_echo(
    bureau: Bureau, scim: httpx.AsyncClient
) -> None:
    for key in ("YZ1", "YZ2"):
        id = (
            await made(
                scim, "/Users", official(key, events=[HIRE, {**CASE, "endDate": "2026-03-10", "outcome": "cleared"}])
            )
        )["id"]
        body = (await scim.get(f"/Users/{id}")).json()
        assert body["active"] is False
        if key == "YZ1":
            await patched(scim, id, {"op": "replace", "path": "active", "value": False})
        else:
            await scim.put(f"/Users/{id}", json=body)
        await bureau.pass_to("2026-03-11")
        assert (await scim.get(f"/Users/{id}")).json()["active"] is (key == "YZ2")
        bureau.day.iso = "2026-03-09"
