"""A SCIM client as an HR system is one: bodies by the RFCs, and what was acknowledged."""

from typing import Any

import httpx

from tests.servers.plain import PLAIN

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
DEPARTMENT = "urn:ietf:params:scim:schemas:extension:cnroster:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

Json = dict[str, Any]


def user(name: str, key: str | None = None, **attributes: Any) -> Json:
    """A User that has all that its entry needs."""
    body: Json = {"schemas": [USER], "userName": name, "name": {"formatted": f"用户{name}", "familyName": "用户"}}
    body["externalId"] = key or f"E-{name}"
    manager = attributes.pop("manager", None)
    if manager:
        body["schemas"], body[ENTERPRISE] = [USER, ENTERPRISE], {"manager": {"value": manager}}
    return body | attributes


def plain_group(name: str, key: str | None = None, members: tuple[str, ...] = ()) -> Json:
    """A Group without the roster's extension."""
    body: Json = {"schemas": [GROUP], "displayName": name, "members": [{"value": id} for id in members]}
    return body | ({"externalId": key} if key else {})


def department(
    name: str, code: str, parent: str | None = None, kind: str = "office", members: tuple[str, ...] = ()
) -> Json:
    """A Group that is a department."""
    facts = {"departmentCode": code, "kind": kind} | ({"parent": parent} if parent else {})
    return plain_group(name, code, members) | {"schemas": [GROUP, DEPARTMENT], DEPARTMENT: facts}


def replace(**values: Any) -> Json:
    """A PATCH that replaces top-level attributes."""
    return {"schemas": [PATCH], "Operations": [{"op": "replace", "value": values}]}


def set_manager(id: str | None) -> Json:
    """A PATCH of the enterprise extension's manager; None takes it away."""
    path = f"{ENTERPRISE}:manager"
    if id is None:
        return {"schemas": [PATCH], "Operations": [{"op": "remove", "path": path}]}
    return {"schemas": [PATCH], "Operations": [{"op": "replace", "path": path, "value": {"value": id}}]}


def join(*ids: str) -> Json:
    """A PATCH that adds members."""
    value = [{"value": id} for id in ids]
    return {"schemas": [PATCH], "Operations": [{"op": "add", "path": "members", "value": value}]}


def leave(*ids: str) -> Json:
    """A PATCH that removes members, one operation each."""
    operations = [{"op": "remove", "path": f'members[value eq "{id}"]'} for id in ids]
    return {"schemas": [PATCH], "Operations": operations}


class Hr:
    """Pushes to one house. Every method answers the resource; anything but success fails the test."""

    def __init__(self, base: str, secret: str) -> None:
        self.http = httpx.Client(
            base_url=f"{base}/scim/v2", headers={"Authorization": f"Bearer {secret}"}, timeout=60, verify=PLAIN
        )

    def close(self) -> None:
        self.http.close()

    def post(self, kind: str, body: Json) -> Json:
        return self._ok(self.http.post(f"/{kind}", json=body), 201)

    def put(self, kind: str, id: str, body: Json) -> Json:
        return self._ok(self.http.put(f"/{kind}/{id}", json=body), 200)

    def patch(self, kind: str, id: str, body: Json) -> Json:
        return self._ok(self.http.patch(f"/{kind}/{id}", json=body), 200)

    def get(self, kind: str, id: str) -> Json:
        return self._ok(self.http.get(f"/{kind}/{id}"), 200)

    def delete(self, kind: str, id: str) -> None:
        answer = self.http.delete(f"/{kind}/{id}")
        assert answer.status_code == 204, (answer.status_code, answer.text)

    def everything(self, kind: str) -> list[Json]:
        """All pages of a list."""
        found: list[Json] = []
        while True:
            query = {"startIndex": len(found) + 1, "count": 500}
            page = self._ok(self.http.get(f"/{kind}", params=query), 200)
            found += page["Resources"]
            if len(found) >= page["totalResults"]:
                return found

    # -- short forms

    def add(self, name: str, key: str | None = None, **attributes: Any) -> str:
        """A new User; its id."""
        return str(self.post("Users", user(name, key, **attributes))["id"])

    def team(self, name: str, key: str | None = None, members: tuple[str, ...] = ()) -> str:
        """A new plain Group; its id."""
        return str(self.post("Groups", plain_group(name, key, members))["id"])

    def office(self, name: str, code: str, parent: str | None = None, members: tuple[str, ...] = ()) -> str:
        """A new department; its id."""
        return str(self.post("Groups", department(name, code, parent, members=members))["id"])

    def change(self, id: str, **values: Any) -> Json:
        """PATCH of a User's top-level attributes."""
        return self.patch("Users", id, replace(**values))

    @staticmethod
    def _ok(answer: httpx.Response, status: int) -> Json:
        assert answer.status_code == status, (answer.request.method, answer.url, answer.status_code, answer.text)
        body: Json = answer.json()
        return body
