"""The examples of RFC 7643 and 7644, in files named by section, through HTTP."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER
from tests.scim.house import group, made, user

pytestmark = pytest.mark.anyio
HERE = Path(__file__).parent
BABS, JAMES = "2819c223-7f76-453a-919d-413861904646", "08e1d05d-121c-4561-8b96-473d93df9210"


def example(name: str) -> Any:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def test_every_example_is_used() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    assert [path.stem for path in HERE.glob("*.json") if f'"{path.stem}"' not in here] == []


@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        ("rfc7643-8.1-user-minimal", "/Users"),
        ("rfc7643-8.2-user-full", "/Users"),
        ("rfc7643-8.3-user-enterprise", "/Users"),
        ("rfc7643-8.4-group", "/Groups"),
        ("rfc7644-3.3-create-user", "/Users"),
    ],
)
async def test_a_resource_comes_back_as_it_was_sent(scim: httpx.AsyncClient, name: str, endpoint: str) -> None:
    """But for what is the server's: id, meta, groups, the manager's readOnly parts, and the password."""
    sent = example(name)
    found = await made(scim, endpoint, sent)
    expected = {key: value for key, value in sent.items() if key not in ("id", "meta", "groups", "password")}
    if ENTERPRISE_USER in expected:
        expected[ENTERPRISE_USER]["manager"] = {"value": expected[ENTERPRISE_USER]["manager"]["value"]}
    if endpoint == "/Users":
        expected.setdefault("active", True)
    assert {key: value for key, value in found.items() if key not in ("id", "meta")} == expected
    again = await scim.put(f"{endpoint}/{found['id']}", json=found)
    assert again.json() == found


async def test_a_user_is_replaced(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", example("rfc7644-3.3-create-user"))
    sent = example("rfc7644-3.5.1-replace-user")
    after = (await scim.put(f"/Users/{found['id']}", json=sent)).json()
    assert (after["id"], after["name"], after["emails"]) == (found["id"], sent["name"], sent["emails"])
    assert "roles" not in after


WORK = {"value": "babs@example.com", "type": "work"}
HOME = {"value": "babs@jensen.org", "type": "home"}


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
            {"addresses": [{"type": "work", "streetAddress": "x", "locality": "y"}, {"type": "home", "country": "z"}]},
            {
                "addresses": [
                    example("rfc7644-3.5.2.3-replace-work-address")["Operations"][0]["value"],
                    {"type": "home", "country": "z"},
                ]
            },
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
    found = await made(scim, "/Users", user(**before))
    answer = await scim.patch(f"/Users/{found['id']}", json=example(name))
    assert answer.status_code == 200
    assert {key: answer.json().get(key) for key in expected} == expected


@pytest.mark.parametrize(
    ("name", "before", "expected"),
    [
        ("rfc7644-3.5.2.1-add-members", [JAMES], [JAMES, BABS]),
        ("rfc7644-3.5.2.2-remove-member", [BABS, JAMES], [JAMES]),
        ("rfc7644-3.5.2.2-remove-all-members", [BABS, JAMES], []),
        ("rfc7644-3.5.2.2-remove-and-add-member", [BABS], [JAMES]),
        ("rfc7644-3.5.2.3-replace-members", [JAMES], [BABS, JAMES]),
    ],
)
async def test_a_group_is_changed(scim: httpx.AsyncClient, name: str, before: list[str], expected: list[str]) -> None:
    ids = {old: (await made(scim, "/Users", user(old)))["id"] for old in (BABS, JAMES)}
    found = await made(scim, "/Groups", group(members=[{"value": ids[old]} for old in before]))
    text = json.dumps(example(name))
    for old, new in ids.items():
        text = text.replace(old, new)
    answer = await scim.patch(f"/Groups/{found['id']}", content=text)
    assert answer.status_code == 200
    assert {member["value"] for member in answer.json().get("members", [])} == {ids[old] for old in expected}
