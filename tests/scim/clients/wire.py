"""What the suites share: requests that must succeed, and what they bring back."""

from typing import Any

import httpx

from scim_server.scim.urns import PATCH_OP


async def patched(scim: httpx.AsyncClient, where: str, *operations: dict[str, Any]) -> dict[str, Any]:
    """PATCHes with a PatchOp and returns the resource, which GET shows as well."""
    answer = await scim.patch(where, json={"schemas": [PATCH_OP], "Operations": list(operations)})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert (await scim.get(where)).json() == found
    return found


async def put(scim: httpx.AsyncClient, where: str, body: dict[str, Any]) -> dict[str, Any]:
    """PUTs and returns the resource, which GET shows as well."""
    answer = await scim.put(where, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert (await scim.get(where)).json() == found
    return found


async def listed(scim: httpx.AsyncClient, endpoint: str, **parameters: Any) -> list[dict[str, Any]]:
    """The resources of one page."""
    answer = await scim.get(endpoint, params=parameters)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["Resources"]
    return found


async def matching(scim: httpx.AsyncClient, endpoint: str, text: str, **parameters: Any) -> list[str]:
    """The ids of those whom a filter chooses."""
    return [each["id"] for each in await listed(scim, endpoint, filter=text, **parameters)]


def ids(group: dict[str, Any]) -> list[str]:
    """The ids of a Group's members."""
    return [member["value"] for member in group.get("members", [])]
