"""Who is let in, and how everything else is turned away: as SCIM errors."""

import json

import httpx
import pytest

from scim_server.scim.urns import USER
from tests.scim.house import House, made, refused, user

pytestmark = pytest.mark.anyio
PATHS = ["/Users", "/Users/x", "/Groups", "/Schemas", "/ServiceProviderConfig", "/ResourceTypes", "/Me", "/nope", "/"]


@pytest.mark.parametrize("path", PATHS)
async def test_without_a_token_nothing_is_told(house: House, path: str) -> None:
    async with house.client(None) as scim:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            answer = await scim.request(method, path)
            refused(answer, 401)
            assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "spelled",
    [
        "{0}", "Bearer", "Bearer ", "Bearer\t{0}", "Bearer{0}", "Basic {0}", "Bearer {0} ", "Bearer {0},{0}",
        "Bearer {0}x", "Bearer {1}", "Bearer {2}", 'Bearer "{0}"', "Token {0}", "Bearer x", "Bearer \xe9",
    ],
)  # fmt: skip
async def test_a_token_that_is_not_exactly_one(house: House, spelled: str) -> None:
    token = house.tokens["hr"]
    field = spelled.format(token, token[:-1], token.swapcase())
    async with house.client(None) as scim:
        answer = await scim.get("/Users", headers={b"Authorization": field.encode("latin-1")})
        refused(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_counts_in_one_authorization_header_only(house: House) -> None:
    token = house.tokens["hr"]
    async with house.client(None) as scim:
        twice = [("Authorization", f"Bearer {token}")] * 2
        refused(await scim.get("/Users", headers=twice), 401)
        refused(await scim.get("/Users", params={"access_token": token}), 401)
        refused(
            await scim.get("/Users", headers={"X-Forwarded-User": "hr", "Proxy-Authorization": f"Bearer {token}"}), 401
        )
        for scheme in ("bearer", "BEARER"):
            assert (await scim.get("/Users", headers={"Authorization": f"{scheme}  {token}"})).status_code == 200


async def test_hr_and_admin_write_and_an_auditor_reads(house: House) -> None:
    async with house.client("admin") as scim:
        where = f"/Users/{(await made(scim, '/Users', user()))['id']}"
    async with house.client("auditor") as scim:
        before = house.count()
        for method, path in (
            ("POST", "/Users"),
            ("PUT", where),
            ("PATCH", where),
            ("DELETE", where),
            ("POST", "/Groups"),
        ):
            refused(await scim.request(method, path, json=user("x")), 403)
        for path in (where, "/Users", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig"):
            assert (await scim.get(path)).status_code == 200
        assert house.count() == before


async def test_the_name_of_the_token_stands_in_the_record(house: House) -> None:
    for role in ("hr", "admin"):
        async with house.client(role) as scim:
            await made(scim, "/Users", user(role))
    with house.engine.connect() as connection:
        assert [row[0] for row in connection.exec_driver_sql("SELECT actor FROM changes ORDER BY seq")] == [
            "hr",
            "admin",
        ]


@pytest.mark.parametrize("path", ["/nope", "/Users/a/b", "/users", "/Schemas/urn:x", "/ResourceTypes/X", "/Users/"])
async def test_there_is_no_such_path(scim: httpx.AsyncClient, path: str) -> None:
    refused(await scim.get(path), 404)


@pytest.mark.parametrize("id", ["x", "%00", "%2e%2e", "a'b", "张", "x" * 5000, "01a2133c-57ec-740b-9f3c-8581b741f616"])
async def test_there_is_no_such_resource(scim: httpx.AsyncClient, id: str) -> None:
    for endpoint in ("/Users", "/Groups"):
        refused(await scim.get(f"{endpoint}/{id}"), 404)
        refused(await scim.delete(f"{endpoint}/{id}"), 404)


async def test_a_user_is_no_group(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", user())
    refused(await scim.get(f"/Groups/{found['id']}"), 404)
    refused(await scim.delete(f"/Groups/{found['id']}"), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/Users", "GET, HEAD, POST"),
        ("PATCH", "/Groups", "GET, HEAD, POST"),
        ("POST", "/Users/x", "DELETE, GET, HEAD, PATCH, PUT"),
        ("POST", "/Schemas", "GET, HEAD"),
        ("PUT", "/ServiceProviderConfig", "GET, HEAD"),
        ("TRACE", "/Users", "GET, HEAD, POST"),
    ],
)
async def test_a_method_that_is_not_possible_there(
    scim: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    answer = await scim.request(method, path)
    refused(answer, 405)
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize("path", ["/Me"])
async def test_what_the_standard_knows_and_this_server_does_not(scim: httpx.AsyncClient, path: str) -> None:
    refused(await scim.post(path, json={}), 501)


@pytest.mark.parametrize("kind", ["application/scim+json", "application/json", "Application/JSON; charset=utf-8", ""])
async def test_content_types_that_are_read(scim: httpx.AsyncClient, kind: str) -> None:
    content = json.dumps({"schemas": [USER], "userName": "x"}).encode()
    headers = {"Content-Type": kind} if kind else {}
    assert (await scim.post("/Users", content=content, headers=headers)).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": "text/plain"}, {"Content-Type": "application/xml"}, {"Content-Type": "multipart/form-data"},
     {"Content-Type": "application/json", "Content-Encoding": "gzip"}],
)  # fmt: skip
async def test_content_types_that_are_not(scim: httpx.AsyncClient, house: House, headers: dict[str, str]) -> None:
    for method in ("POST", "PUT", "PATCH"):
        path = "/Users" if method == "POST" else "/Users/x"
        refused(await scim.request(method, path, content=b"{}", headers=headers), 415)
    assert house.count() == (0, 0)


async def test_headers_are_counted_and_weighed(scim: httpx.AsyncClient) -> None:
    refused(await scim.get("/Users", headers=[(f"X-{number}", "x") for number in range(120)]), 431)
    refused(await scim.get("/Users", headers={"X-Long": "x" * 70_000}), 431)
    assert (await scim.get("/Users", headers={"X-Long": "x" * 8_000})).status_code == 200


async def test_the_host_header_is_nobody(scim: httpx.AsyncClient) -> None:
    answer = await scim.post(
        "/Users", json=user(), headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    )
    assert "evil" not in answer.text + answer.headers["location"]


async def test_our_own_failure_tells_nothing_of_the_inside(scim: httpx.AsyncClient, house: House) -> None:
    house.roster.close()  # the store is gone, which no handler expects
    detail = refused(await scim.get("/Users/01a2133c-57ec-740b-9f3c-8581b741f616"), 500)
    assert "closed" not in detail.lower()
