"""Row 43: role x endpoint x method over the routes that a house really has; whoever may not is told so and no more.

Every route of the application needs a line in WHAT: one without fails here, so none is added without being thought of.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import BaseRoute, Mount, Route

from scim_server.api.operator import LONGEST, PATH
from scim_server.scim.urns import BULK_REQUEST, PATCH_OP, USER
from tests.policy.wire.bureau import Bureau

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FOREIGN = {"nobody": None, "another system's": "hm_" + "x" * 43, "the operator's own": "operator"}

READ, WRITE, OPEN, LOCAL = "read", "write", "open", "local"
SCIM = "/scim/v2"
ONE = {"GET": READ, "PUT": WRITE, "PATCH": WRITE, "DELETE": WRITE}
MANY = {"GET": READ, "POST": WRITE}
WHAT: Mapping[str, Mapping[str, str]] = {
    "/scim/v2": {"GET": READ},
    "/scim/v2/": {"GET": READ},
    "/scim/v2/.search": {"POST": READ},
    "/scim/v2/Users": MANY,
    "/scim/v2/Users/.search": {"POST": READ},
    "/scim/v2/Users/{id}": ONE,
    "/scim/v2/Groups": MANY,
    "/scim/v2/Groups/.search": {"POST": READ},
    "/scim/v2/Groups/{id}": ONE,
    "/scim/v2/ServiceProviderConfig": {"GET": READ},
    "/scim/v2/ResourceTypes": {"GET": READ},
    "/scim/v2/ResourceTypes/{id}": {"GET": READ},
    "/scim/v2/Schemas": {"GET": READ},
    "/scim/v2/Schemas/{id}": {"GET": READ},
    "/scim/v2/Events": {"POST": READ},
    "/scim/v2/jwks": {"GET": READ},
    "/scim/v2/Me": ONE | MANY,
    "/scim/v2/Bulk": {"POST": WRITE},
    "/scim/v2/{path:path}": {},
    "/healthz": {"GET": OPEN},
    "/readyz": {"GET": OPEN},
    "/metrics": {"GET": OPEN},
    "/operator": {"POST": LOCAL},
    "/api/v1": {},
    "/api/v1/reviews": {"GET": READ},
    "/api/v1/reviews/{month}": {"GET": READ},
    "/api/v1/reviews/{month}/accounts": {"GET": READ},
    "/api/v1/reviews/{month}/close": {"POST": WRITE},
    "/api/v1/reviews/{month}/instruction": {"POST": WRITE},
    "/api/v1/cases": {"GET": READ},
    "/api/v1/cases/{id}": {"GET": READ},
    "/api/v1/cases/{id}/reply": {"POST": WRITE},
    "/api/v1/letters": {"GET": READ},
    "/api/v1/letters/{id}": {"GET": READ},
    "/api/v1/letters/{id}/document": {"GET": READ},
    "/api/v1/letters/{id}/delivered": {"POST": WRITE},
    "/api/v1/letters/{id}/void": {"POST": WRITE},
    "/api/v1/returns": {"GET": READ},
    "/api/v1/returns/{id}": {"GET": READ},
    "/api/v1/returns/{id}/decision": {"POST": WRITE},
    "/api/v1/activity/{externalId}": {"GET": READ},
    "/api/v1/deadlines": {"GET": READ},
    "/api/v1/reports/{name}": {"GET": READ},
    "/api/v1/openapi.json": {"GET": READ},
    "/api/v1/{path:path}": {},
}
"""What each method of a path is: read by every role, written by hr and admin, open to everybody, the operator's own."""


def address(path: str, id: str) -> str:
    """One that the pattern stands for."""
    known = {"{id}": id, "{path:path}": "no/such", "{month}": "2026-07", "{externalId}": "E-0", "{name}": "none"}
    for pattern, value in known.items():
        path = path.replace(pattern, value)
    return path


class Doors(Bureau):
    """A house with somebody in it whom nobody without a right may hear of."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        body = {"schemas": [USER], "userName": "secret.name", "externalId": "SECRET-1", "displayName": "金丝雀"}
        self.user = self.ok("POST", "/Users", body)["id"]
        team = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "金丝雀队"}
        self.group = self.ok("POST", "/Groups", team | {"members": [{"value": self.user}]})["id"]
        self.secrets = (
            self.user,
            self.group,
            "secret.name",
            "SECRET-1",
            "金丝雀",
            self.house.secret,
            *self.tokens.values(),
        )

    def asked(self, method: str, path: str, token: str | None, **more: Any) -> httpx.Response:
        """One request to any path of the application."""
        headers = more.pop("headers", {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        return self._loop.run(self._once(method, path, headers, more))

    async def _once(self, method: str, path: str, headers: dict[str, str], more: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.house.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.request(method, path, headers=headers, **more)

    def tell_nothing(self, answer: httpx.Response) -> None:
        """No id, no name, no secret, in body or headers."""
        said = answer.text + repr(answer.headers)
        assert [each for each in self.secrets if each in said] == []


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    one = Doors(tmp_path_factory.mktemp("doors"))
    yield one
    one.close()


def paths(routes: list[BaseRoute], under: str = "") -> list[str]:
    found: list[str] = []
    for each in routes:
        if isinstance(each, Mount):
            found += paths(list(each.routes), under + each.path)
        else:
            assert isinstance(each, Route), each
            found.append(under + each.path)
    return found


def body_of(path: str, method: str) -> Any:
    """Something that would do harm if it were let in."""
    if path == PATH:
        return {"command": "token-create", "arguments": {"role": "admin", "name": "thief"}}
    if method == "PATCH":
        return {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "displayName", "value": "x"}]}
    if path.endswith("/Bulk"):
        operation = {
            "method": "POST",
            "path": "/Users",
            "bulkId": "a",
            "data": {"schemas": [USER], "userName": "thief"},
        }
        return {"schemas": [BULK_REQUEST], "Operations": [operation]}
    if path.endswith(".search"):
        return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}
    return {"schemas": [USER], "userName": "thief"} if method in ("POST", "PUT") else None


def test_every_route_of_the_house_has_its_line_here(doors: Doors) -> None:
    """Row 43: the table is that of the real application, and so is each door's list of methods."""
    found = paths(list(doors.house.app.routes))
    assert set(found) == WHAT.keys()
    assert len(found) == len(set(found))


@pytest.mark.parametrize("path", sorted(WHAT.keys() - {PATH}))
def test_each_role_may_do_its_own_and_nothing_else(doors: Doors, path: str) -> None:
    """Row 43: 401 without a token of ours, 403 for every "no", 404 or 405 for what is nowhere; nothing is written."""
    where = address(path, doors.group if "Groups" in path else doors.user)
    for method in METHODS:
        right = WHAT[path].get("GET" if method == "HEAD" else method)
        before = doors.everything()
        for name, token in (FOREIGN | {"operator": doors.house.secret}).items():
            answer = doors.asked(method, where, token, json=body_of(path, method))
            if right == OPEN:
                assert answer.status_code in (200, 503), (method, where)
            elif path in ("/healthz", "/readyz", "/metrics"):
                assert answer.status_code == 405, (method, where)
            else:
                assert answer.status_code == 401, (name, method, where)
                assert answer.headers["www-authenticate"].startswith("Bearer")
            doors.tell_nothing(answer)
        answer = doors.asked(method, where, doors.tokens["auditor"], json=body_of(path, method))
        if right == WRITE:
            assert answer.status_code == 403, (method, where)
            doors.tell_nothing(answer)
        elif right == READ:
            fileless = path == "/api/v1/deadlines"  # a report is a process of its own, which this house cannot begin
            assert answer.status_code in ((503,) if fileless else (200, 202, 204, 404)), (method, where, answer.text)
        elif right is None:
            assert answer.status_code in (403, 404, 405), (method, where)
            doors.tell_nothing(answer)
        assert doors.everything() == before, (method, where)


@pytest.mark.parametrize("role", ["hr", "admin"])
def test_hr_and_admin_are_refused_nothing_but_what_is_nowhere(doors: Doors, role: str) -> None:
    """Row 43: the same table from its other side; what is asked for does not exist, so nothing is changed by asking."""
    for path, rights in WHAT.items():
        where = address(path, "00000000-0000-7000-8000-000000000000")
        for method in METHODS:
            if path == PATH or rights.get(method) == OPEN:
                continue
            status = doors.asked(method, where, doors.tokens[role], json={}).status_code
            assert status not in (401, 403), (method, where)
            assert status in (404, 405) or method in rights or method == "HEAD", (method, where, status)


WRONG = {
    "nothing": {},
    "another": {"Authorization": "Bearer " + "A" * 43},
    "empty": {"Authorization": "Bearer "},
    "not ASCII": {"Authorization": "Bearer ü".encode()},
    "basic": {"Authorization": "Basic b3BlcmF0b3I6"},
    "in a query": {"X-Query": "1"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_the_operators_door_is_not_there_without_its_secret(doors: Doors, wrong: str) -> None:
    """Row 43: 404 with nothing in it, for every wrong secret, token of SCIM and method; no command is run."""
    before = doors.rows("SELECT count(*) FROM tokens")
    path = f"{PATH}?secret={doors.house.secret}&access_token={doors.house.secret}" if wrong == "in a query" else PATH
    headers: dict[str, Any] = WRONG[wrong]
    answer = doors.asked("POST", path, None, json=body_of(PATH, "POST"), headers=headers)
    assert (answer.status_code, answer.content) == (404, b"")
    doors.tell_nothing(answer)
    assert doors.rows("SELECT count(*) FROM tokens") == before


def test_no_token_of_scim_and_no_part_of_the_secret_opens_the_operators_door(doors: Doors) -> None:
    """Row 43: an admin of SCIM is no operator; the secret counts whole, in its own case, and with a small body."""
    before, secret = doors.rows("SELECT count(*) FROM tokens"), doors.house.secret
    for token in (*doors.tokens.values(), secret[:-1], secret + "A", secret.swapcase(), f" {secret}", f"{secret} "):
        answer = doors.asked("POST", PATH, token, json=body_of(PATH, "POST"))
        assert (answer.status_code, answer.content) == (404, b""), token
    long = doors.asked("POST", PATH, secret, content=b" " * (LONGEST + 1))
    assert long.status_code == 404
    for method in METHODS:
        if method != "POST":
            assert doors.asked(method, PATH, secret).status_code == 405
    assert doors.rows("SELECT count(*) FROM tokens") == before
    assert doors.asked("POST", PATH, secret, json={"command": "retry", "arguments": {}}).status_code == 200
