"""RFC 7644 section 3.5.2: every example from a resource before to the resource after."""

from typing import Any

import httpx
import pytest

from tests.scim.house import group, made, user
from tests.scim.rfc.examples import BABS, JAMES, example

pytestmark = pytest.mark.anyio
WORK = {"value": "babs@example.com", "type": "work"}
HOME = {"value": "babs@jensen.org", "type": "home"}
ADDRESS = example("rfc7644-3.5.2.3-replace-work-address")["Operations"][0]["value"]


@pytest.mark.parametrize(
    ("name", "before", "expected"),
    [
        ("rfc7644-3.5.2.1-add-no-path", {"emails": [WORK]}, {"emails": [WORK, HOME], "nickName": "Babs"}),
        ("rfc7644-3.5.2.2-remove-email", {"emails": [WORK, HOME]}, {"emails": [HOME]}),
        (
            "rfc7644-3.5.2.3-replace-no-path",
            {"emails": [WORK], "nickName": "x"},
            {"emails": [{"value": "bjensen@example.com", "type": "work", "primary": True}, HOME], "nickName": "Babs"},
        ),
        (
            "rfc7644-3.5.2.3-replace-work-address",
            {"addresses": [{"type": "home", "country": "z", "primary": True}, {"type": "work", "locality": "y"}]},
            {"addresses": [{"country": "z", "type": "home", "primary": False}, ADDRESS]},
        ),
        (
            "rfc7644-3.5.2.3-replace-street-address",
            {"addresses": [{"type": "work", "streetAddress": "x", "locality": "y"}]},
            {"addresses": [{"type": "work", "streetAddress": "1010 Broadway Ave", "locality": "y"}]},
        ),
    ],
)
async def test_a_user_is_changed(
    scim: httpx.AsyncClient, name: str, before: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = await made(scim, "/Users", user(title="unaffected", **before))
    answer = await scim.patch(f"/Users/{found['id']}", json=example(name))
    assert answer.status_code == 200
    after = {key: value for key, value in found.items() if key not in (*before, "meta")} | expected
    assert {key: value for key, value in answer.json().items() if key != "meta"} == after


@pytest.mark.parametrize(
    ("name", "before", "expected"),
    [
        ("rfc7644-3.5.2.1-add-members", [JAMES], [JAMES, BABS]),
        ("rfc7644-3.5.2.1-add-members", [BABS], [BABS]),
        ("rfc7644-3.5.2.2-remove-member", [BABS, JAMES], [JAMES]),
        ("rfc7644-3.5.2.2-remove-member", [JAMES], [JAMES]),
        ("rfc7644-3.5.2.2-remove-all-members", [BABS, JAMES], []),
        ("rfc7644-3.5.2.2-remove-and-add-member", [BABS], [JAMES]),
        ("rfc7644-3.5.2.2-replace-all-members", [JAMES], [JAMES, BABS]),
        ("rfc7644-3.5.2.3-replace-members", [JAMES], [JAMES, BABS]),
    ],
)
async def test_a_group_is_changed(scim: httpx.AsyncClient, name: str, before: list[str], expected: list[str]) -> None:
    """Members that stay keep their place (decision 0005): the order of joining."""
    ids = {old: (await made(scim, "/Users", user(old)))["id"] for old in (BABS, JAMES)}
    found = await made(scim, "/Groups", group(members=[{"value": ids[old]} for old in before]))
    version = {"If-Match": found["meta"]["version"]}
    answer = await scim.patch(f"/Groups/{found['id']}", json=example(name, ids), headers=version)
    assert answer.status_code == 200
    assert [member["value"] for member in answer.json().get("members", [])] == [ids[old] for old in expected]
    assert (answer.headers["etag"] == found["meta"]["version"]) is (before == expected)
