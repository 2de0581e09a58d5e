"""Pages by cursor (RFC 9865): forward and backward, stable while others write, sealed, and not for ever."""

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from scim_server.clock import Clock
from scim_server.scim.urns import USER
from tests.scim.crowd import page
from tests.scim.house import House, Served, group, made, refused, user

pytestmark = pytest.mark.anyio

UNRESERVED = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def names(body: Mapping[str, Any]) -> list[str]:
    return [each.get("userName") or each["displayName"] for each in body["Resources"]]


async def test_forward_and_backward(scim: httpx.AsyncClient) -> None:
    for number in range(7):
        await made(scim, "/Users", user(f"u{number}"))
    first = await page(scim, "", count=3)
    second = await page(scim, first["nextCursor"], count=3)
    third = await page(scim, second["nextCursor"], count=3)
    assert [names(each) for each in (first, second, third)] == [["u0", "u1", "u2"], ["u3", "u4", "u5"], ["u6"]]
    assert [each["totalResults"] for each in (first, second, third)] == [7, 7, 7]
    assert "previousCursor" not in first
    assert "nextCursor" not in third
    back = await page(scim, third["previousCursor"], count=3)
    assert names(back) == ["u3", "u4", "u5"]
    again = await page(scim, back["previousCursor"], count=3)
    assert names(again) == ["u0", "u1", "u2"]
    assert "previousCursor" not in again
    assert names(await page(scim, again["nextCursor"], count=3)) == ["u3", "u4", "u5"]
    assert names(await page(scim, back["nextCursor"], count=3)) == ["u6"]
    assert set(first["nextCursor"] + third["previousCursor"]) <= UNRESERVED


async def test_the_examples_of_the_rfc(scim: httpx.AsyncClient) -> None:
    """`cursor` without a value begins; the second request spells the attribute in another case."""
    for name in ("John", "jane", "Bob", "Jack"):
        await made(scim, "/Users", user(name))
    answer = await scim.get("/Users?filter=userName%20eq%20%22john%22%20or%20userName%20eq%20%22jane%22&cursor&count=1")
    first = answer.json()
    assert names(first) == ["John"]
    asked = {"filter": 'username EQ  "john" OR username eq "jane"', "count": 1}
    assert names(await page(scim, first["nextCursor"], **asked)) == ["jane"]
    searched = await scim.post("/Users/.search", json={**asked, "cursor": first["nextCursor"]})
    assert names(searched.json()) == ["jane"]


async def test_without_a_cursor_pages_are_by_index(scim: httpx.AsyncClient) -> None:
    for name in ("a", "b"):
        await made(scim, "/Users", user(name))
    body = (await scim.get("/Users", params={"count": 1})).json()
    assert body["startIndex"] == 1
    assert not {"nextCursor", "previousCursor"} & body.keys()
    assert names(await page(scim, "", count=1, startIndex=1)) == ["a"]
    refused(await scim.get("/Users", params={"cursor": "", "startIndex": 2}), 400, "invalidValue")


async def test_a_count_of_none_and_counts_that_are_none(scim: httpx.AsyncClient) -> None:
    for name in ("a", "b"):
        await made(scim, "/Users", user(name))
    for count in (0, -1):
        body = await page(scim, "", count=count)
        assert (body["totalResults"], body["Resources"]) == (2, [])
        assert not {"nextCursor", "previousCursor"} & body.keys()
    assert names(await page(scim, "", count=5_000)) == ["a", "b"]
    first = await page(scim, "", count=1)
    for count in ("x", "1.5", "2", "0", "9" * 20):
        params = {"cursor": first["nextCursor"], "count": count}
        refused(await scim.get("/Users", params=params), 400, "invalidCount")
    refused(await scim.get("/Users", params={"cursor": first["nextCursor"]}), 400, "invalidCount")


async def test_a_cursor_is_good_for_its_own_query_alone(house: House, scim: httpx.AsyncClient) -> None:
    for number in range(3):
        await made(scim, "/Users", user(f"u{number}", active=True, title="t"))
        await made(scim, "/Groups", group(f"g{number}"))
    asked = {"filter": "active eq true", "sortBy": "title", "count": 1}
    cursor = (await page(scim, "", **asked))["nextCursor"]
    assert names(await page(scim, cursor, **asked, attributes="userName")) == ["u1"]
    for other in (
        {"filter": "active eq false"},
        {"sortBy": "userName"},
        {"sortOrder": "descending"},
        {"filter": 'userName eq "u1" or active eq true'},
    ):
        refused(await scim.get("/Users", params={**asked, **other, "cursor": cursor}), 400, "invalidCursor")
    for less in asked.keys() - {"count"}:
        params = {name: value for name, value in asked.items() if name != less}
        refused(await scim.get("/Users", params={**params, "cursor": cursor}), 400, "invalidCursor")
    plain = (await page(scim, "", count=1))["nextCursor"]
    for endpoint in ("/Groups", "/"):
        refused(await scim.get(endpoint, params={"cursor": plain, "count": 1}), 400, "invalidCursor")
    for role in ("admin", "auditor"):
        async with house.client(role) as stranger:
            refused(await stranger.get("/Users", params={"cursor": plain, "count": 1}), 400, "invalidCursor")


async def test_a_cursor_that_is_none(scim: httpx.AsyncClient) -> None:
    for name in ("a", "b", "c"):
        await made(scim, "/Users", user(name))
    good = (await page(scim, "", count=1))["nextCursor"]
    raw = base64.urlsafe_b64decode(good + "=" * (-len(good) % 4))
    touched = [bytes([*raw[:at], raw[at] ^ 1, *raw[at + 1 :]]) for at in (0, 11, 12, len(raw) // 2, len(raw) - 1)]
    forged = [base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in touched]
    cut = [good[:-1], good[1:], good[:16], good[:10], good + "A", good + "=", good + "\n", f" {good}", good * 2]
    for bad in [*forged, *cut, "x", "-", "%", "第一页", "A" * 60_000, "' OR 1=1 --", "\x00"]:
        refused(await scim.get("/Users", params={"cursor": bad, "count": 1}), 400, "invalidCursor")
        refused(await scim.post("/Users/.search", json={"cursor": bad, "count": 1}), 400, "invalidCursor")
    assert names(await page(scim, good, count=1)) == ["b"]


async def test_a_cursor_shows_nothing_of_its_place(scim: httpx.AsyncClient) -> None:
    ids = [(await made(scim, "/Users", user(f"u{number}", title="Geheimnis")))["id"] for number in range(2)]
    one, two = [(await page(scim, "", count=1, sortBy="title"))["nextCursor"] for _ in range(2)]
    assert one != two  # sealed with a nonce of its own
    raw = base64.urlsafe_b64decode(one + "=" * (-len(one) % 4))
    for plain in ("Geheimnis", "geheimnis", *ids):
        assert plain.encode() not in raw


class Hand:
    """A clock whose time is set by hand."""

    def __init__(self) -> None:
        self.at = 1_790_000_000.0
        self.clock = Clock(now=lambda: self.at)


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def timed(tmp_path: Path, hand: Hand) -> Iterator[House]:
    house = House(tmp_path, Served(), clock=hand.clock)
    yield house
    house.close()


async def test_a_cursor_expires(timed: House, hand: Hand) -> None:
    async with timed.client() as scim:
        config = (await scim.get("/ServiceProviderConfig")).json()["pagination"]
        assert (config["cursor"], config["index"], config["defaultPaginationMethod"]) == (True, True, "index")
        for name in ("a", "b", "c"):
            await made(scim, "/Users", user(name))
        cursor = (await page(scim, "", count=1))["nextCursor"]
        hand.at += config["cursorTimeout"] - 1
        second = await page(scim, cursor, count=1)
        hand.at += 1
        refused(await scim.get("/Users", params={"cursor": cursor, "count": 1}), 400, "expiredCursor")
        forged = {"cursor": cursor[:-2] + ("AA" if not cursor.endswith("AA") else "BB"), "count": 1}
        refused(await scim.get("/Users", params=forged), 400, "invalidCursor")
        assert names(await page(scim, second["nextCursor"], count=1)) == ["c"]  # each page's cursor has its own hour


async def test_a_cursor_outlives_a_restart(tmp_path: Path) -> None:
    first = House(tmp_path, Served())
    async with first.client() as scim:
        for name in ("a", "b", "c"):
            await made(scim, "/Users", user(name))
        cursor = (await page(scim, "", count=1, sortBy="userName", sortOrder="descending"))["nextCursor"]
    first.close()
    second = House(tmp_path, Served(), tokens=first.tokens)
    async with second.client() as scim:
        assert names(await page(scim, cursor, count=1, sortBy="userName", sortOrder="descending")) == ["b"]
    second.close()


async def test_two_houses_have_two_keys(tmp_path: Path) -> None:
    cursors = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        house = House(tmp_path / folder, Served())
        async with house.client() as scim:
            for name in ("a", "b"):
                await made(scim, "/Users", user(name))
            if cursors:
                refused(await scim.get("/Users", params={"cursor": cursors[0], "count": 1}), 400, "invalidCursor")
            cursors.append((await page(scim, "", count=1))["nextCursor"])
        house.close()


async def test_what_is_deleted_at_the_edge_of_a_page(scim: httpx.AsyncClient) -> None:
    ids = {name: (await made(scim, "/Users", user(name)))["id"] for name in "abcdef"}
    first = await page(scim, "", count=2)
    await scim.delete(f"/Users/{ids['b']}")  # at which the next page begins
    second = await page(scim, first["nextCursor"], count=2)
    assert names(second) == ["c", "d"]
    for name in "ac":
        await scim.delete(f"/Users/{ids[name]}")
    nothing = await page(scim, second["previousCursor"], count=2)  # all before it has gone
    assert names(nothing) == []
    assert "previousCursor" not in nothing
    assert names(await page(scim, nothing["nextCursor"], count=2)) == ["d", "e"]
    for name in "ef":
        await scim.delete(f"/Users/{ids[name]}")
    nothing = await page(scim, second["nextCursor"], count=2)  # and all after
    assert names(nothing) == []
    assert "nextCursor" not in nothing
    assert names(await page(scim, nothing["previousCursor"], count=2)) == ["d"]


async def test_a_place_with_a_long_value(scim: httpx.AsyncClient) -> None:
    for number in range(4):
        await made(
            scim,
            "/Users",
            user(f"u{number}", title="长" * 10_000 + str(number), externalId="外" * 2_000 + str(number)),
        )
    for by, most in {"title": 2_000, "externalId": 12_000}.items():
        first = await page(scim, "", count=2, sortBy=by)
        assert len(first["nextCursor"]) < most
        assert names(await page(scim, first["nextCursor"], count=2, sortBy=by)) == ["u2", "u3"]


async def test_attributes_change_nothing_of_the_pages(scim: httpx.AsyncClient) -> None:
    ids = [(await made(scim, "/Users", user(name)))["id"] for name in ("a", "b")]
    first = await page(scim, "", count=1, attributes="id")
    assert first["Resources"] == [{"schemas": [USER], "id": ids[0]}]
    second = await page(scim, first["nextCursor"], count=1, excludedAttributes="meta,active")
    assert second["Resources"] == [{"schemas": [USER], "userName": "b", "id": ids[1]}]
