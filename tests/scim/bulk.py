"""Bulk requests, and what their operations are answered."""

from typing import Any

import httpx

from scim_server.scim.urns import BULK_REQUEST, BULK_RESPONSE
from tests.scim.house import BASE, group, user


def message(*operations: Any, **words: Any) -> dict[str, Any]:
    """A BulkRequest."""
    return {"schemas": [BULK_REQUEST], "Operations": list(operations), **words}


def operation(method: str, path: str, data: Any = None, **words: Any) -> dict[str, Any]:
    """Anything but a POST, or a POST that is not as it should be."""
    return {"method": method, "path": path, **({} if data is None else {"data": data}), **words}


def new_user(bulk_id: str, user_name: str | None = None, **attributes: Any) -> dict[str, Any]:
    """A POST of a User, who is called like his bulkId."""
    return operation("POST", "/Users", user(bulk_id if user_name is None else user_name, **attributes), bulkId=bulk_id)


def new_group(bulk_id: str, *members: str, **attributes: Any) -> dict[str, Any]:
    """A POST of a Group with these members."""
    given = {"members": [{"value": member} for member in members]} if members else {}
    return operation("POST", "/Groups", group(bulk_id, **given, **attributes), bulkId=bulk_id)


async def answers(scim: httpx.AsyncClient, *operations: Any, **words: Any) -> list[dict[str, Any]]:
    """What each operation that was done is answered, in the order of the answer."""
    answer = await scim.post("/Bulk", json=message(*operations, **words))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/scim+json"
    body = answer.json()
    assert body.keys() == {"schemas", "Operations"}
    assert body["schemas"] == [BULK_RESPONSE]
    found: list[dict[str, Any]] = body["Operations"]
    return found


def statuses(done: list[dict[str, Any]]) -> list[str]:
    """The status of each."""
    return [each["status"] for each in done]


def path(done: dict[str, Any]) -> str:
    """Where its resource is, relative to the API."""
    found: str = done["location"]
    assert found.startswith(BASE)
    return found.removeprefix(BASE)


def id_of(done: dict[str, Any]) -> str:
    """The id of its resource."""
    return path(done).rsplit("/", 1)[1]


def error(done: dict[str, Any], status: int, scim_type: str | None = None) -> str:
    """Asserts that it failed so, and returns the detail."""
    assert done["status"] == str(status), done
    assert "version" not in done
    said = done["response"]
    assert said["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert (said["status"], said.get("scimType")) == (str(status), scim_type), said
    detail: str = said["detail"]
    assert detail
    return detail
