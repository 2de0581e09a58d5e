"""What the schema says of an attribute holds, for every attribute and sub-attribute of it (RFC 7643 section 2.2)."""

from itertools import count
from typing import Any

import httpx
import pytest

from scim_server.scim.schemas import Chain
from tests.scim.house import made, patch_op, refused
from tests.scim.schema_table import TYPES, WRONG, body, chain_of, chains, mutability, named, only, with_value, without

pytestmark = pytest.mark.anyio
WRITABLE = named("readWrite", "writeOnly", "immutable")
READ_ONLY = [pair for pair in named("readOnly") if pair[1] != "schemas"]  # in a PATCH it is Entra's noise
TEXTS = [(type, path) for type, path in named("readWrite") if chain_of(type, path)[-1].type in ("string", "reference")]
numbers = count()


@pytest.fixture
def scim(plain_scim: httpx.AsyncClient) -> httpx.AsyncClient:
    return plain_scim


async def one_of_each(scim: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    """A User and a Group that have a value in everything, the one a member of the other."""
    person = await made(scim, "/Users", body("User"))
    team = await made(scim, "/Groups", body("Group", person["id"]))
    return {"User": (await scim.get(f"/Users/{person['id']}")).json(), "Group": team}


def address(type: str, resource: dict[str, Any]) -> str:
    return f"{TYPES[type].endpoint}/{resource['id']}"


def test_the_table_has_every_kind() -> None:
    assert len(WRITABLE) > 70
    assert len(READ_ONLY) > 12
    assert {mutability(chain) for chain in chains(TYPES["User"])} == {"readOnly", "readWrite", "writeOnly"}
    assert {mutability(chain) for chain in chains(TYPES["Group"])} == {"readOnly", "readWrite", "immutable"}
    types = {chain[-1].type for each in TYPES.values() for chain in chains(each)}
    assert types == {"string", "boolean", "reference", "binary", "dateTime", "complex"}


async def test_a_value_of_another_type_is_refused_by_name(scim: httpx.AsyncClient) -> None:
    """type, multiValued: in POST, in PUT, and in PATCH with a path and without."""
    there = await one_of_each(scim)
    for type, path in WRITABLE:
        chain, where = chain_of(type, path), address(type, there[type])
        for wrong in ("x", 5, [5]) if chain[-1].multi else WRONG[chain[-1].type]:
            sent = with_value(type, path, wrong)
            pathless = {"op": "add", "value": {chain[0].name: sent[chain[0].name]}}
            answers = [
                await scim.post(TYPES[type].endpoint, json=sent),
                await scim.put(where, json=sent),
                await scim.patch(where, json=patch_op(pathless)),
            ]
            if mutability(chain) != "immutable" and not any(link.multi for link in chain[:-1]):
                with_path = {"op": "replace", "path": path, "value": wrong}
                answers.append(await scim.patch(where, json=patch_op(with_path)))
            for answer in answers:
                assert answer.status_code == 400, (type, path, wrong, answer.request.method, answer.text)
                assert chain[-1].name in refused(answer, 400, "invalidValue"), (type, path, wrong)
    assert {type: (await scim.get(address(type, each))).json() for type, each in there.items()} == there


async def test_what_is_read_only(scim: httpx.AsyncClient) -> None:
    """Ignored in POST and PUT, an error where a PATCH path names it, no statement in a PATCH without a path."""
    there = await one_of_each(scim)
    for type, path in READ_ONLY:
        found, where, chain = there[type], address(type, there[type]), chain_of(type, path)
        top = chain[0].name
        said = with_value(type, path, "another")[top]
        if top == "members":
            said = [{**member, chain[-1].name: "another"} for member in found[top]]
        for answer in (
            await scim.put(where, json={**found, top: said}),
            await scim.patch(where, json=patch_op({"op": "replace", "value": {path: "another"}})),
        ):
            assert answer.json() == found, path
        for op in ("add", "replace", "remove"):
            operation = {"op": op, "path": path, **({} if op == "remove" else {"value": "another"})}
            refused(await scim.patch(where, json=patch_op(operation)), 400, "mutability")
        sent = body(type, there["User"]["id"]) | {top: said, "userName": f"u{next(numbers)}", "externalId": path}
        assert "another" not in str(await made(scim, TYPES[type].endpoint, sent)), path


async def test_what_is_immutable(scim: httpx.AsyncClient) -> None:
    """A member is taken out and another put in; none is rewritten."""
    there = await one_of_each(scim)
    assert {path for _, path in named("immutable")} == {"members.value", "members.$ref", "members.type"}
    for type, path in named("immutable"):
        found, (head, _, sub) = there[type], path.partition(".")
        for target in (path, f'{head}[value eq "{found[head][0]["value"]}"].{sub}'):
            for op in ("add", "replace", "remove"):
                operation = {"op": op, "path": target, "value": "another"}
                refused(await scim.patch(address(type, found), json=patch_op(operation)), 400, "mutability")
        assert (await scim.get(address(type, found))).json() == found


async def test_what_is_required(scim: httpx.AsyncClient) -> None:
    there = await one_of_each(scim)
    required = [(type, path) for type, path in WRITABLE if chain_of(type, path)[-1].required]
    assert required == [("User", "userName"), ("Group", "displayName"), ("Group", "members.value")]
    for type, path in required:
        where = address(type, there[type])
        for nothing in (None, ""):
            lacking = with_value(type, path, nothing)
            for answer in (await scim.post(TYPES[type].endpoint, json=lacking), await scim.put(where, json=lacking)):
                assert chain_of(type, path)[-1].name in refused(answer, 400, "invalidValue")
        refused(await scim.patch(where, json=patch_op({"op": "remove", "path": path})), 400, "mutability")
        assert (await scim.get(where)).json() == there[type]


async def test_what_is_returned_by_default(scim: httpx.AsyncClient) -> None:
    """Each by itself, and all but each; the names compare without case."""
    there = await one_of_each(scim)
    for type, path in named():
        found, where, chain = there[type], address(type, there[type]), chain_of(type, path)
        if chain[-1].returned != "default":
            continue
        assert only(found, chain) != {}, f"{path} has a value"
        for spelled in (path, path.upper()):
            asked = (await scim.get(where, params={"attributes": spelled})).json()
            assert asked == {name: found[name] for name in ("schemas", "id")} | only(found, chain), spelled
            excluded = (await scim.get(where, params={"excludedAttributes": spelled})).json()
            assert excluded == without(found, chain), spelled


async def test_what_is_always_returned(scim: httpx.AsyncClient) -> None:
    for type, found in (await one_of_each(scim)).items():
        always = [chain[-1].name for chain in chains(TYPES[type]) if chain[-1].returned == "always"]
        assert always == ["schemas", "id"]
        for parameters, shown in (
            ({"excludedAttributes": ",".join(always)}, found),
            ({"attributes": "nothing"}, {name: found[name] for name in always}),
        ):
            assert (await scim.get(address(type, found), params=parameters)).json() == shown
            assert (await scim.get(TYPES[type].endpoint, params=parameters)).json()["Resources"] == [shown]


async def test_what_is_never_returned(scim: httpx.AsyncClient) -> None:
    never = [(type, path) for type, path in named() if chain_of(type, path)[-1].returned == "never"]
    assert never == [("User", "password")]
    found = (await one_of_each(scim))["User"]
    where, asked = address("User", found), {"attributes": "password"}
    for answer in (
        await scim.post("/Users", json={**body("User"), "userName": "z", "externalId": "z", "password": "Se-cret"}),
        await scim.put(where, json={**found, "password": "Se-cret"}, params=asked),
        await scim.patch(where, json=patch_op({"op": "replace", "path": "password", "value": "Se-cret"})),
        await scim.get(where, params=asked),
        await scim.get("/Users", params=asked),
    ):
        assert answer.status_code in (200, 201)
        assert "password" not in answer.text
        assert "Se-cret" not in answer.text
    for parameters in ({"filter": 'password eq "Aa"'}, {"filter": "password pr"}):
        refused(await scim.get("/Users", params=parameters), 400, "invalidFilter")


def spelled(chain: Chain, text: str) -> str:
    return text if chain[-1].type == "string" else f"urn:x:{text}"


async def two(scim: httpx.AsyncClient, type: str, path: str, texts: tuple[str, str]) -> list[str]:
    """The ids of two resources that have these values there."""
    found = []
    for text in texts:
        sent = with_value(type, path, spelled(chain_of(type, path), text))
        if path != "userName":
            sent["userName"] = f"u{next(numbers)}"
        found.append((await made(scim, TYPES[type].endpoint, sent))["id"])
    return found


async def test_case_decides_who_is_found_and_the_order(scim: httpx.AsyncClient) -> None:
    assert {chain_of(type, path)[-1].case_exact for type, path in TEXTS} == {True, False}
    for type, path in TEXTS:
        chain, endpoint = chain_of(type, path), TYPES[type].endpoint
        if path.endswith("manager.$ref"):
            continue  # made from the id where it is none of a person
        small, capital = await two(scim, type, path, ("aX", "BX"))
        exact = chain[-1].case_exact
        for asked, found in (("aX", True), ("ax", not exact), ("AX", not exact)):
            answer = await scim.get(endpoint, params={"filter": f'{path} eq "{spelled(chain, asked)}"'})
            assert [each["id"] for each in answer.json()["Resources"]] == ([small] if found else []), (path, asked)
        these = f'id eq "{small}" or id eq "{capital}"'
        answer = await scim.get(endpoint, params={"sortBy": path, "filter": these})
        order = [each["id"] for each in answer.json()["Resources"]]
        assert order == ([capital, small] if exact else [small, capital]), path


async def test_what_is_unique(scim: httpx.AsyncClient) -> None:
    """In the form in which it compares: of all others two may have the same."""
    unique = [(type, path) for type, path in TEXTS if chain_of(type, path)[-1].uniqueness != "none"]
    assert unique == [("User", "externalId"), ("User", "userName"), ("Group", "externalId")]
    for type, path in TEXTS:
        chain, endpoint = chain_of(type, path), TYPES[type].endpoint
        if (type, path) not in unique:
            await two(scim, type, path, ("aX", "aX"))
            continue
        first = with_value(type, path, "aX") | ({} if path == "userName" else {"userName": f"u{next(numbers)}"})
        await made(scim, endpoint, first)
        for text, taken in (("aX", True), ("Ax", not chain[-1].case_exact)):
            again = first | {path: text} | ({} if path == "userName" else {"userName": f"u{next(numbers)}"})
            answer = await scim.post(endpoint, json=again)
            assert answer.status_code == (409 if taken else 201), (path, text)
            if taken:
                assert chain[-1].name in refused(answer, 409, "uniqueness")
