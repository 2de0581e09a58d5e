"""No two people whose names a person could not tell apart: 400 or 409 (S10, RFC 8265, UTS #39)."""

import asyncio
import unicodedata

import httpx
import pytest
from sqlalchemy import select, update

from scim_server.store.engine import open_engine
from scim_server.store.tables import resources
from tests.scim.house import House, made, refused, user

pytestmark = pytest.mark.anyio

TWINS = [
    ("admin", "ADMIN"),
    ("admin", "ａｄｍｉｎ"),  # full width
    ("admin", "adm\u0131n"),  # a dotless i
    ("ADMIN", "adm\u0131n"),
    ("admin", "adm\U0001d6a4n"),  # a mathematical dotless i
    ("kelvin", "\u212aelvin"),  # the Kelvin sign
    ("mass", "ma\u017fs"),  # a long s
    ("\u00e5ngstrom", "\u212bngstrom"),
    ("strasse", "straße"),
    ("strasse", "STRA\u1e9eE"),
    ("ffi", "\ufb03"),  # a ligature
    ("st", "\ufb06"),
    ("admin", "𝐚𝐝𝐦𝐢𝐧"),  # mathematical bold
    ("admin", "ⓐⓓⓜⓘⓝ"),
    ("a1", "a¹"),
    ("a1", "a①"),
    ("no1", "№1"),
    ("caf\u00e9", "cafe\u0301"),  # NFC, NFD
    ("q\u0307\u0323", "q\u0323\u0307"),  # the order of two marks
    ("\u1e69", "s\u0307\u0323"),
    ("한글", unicodedata.normalize("NFD", "한글")),
    ("ᄒ", "\u314e"),  # a compatibility letter
    ("ﾊﾝ", "ハン"),  # half width
    ("中国", "中\u2f31\u200b国"),
    ("龟", "龟\U000e0101"),  # a variation of an ideograph
    ("見", "\u2f92"),  # a radical
    ("女", "\uf981"),  # a compatibility ideograph
    ("σας", "ΣΑΣ"),  # final sigma
    ("ᾳ", "αι"),
    ("zhang san", "zhang\u00a0san"),
    ("zhang san", "zhang\u3000san"),
    ("zhang san", "zhang\u2003san"),
    ("zhang san", "zhang  san"),
    ("zhang san", "zhang \u3000san"),
    *(("zhangsan", f"zhangsan{blank}") for blank in (" ", "\u00a0", "\u3000", "\u1680", "\u2028", "\t", "\r\n")),
    *(
        ("zhangsan", f"zhang{invisible}san")
        for invisible in (
            "\u0000", "\u007f", "\u0085", "\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u17b4",
            "\u180b", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202c",
            "\u202e", "\u2060", "\u2063", "\u2066", "\u2069", "\u206f", "\u2800", "\u3164", "\ufe00",
            "\ufe0f", "\ufeff", "\uffa0", "\ufff9", "\ufffe", "\U00016fe4", "\U0001bca0", "\U0001d159", "\U0001d173",
            "\U000e0001", "\U000e0041", "\U000e007f", "\U000e0100",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("first", "twin"), TWINS)
async def test_a_name_has_no_twin(scim: httpx.AsyncClient, house: House, first: str, twin: str) -> None:
    await made(scim, "/Users", user(first))
    other = await made(scim, "/Users", user("somebody"))
    before = house.count()
    for answer in (
        await scim.post("/Users", json=user(twin)),
        await scim.put(f"/Users/{other['id']}", json=user(twin)),
        await scim.patch(f"/Users/{other['id']}", json=_rename(twin)),
    ):
        assert answer.status_code in (400, 409), answer.text
        refused(answer, answer.status_code, "uniqueness" if answer.status_code == 409 else "invalidValue")
    assert house.count() == before


def _rename(name: str) -> dict[str, object]:
    schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
    return {"schemas": [schema], "Operations": [{"op": "replace", "path": "userName", "value": name}]}


@pytest.mark.parametrize(
    "name",
    [
        "аdmin",  # a Cyrillic a
        "аdмin",
        "раypal",
        "αdmin",
        "zhangοsan",
        "иванов@bureau.example",
        "Ａдмин",  # a full-width Latin A
        "ªдмин",  # an ordinal indicator is a letter in the compared form
        "\u212aельвин",
        "ℓωt",
        "5µm",  # a sign of measure is a Greek letter in the compared form
        "a\u1d2b",  # a small capital El
        "张三aб",
    ],
)
async def test_letters_that_look_alike_are_not_mixed(scim: httpx.AsyncClient, house: House, name: str) -> None:
    assert "look alike" in refused(await scim.post("/Users", json=user(name)), 400, "invalidValue")
    assert house.count() == (0, 0)


@pytest.mark.parametrize(
    "name",
    [
        "иван",
        "Иван-7",
        "ελένη",
        "admin",
        "张三zhang",
        "张三",
        "иван张三",
        "αβγ张三",
        "Łódź",
        "ыҒқ_ң",
        "ŋǃ",
        "José",
        "かな漢字abc",
    ],
)
async def test_one_alphabet_beside_ideographs_is_a_name(scim: httpx.AsyncClient, name: str) -> None:
    assert (await made(scim, "/Users", user(name)))["userName"] == name


@pytest.mark.parametrize(
    ("first", "twin"), [("kelvin", "\u212aELVIN"), ("caf\u00e9", "cafe\u0301"), ("adm\u0131n", "ADMIN")]
)
async def test_of_racing_twins_one_wins(house: House, first: str, twin: str) -> None:
    async with house.client() as one, house.client("admin") as other:
        answers = await asyncio.gather(
            *(
                client.post("/Users", json=user(name))
                for _ in range(5)
                for client, name in ((one, first), (other, twin))
            )
        )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert house.count()[0] == 1


async def test_a_name_from_before_the_rules_can_still_be_locked(scim: httpx.AsyncClient, house: House) -> None:
    found = await made(scim, "/Users", user("admin"))
    with open_engine(house.url, writing=True).begin() as connection:
        old = connection.scalars(select(resources.c.document)).one().replace(b"admin", "аdmin".encode())
        connection.execute(update(resources).values(document=old))
    locked = {**_rename("x"), "Operations": [{"op": "replace", "path": "active", "value": False}]}
    assert (await scim.patch(f"/Users/{found['id']}", json=locked)).json()["active"] is False
