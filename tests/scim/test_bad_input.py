"""Bad input: a SCIM error, and nothing stored."""

import base64
import json
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from scim_server.scim.urns import USER
from tests.scim.house import House, made, patch_op, refused, user

pytestmark = pytest.mark.anyio
GOOD = json.dumps(user()).encode()
DEEP = b'{"schemas":["%b"],"userName":"x","name":%b}' % (USER.encode(), b'{"a":' * 70 + b"1" + b"}" * 70)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"x",
        b"{",
        b"[]",
        b"null",
        b"5",
        b'"x"',
        GOOD[:-1],
        GOOD + b"x",
        GOOD.replace(b'"zhangsan"', b"NaN"),
        GOOD.replace(b'"zhangsan"', b"Infinity"),
        GOOD.replace(b"zhangsan", b"zhang\xff"),
        GOOD.replace(b"zhangsan", b"\xed\xa0\x80"),
        GOOD.replace(b"zhangsan", b"\\ud800"),
        GOOD.replace(b"zhangsan", b"zhang\nsan"),
        GOOD.replace(b"{", b'{"userName":"a",'),
        GOOD.replace(b"{", b'{"x":[{"a":1,"a" :2}],'),
        GOOD.replace(b"{", b'{"userName" \t:"a",'),
        b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().encode("utf-16"),
        DEEP,
        b"[" * 100_000,
        b'{"a":' * 30_000,
        b"9" * 50_000,
        GOOD.replace(b"{", b"{'a':1,"),
    ],
)
async def test_what_is_no_json(scim: httpx.AsyncClient, house: House, raw: bytes) -> None:
    began = time.monotonic()
    for method, path in (("POST", "/Users"), ("POST", "/Groups")):
        refused(await scim.request(method, path, content=raw), 400, "invalidSyntax")
    assert time.monotonic() - began < 5
    assert house.count() == (0, 0)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (json.dumps(user(displayName="张三"), ensure_ascii=False).encode("gbk"), "The body is no UTF-8: byte"),
        (b"\xef\xbb\xbf" + GOOD, "byte order mark"),
        (GOOD[:-1], "The body is no JSON: line 1, column"),
    ],
)
async def test_what_is_wrong_with_the_letters_is_not_said_of_the_json(
    scim: httpx.AsyncClient, raw: bytes, said: str
) -> None:
    assert said in refused(await scim.post("/Users", content=raw), 400, "invalidSyntax")


async def test_equal_names_in_different_objects_are_no_fault(scim: httpx.AsyncClient) -> None:
    tricky = user(displayName='":', title='a":b": "', emails=[{"value": "a"}, {"value": '" :'}])
    assert (await made(scim, "/Users", tricky))["displayName"] == '":'


async def test_a_body_over_two_megabytes_is_not_read_to_its_end(scim: httpx.AsyncClient, house: House) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b" " * 65_536

    for method, path in (("POST", "/Users"), ("PUT", "/Users/x"), ("PATCH", "/Users/x"), ("POST", "/Groups")):
        refused(await scim.request(method, path, content=GOOD + b" " * 2_200_000), 413)
    refused(await scim.post("/Users", content=endless(), headers={"Content-Type": "application/json"}), 413)
    assert read < 1_000
    refused(await scim.post("/Users", content=b"{}", headers={"Content-Length": "9" * 4000}), 413)
    refused(await scim.post("/Users", content=b"{}", headers={"Content-Length": "-1"}), 400, "invalidSyntax")
    assert house.count() == (0, 0)
    assert (await scim.post("/Users", content=GOOD + b" " * 2_000_000)).status_code == 201


@pytest.mark.parametrize(
    ("attributes", "scim_type"),
    [
        ({"userName": None}, "invalidValue"),
        ({"userName": ""}, "invalidValue"),
        ({"userName": 12345}, "invalidValue"),
        ({"userName": ["a"]}, "invalidValue"),
        ({"userName": {"a": 1}}, "invalidValue"),
        ({"userName": "x" * 200}, "invalidValue"),
        ({"userName": "张" * 200}, "invalidValue"),
        ({"userName": " leading"}, "invalidValue"),
        ({"userName": "trailing "}, "invalidValue"),
        ({"userName": "nul\0l"}, "invalidValue"),
        ({"userName": "zero\u200bwidth"}, "invalidValue"),
        ({"userName": "\u202eright-to-left"}, "invalidValue"),
        ({"externalId": 12345}, "invalidValue"),
        ({"externalId": "E\0"}, "invalidValue"),
        ({"active": "yes"}, "invalidValue"),
        ({"emails": {"value": "a@x"}}, "invalidValue"),
        ({"emails": [{"value": 5}]}, "invalidValue"),
        ({"emails": [{"value": str(number)} for number in range(1001)]}, "invalidValue"),
        ({"name": "张三"}, "invalidValue"),
        ({"displayName": "bell\u0007"}, "invalidValue"),
        ({"schemas": None}, "invalidSyntax"),
        ({"schemas": ["urn:example"]}, "invalidSyntax"),
    ],
)
async def test_values_that_cannot_be(
    scim: httpx.AsyncClient, house: House, attributes: dict[str, object], scim_type: str
) -> None:
    name = next(iter(attributes))
    assert name in refused(await scim.post("/Users", json={**user(), **attributes}), 400, scim_type) or name == "emails"
    assert house.count() == (0, 0)
    found = await made(scim, "/Users", user())
    refused(await scim.put(f"/Users/{found['id']}", json={**user(), **attributes}), 400, scim_type)
    assert (await scim.get(f"/Users/{found['id']}")).json() == found


NAMES = [
    "a,ou=admins",
    'a+b"c\\d<e>f;g=h#i',
    "*)(uid=*",
    "*()",
    "#04",
    "a\\2ab",
    "a/b?c#d%00",
    "' OR 1=1 --",
    "100%_x",
    "<b>x</b>",
    "=1+1",
    "张三",
    "阿依古丽·买买提",
    "𬭎",
    "\U00031350",
    "a b",
    "a@b.example",
    "x" * 128,
    '"quoted"',
    "\\",
    "..",
    "{}",
]


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_with_any_visible_character_is_itself_and_nothing_else(scim: httpx.AsyncClient, name: str) -> None:
    await made(scim, "/Users", user("other", externalId="other"))
    found = await made(scim, "/Users", user(name, externalId=name, displayName=name))
    assert (found["userName"], found["externalId"]) == (name, name)
    literal = json.dumps(name, ensure_ascii=False)
    for text in (f"userName eq {literal}", f"externalId eq {literal}", f"displayName eq {literal} and active eq true"):
        listed = (await scim.get("/Users", params={"filter": text})).json()
        assert [each["id"] for each in listed["Resources"]] == [found["id"]], text


@pytest.mark.parametrize(
    ("body", "status", "scim_type"),
    [
        ({}, 400, "invalidSyntax"),
        ([], 400, "invalidSyntax"),
        (patch_op(), 400, "invalidSyntax"),
        (patch_op(*[{"op": "remove", "path": "title"}] * 501), 413, None),
        (patch_op(*[{"op": "remove", "path": "title"}] * 20_000), 413, None),
        (patch_op({"op": "remove"}), 400, "noTarget"),
        (patch_op({"op": "add", "path": "a" + ".b" * 5000, "value": "x"}), 400, "invalidPath"),
        (patch_op({"op": "add", "path": "emails" + "[type pr" * 500, "value": "x"}), 400, "invalidPath"),
        (patch_op({"op": "add", "path": "emails[" + "(" * 500 + "]", "value": "x"}), 400, "invalidFilter"),
        (patch_op({"op": "replace", "path": "id", "value": "x"}), 400, "mutability"),
        (patch_op({"op": "replace", "path": "meta.created", "value": "x"}), 400, "mutability"),
        (patch_op({"op": "replace", "path": 'emails[type eq "none"].value', "value": "x"}), 400, "noTarget"),
        (patch_op({"op": "replace", "path": "emails", "value": "x"}), 400, "invalidValue"),
    ],
)
async def test_patches_that_cannot_be(
    scim: httpx.AsyncClient, house: House, body: object, status: int, scim_type: str | None
) -> None:
    found = await made(scim, "/Users", user())
    before = house.count()
    refused(await scim.patch(f"/Users/{found['id']}", json=body), status, scim_type)
    assert house.count() == before


async def test_a_string_has_an_end_and_a_certificate_may_be_long(scim: httpx.AsyncClient) -> None:
    detail = refused(await scim.post("/Users", json=user(title="长" * 16_385)), 400, "invalidValue")
    assert detail == "title has 16384 characters at most."
    certificate = {"value": base64.b64encode(b"x" * 500_000).decode()}
    found = await made(scim, "/Users", user(title="长" * 16_384, x509Certificates=[certificate]))
    assert (found["title"], found["x509Certificates"]) == ("长" * 16_384, [certificate])
