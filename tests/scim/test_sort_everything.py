"""Every attribute of the schemas as sortBy, against the order that Python makes of the resources as answered."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import httpx
import pytest

from scim_server.scim.fold import fold
from scim_server.scim.schemas import Chain, ResourceType, load, spell
from scim_server.scim.urns import ENTERPRISE_USER
from tests.scim.house import department, group, made, refused, user

pytestmark = pytest.mark.anyio

TABLE = load(True)
WORDS = ["a", "B", "ä", "Ａ", "ß", "SS", "王", "\U0001f600", "0", "10", "9", "_", "z z"]
MANY = ("emails", "phoneNumbers", "ims", "photos", "addresses", "entitlements", "roles")


def chains(resource_type: ResourceType) -> Iterator[Chain]:
    """Every simple attribute that is answered, with what leads to it."""

    def walk(known: Mapping[str, Any], before: Chain) -> Iterator[Chain]:
        for attribute in {each.name: each for each in known.values()}.values():
            if attribute.returned != "never":
                if attribute.type != "complex":
                    yield (*before, attribute)
                yield from walk(attribute.subs, (*before, attribute))

    return walk(resource_type.attributes, ())


def key(chain: Chain, resource: Mapping[str, Any]) -> Any:
    """The value that counts, comparable with those of other resources; None without one."""
    value: Any = resource
    for attribute in chain:
        value = value.get(attribute.name) if value is not None else None
        if attribute.multi and value:
            value = next((each for each in value if attribute.subs and each.get("primary")), value[0])
    if isinstance(value, str):
        return (value if chain[-1].case_exact or chain[-1].type != "string" else fold(value)).encode()
    return value


def ordered(chain: Chain, resources: list[dict[str, Any]]) -> list[str]:
    """Ids in ascending order."""
    having = [(key(chain, each), each["id"]) for each in resources if key(chain, each) is not None]
    without = [each["id"] for each in resources if key(chain, each) is None]
    return [id for _, id in sorted(having)] + sorted(without)


def person(chance: Random, number: int, boss: str) -> dict[str, Any]:
    """Of every attribute sometimes a value."""

    def some(values: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if chance.random() < 0.6}

    def word() -> str:
        return chance.choice(WORDS)

    body: dict[str, Any] = {"externalId": f"{word()}{number}", "active": chance.random() < 0.5}
    body |= {name: word() for name in ("displayName", "nickName", "title", "userType", "preferredLanguage", "locale")}
    body["name"] = some(dict.fromkeys(("formatted", "familyName", "givenName", "middleName"), word()))
    body["profileUrl"] = f"https://x/{chance.choice('aBc')}"
    for name in MANY:
        what = "formatted" if name == "addresses" else "value"
        elements = [{what: f"{word()}{at}", **some({"type": word(), "display": word()})} for at in range(3)]
        if name == "photos":
            elements = [{"value": f"https://x/{chance.choice('aBc')}{at}", "type": word()} for at in range(3)]
        if chance.random() < 0.5:
            elements[chance.randrange(3)]["primary"] = True
        body[name] = elements[: chance.randrange(1, 4)]
    enterprise = some({"employeeNumber": word(), "division": word(), "manager": {"value": boss}})
    return user(f"{chance.choice('aBc')}{number}", **some(body), **{ENTERPRISE_USER: enterprise})


async def town(scim: httpx.AsyncClient) -> None:
    chance = Random(11)
    boss = (await made(scim, "/Users", user("boss")))["id"]
    ids = [(await made(scim, "/Users", person(chance, number, boss)))["id"] for number in range(30)]
    for number in range(8):
        chosen = [{"value": id} for id in chance.sample(ids, chance.randrange(5))]
        await made(scim, "/Groups", group(f"{chance.choice(WORDS)}{number}", members=chosen))
    for number in range(6):
        level = {"level": chance.randrange(-5, 20)} if number % 3 else {}
        await made(scim, "/Groups", department(f"C{number}", parent="C0" if number > 3 else None, **level))


@pytest.mark.parametrize("resource_type", TABLE.resource_types, ids=lambda each: each.name)
async def test_every_attribute(scim: httpx.AsyncClient, resource_type: ResourceType) -> None:
    await town(scim)
    endpoint = resource_type.endpoint
    everybody = (await scim.get(endpoint)).json()["Resources"]
    tried = 0
    for chain in chains(resource_type):
        params = {"sortBy": spell(chain), "attributes": "id"}
        answer = await scim.get(endpoint, params=params)
        if chain[-1].type == "binary" or spell(chain) == "members.display":
            refused(answer, 400, "invalidValue")
            continue
        expected = ordered(chain, everybody)
        found = [each["id"] for each in answer.json()["Resources"]]
        assert found == expected, spell(chain)
        back = (await scim.get(endpoint, params={**params, "sortOrder": "descending"})).json()["Resources"]
        assert [each["id"] for each in back] == expected[::-1], spell(chain)
        tried += 1
    assert tried > (60 if resource_type.name == "User" else 15)
