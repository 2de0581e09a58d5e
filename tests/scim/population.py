"""Sixty Users, twelve with facts and fifteen Groups, of the words that filters compare with, the same in every run."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import orjson
from sqlalchemy import select, update

from scim_server.scim.kept import merged
from scim_server.scim.schemas import Attribute, ResourceType, load
from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_GROUP, ROSTER_USER
from scim_server.scim.values import instant
from scim_server.store.engine import open_engine
from scim_server.store.tables import resources
from tests.scim.house import House, department, group, patch_op, user
from tests.scim.question import ADDRESSES, STAMPS

USERS, GROUPS, OFFICIALS = 60, 15, 12
DAYS = ("2019-07-01", "2026-03-02", "2027-01-01")
TYPES = load(True)


class Dice(random.Random):
    """Thrown alike in every run; `words` are what strings are made of."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(20260301)
        self.words = words

    def word(self) -> str:
        return self.choice(self.words)


def populate(house: House, words: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Fills the store over HTTP. Every resource as an answer shows it, by the name of its type, in the order of ids."""
    return asyncio.run(_populate(house, Dice(words)))


async def _populate(house: House, dice: Dice) -> dict[str, list[dict[str, Any]]]:
    async with house.client() as scim:
        people = await _made(scim, "/Users", [_user(dice, place) for place in range(USERS + 10)])
        teams = await _made(scim, "/Groups", [_group(dice, place, people) for place in range(GROUPS)])
        for id in dice.sample(people, 12):
            manager = {"op": "add", "path": f"{ENTERPRISE_USER}:manager.value", "value": dice.choice(people)}
            (await scim.patch(f"/Users/{id}", json=patch_op(manager))).raise_for_status()
        for id in dice.sample(people, 8):
            (await scim.patch(f"/Users/{id}", json=patch_op({"op": "remove", "path": "active"}))).raise_for_status()
        officials = await _made(scim, "/Users", [_official(dice, place) for place in range(OFFICIALS)])
        assert len(officials) == OFFICIALS
        _date(house, dice, [*people, *teams, *officials])
        return {
            "User": _whole(house, await _listed(scim, "/Users")),
            "Group": await _listed(scim, "/Groups"),
        }


def _whole(house: House, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A User from whom `active` was taken is as active as before (decision 0005); what is kept apart is there."""
    with house.engine.connect() as connection:
        rows = connection.execute(select(resources.c.id, resources.c.active, resources.c.kept)).all()
    active, kept = {row.id: row.active for row in rows}, {row.id: row.kept for row in rows}
    assert len({active[each["id"]] for each in people if "active" not in each}) == 2
    found = [orjson.loads(merged(orjson.dumps(each), kept[each["id"]])) for each in people]
    return [{"active": active[each["id"]], **each} for each in found]


async def _made(scim: httpx.AsyncClient, endpoint: str, bodies: list[dict[str, Any]]) -> list[str]:
    """The ids. Two names that fold into one are a twin, which is refused."""
    answers = [await scim.post(endpoint, json=body) for body in bodies]
    assert {answer.status_code for answer in answers} <= {201, 400, 409}, [answer.text for answer in answers]
    return [answer.json()["id"] for answer in answers if answer.status_code == 201]


async def _listed(scim: httpx.AsyncClient, endpoint: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await scim.get(endpoint, params={"count": "1000"})).json()["Resources"]
    return sorted(found, key=lambda each: each["id"])


def _date(house: House, dice: Dice, ids: list[str]) -> None:
    """Stamps that lie further apart than this run lasts."""
    stamps = [found for text in STAMPS if (found := instant(text))]
    engine = open_engine(house.url, writing=True)
    with engine.begin() as connection:
        for id in ids:
            created, modified = sorted(dice.choices(stamps, k=2))
            connection.execute(update(resources).where(resources.c.id == id).values(created=created, modified=modified))


def _user(dice: Dice, place: int) -> dict[str, Any]:
    word = dice.choice(("a", "B", "ａ", "张", "k", "ß", "x")) if place % 3 else ""
    body = {"userName": f"{word}{place}", "active": dice.random() < 0.7}
    return user(**(_filled(dice, TYPES.user, skip={"groups", "manager"}) | body))


def _official(dice: Dice, place: int) -> dict[str, Any]:
    """Somebody with facts: posts outside the district, for which no department need be there, and events."""
    events = [_event(dice, f"{dice.choice(('a', 'A', '张'))}{number}") for number in range(dice.choice((0, 1, 2, 3)))]
    away = {"kind": "primary", "scope": "outbound", "externalOrganization": dice.word() or "x"}
    posts = [
        {"value": f"p{number}", **away, "position": dice.word(), "startDate": dice.choice(DAYS)}
        for number in range(dice.choice((0, 1, 2)))
    ]
    facts = {"employmentCategory": dice.choice(("administrative", "other")), "assignments": posts}
    facts |= {"statusEvents": events, "accessNeeds": {"oa": dice.random() < 0.5}}
    return user(f"official{place}", externalId=f"F{place}", **{ROSTER_USER: facts})


def _event(dice: Dice, value: str) -> dict[str, Any]:
    event = {"value": value, "type": dice.choice(("hire", "investigation", "other-lock")), "reason": dice.word()}
    event["effectiveDate"] = dice.choice(DAYS)
    if event["type"] == "investigation" and dice.random() < 0.7:
        event |= {"workSuspended": dice.random() < 0.5, "authority": dice.word()}
    return event


def _group(dice: Dice, place: int, people: list[str]) -> dict[str, Any]:
    members = [{"value": id} for id in dice.sample(people, dice.choice((0, 1, 2, 5, 20)))]
    if place % 3 == 0:
        facts = {"level": dice.choice((0, 1, 2))} if place else {}
        return department(f"G{place}", "G0" if place % 2 else None, **facts) | {"members": members}
    return group(dice.word() or "x", externalId=f"{dice.word()}{place}", members=members)


def _filled(dice: Dice, resource_type: ResourceType, skip: set[str]) -> dict[str, Any]:
    return _object(dice, resource_type.attributes, skip | {"schemas", "id", "meta", "userName", "externalId"}) | (
        {"externalId": f"{dice.word()}{dice.random()}"} if dice.random() < 0.5 else {}
    )


def _object(dice: Dice, attributes: Mapping[str, Attribute], skip: set[str]) -> dict[str, Any]:
    own = {each.name: each for each in attributes.values() if each.name != ROSTER_USER and not each.read_only}
    return {
        name: _value(dice, each, skip)
        for name, each in own.items()
        if name not in skip and name != ROSTER_GROUP and dice.random() < 0.5
    }


def _value(dice: Dice, attribute: Attribute, skip: set[str]) -> Any:
    if attribute.multi:
        return [_one(dice, attribute, skip | {"primary"}) for _ in range(dice.choice((1, 1, 2, 3)))] + (
            [{"value": _one(dice, attribute.subs["value"], skip), "primary": True}]
            if "primary" in attribute.subs and attribute.name != "addresses" and dice.random() < 0.3
            else []
        )
    return _one(dice, attribute, skip)


def _one(dice: Dice, attribute: Attribute, skip: set[str]) -> Any:
    match attribute.type:
        case "complex":
            return _object(dice, attribute.subs, skip)
        case "boolean":
            return dice.random() < 0.5
        case "reference":
            return dice.choice(ADDRESSES)
        case "binary":
            return dice.choice(("YQ==", "YWI=", "QQ=="))
        case _:
            return dice.word()
