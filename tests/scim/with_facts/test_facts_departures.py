"""DELETE and POST of people with facts, whose a login and a number are (S5); facts given to a plain user (S1)."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from mappings.facts import AddedMember, Marks, Span
from mappings.model import Person
from scim_server.scim.urns import ROSTER_USER
from scim_server.store.facts_tables import standings
from scim_server.store.marks import add_ruling, read_marks
from scim_server.store.people import read_roll
from scim_server.store.tables import links, subjects
from tests.scim.house import made, patch_op, refused, user
from tests.scim.officials import CASE, HIRE, POST, Bureau, departments, everything, official

pytestmark = pytest.mark.anyio

TODAY = "2026-03-09"
EVE = "2026-03-08"
FACTS = {"employmentCategory": "administrative", "assignments": [POST], "statusEvents": [HIRE]}


def marks(bureau: Bureau, subject: str) -> Marks:
    with bureau.house.engine.connect() as connection:
        return read_marks(connection, [subject])[subject]


def person(bureau: Bureau, subject: str) -> Person:
    with bureau.house.engine.connect() as connection:
        return read_roll(connection, [subject], "ldap").people[subject]


def standing(bureau: Bureau, subject: str) -> Any:
    with bureau.house.engine.connect() as connection:
        return connection.execute(select(standings).where(standings.c.subject == subject)).one()


def subjects_of(bureau: Bureau, key: str) -> list[Any]:
    with bureau.house.engine.connect() as connection:
        return list(connection.execute(select(subjects).where(subjects.c.key == key)))


# -- DELETE


async def test_a_deletion_is_a_departure_and_the_person_stays_known(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    assert (await scim.delete(f"/Users/{id}")).status_code == 204
    assert marks(bureau, id).deleted == (Span(TODAY),)
    found = person(bureau, id)
    assert found.facts is not None
    assert [each.value for each in found.facts.events] == ["h1"]
    assert (found.user_name, found.removed, found.groups) == ("user.yz1", TODAY, ())
    now = standing(bureau, id)
    assert (now.ldap, now.oa, now.spell, now.primary) == ("removed", "removed", None, None)
    assert b"no-reason" in now.anomalies


async def test_a_deletion_during_a_case_waits_for_its_end(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    case = {**CASE, "endDate": "2026-04-01", "outcome": "disciplined-in-post"}
    id = (await made(scim, "/Users", official(events=[HIRE, case])))["id"]
    await scim.delete(f"/Users/{id}")
    now = standing(bureau, id)
    assert (now.ldap, now.oa, now.primary, now.roll_on) == ("locked", "locked", "G02", "2026-04-02")


# -- POST of somebody who was deleted


async def test_a_person_posted_again_is_the_same_subject(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    await scim.delete(f"/Users/{id}")
    await bureau.house.write(lambda c: add_ruling(c, id, "block", "符主任", TODAY, ["oa"]))
    bureau.day.iso = "2026-03-20"
    again = await made(scim, "/Users", official(core={"title": "科长"}))
    assert again["id"] != id
    assert (again["active"], again["meta"]["version"]) == (True, 'W/"1"')
    (subject,) = subjects_of(bureau, "YZ1")
    assert (subject.subject, subject.resource_id, subject.removed_on) == (id, again["id"], None)
    found = marks(bureau, id)
    assert found.deleted == (Span(TODAY, "2026-03-19"),)
    assert [each.kind for each in found.rulings] == ["block"]
    assert standing(bureau, id).oa == "locked"
    assert await departments(scim, again["id"]) == ["G02"]
    with bureau.house.engine.connect() as connection:
        assert [row.subject for row in connection.execute(select(links).where(links.c.kind == "person"))] == [id]


async def test_a_deletion_of_today_that_is_undone_never_was(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    await scim.delete(f"/Users/{id}")
    again = await made(scim, "/Users", official())
    assert marks(bureau, id).deleted == (Span(TODAY, EVE),)
    assert (again["active"], standing(bureau, id).spell) == (True, "h1")


async def test_without_the_extension_the_facts_stay(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official(events=[HIRE, CASE])))["id"]
    await scim.delete(f"/Users/{id}")
    again = await made(scim, "/Users", user("user.yz1", externalId="YZ1", active=True))
    found = (await everything(scim, again["id"]))[ROSTER_USER]
    assert (found["statusEvents"], found["assignments"]) == ([HIRE, CASE], [POST])
    assert again["active"] is False
    assert ROSTER_USER in again["schemas"]
    assert marks(bureau, id).bare_locks == ()


async def test_two_posts_of_a_deleted_person_at_once_make_one(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    await scim.delete(f"/Users/{id}")
    answers = await asyncio.gather(*(scim.post("/Users", json=official()) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert [row.subject for row in subjects_of(bureau, "YZ1")] == [id]


async def test_a_false_in_the_post_is_a_bare_lock_where_it_differs(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official(core={"active": False})))["id"]
    assert marks(bureau, id).bare_locks == (Span(TODAY),)
    suspended = official("YZ2", events=[HIRE, CASE], core={"active": False})
    other = (await made(scim, "/Users", suspended))["id"]
    assert marks(bureau, other).bare_locks == ()
    await scim.delete(f"/Users/{id}")
    again = await made(scim, "/Users", official())
    assert again["active"] is False  # the same spell: the bare lock goes on
    await scim.delete(f"/Users/{again['id']}")
    assert (await made(scim, "/Users", official(core={"active": True})))["active"] is True


async def test_a_bare_lock_of_another_spell_is_set_anew(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    off = patch_op({"op": "replace", "path": "active", "value": False})
    assert (await scim.patch(f"/Users/{id}", json=off)).json()["active"] is False
    left = {"value": "r1", "type": "resignation", "effectiveDate": "2026-04-01"}
    again = {**HIRE, "value": "h2", "effectiveDate": "2026-05-01"}
    posts = [POST, {**POST, "value": "a2", "startDate": "2026-05-01"}]
    await scim.put(f"/Users/{id}", json=official(posts=posts, events=[HIRE, left, again]))
    await bureau.pass_to("2026-05-01")
    assert (await scim.get(f"/Users/{id}")).json()["active"] is True
    assert (await scim.patch(f"/Users/{id}", json=off)).json()["active"] is False
    version = (await scim.patch(f"/Users/{id}", json=off)).json()["meta"]["version"]
    assert (await scim.patch(f"/Users/{id}", json=off)).json()["meta"]["version"] == version
    on = patch_op({"op": "replace", "path": "active", "value": True})
    assert (await scim.patch(f"/Users/{id}", json=on)).json()["active"] is True


# -- whose a name is


async def test_a_login_of_somebody_with_facts_is_theirs_for_ever(scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official(core={"userName": "Wang.Yi"})))["id"]
    await scim.put(f"/Users/{id}", json=official(core={"userName": "wang.er"}))
    other = (await made(scim, "/Users", user("plain")))["id"]
    await scim.delete(f"/Users/{id}")
    for name in ("WANG.YI", "wang.er"):
        refused(await scim.post("/Users", json=user(name)), 409, "uniqueness")
        refused(await scim.post("/Users", json=official("YZ2", core={"userName": name})), 409, "uniqueness")
        refused(await scim.put(f"/Users/{other}", json=user(name)), 409, "uniqueness")
        rename = patch_op({"op": "replace", "path": "userName", "value": name})
        refused(await scim.patch(f"/Users/{other}", json=rename), 409, "uniqueness")
    assert (await made(scim, "/Users", official(core={"userName": "wang.yi"})))["userName"] == "wang.yi"


async def test_a_group_may_be_called_like_a_login(scim: httpx.AsyncClient) -> None:
    await made(scim, "/Users", official(core={"userName": "wang.yi"}))
    group = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "wang.yi", "externalId": "YZ1"}
    where = f"/Groups/{(await made(scim, '/Groups', group))['id']}"
    assert (await scim.put(where, json=group | {"displayName": "WANG.YI"})).status_code == 200


async def test_a_login_of_a_plain_user_is_free_after_the_deletion(scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", user("wang.yi")))["id"]
    refused(await scim.post("/Users", json=official(core={"userName": "wang.yi"})), 409, "uniqueness")
    await scim.delete(f"/Users/{id}")
    assert (await made(scim, "/Users", official(core={"userName": "wang.yi"})))["active"] is True


async def test_a_plain_user_does_not_take_the_number_of_somebody_with_facts(
    bureau: Bureau, scim: httpx.AsyncClient
) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    refused(await scim.post("/Users", json=user("other", externalId="YZ1")), 409, "uniqueness")
    await scim.delete(f"/Users/{id}")
    other = (await made(scim, "/Users", user("other")))["id"]
    refused(await scim.put(f"/Users/{other}", json=user("other", externalId="YZ1")), 409, "uniqueness")
    refused(await scim.put(f"/Users/{other}", json=official()), 409, "uniqueness")
    assert [row.subject for row in subjects_of(bureau, "YZ1")] == [id]
    assert (await scim.put(f"/Users/{other}", json=user("other", externalId="YZ2"))).status_code == 200


# -- facts given to a plain user


async def test_memberships_and_a_lock_go_on_as_marks(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", user("user.yz1", externalId="YZ1", active=False)))["id"]
    group = (await scim.get("/Groups", params={"filter": 'externalId eq "G06"'})).json()["Resources"][0]
    joining = patch_op({"op": "add", "path": "members", "value": [{"value": id}]})
    await scim.patch(f"/Groups/{group['id']}", json=joining)
    answer = await scim.patch(f"/Users/{id}", json=patch_op({"op": "add", "value": {ROSTER_USER: FACTS}}))
    assert answer.json()["active"] is False
    assert await departments(scim, id) == ["G02", "G06"]
    found = marks(bureau, id)
    assert found.bare_locks == (Span(TODAY),)
    assert found.added_members == (AddedMember(TODAY, None, "G06"),)
    assert found.facts_from == TODAY
    on = patch_op({"op": "replace", "path": "active", "value": True})
    assert (await scim.patch(f"/Users/{id}", json=on)).json()["active"] is True


async def test_facts_that_somebody_came_with_count_for_every_day(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    assert marks(bureau, id).facts_from is None


async def test_rulings_on_plain_users_are_read_with_them(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", user("plain")))["id"]
    await bureau.house.write(lambda c: add_ruling(c, id, "block", "符主任", TODAY))
    (ruling,) = person(bureau, id).marks.rulings
    assert (ruling.by, ruling.systems) == ("符主任", ("ldap", "oa", "wecom"))
