"""Microsoft Entra ID pushing groups, in both modes; where the shapes come from stands in test_entra."""

import httpx
import pytest

from scim_server.scim.urns import GROUP
from tests.scim.clients.entra import NEW_GROUP, another
from tests.scim.clients.wire import ids, matching, patched
from tests.scim.house import made, refused

pytestmark = pytest.mark.anyio


async def test_a_group_is_made_found_and_renamed(scim: httpx.AsyncClient) -> None:
    assert await matching(scim, "/Groups", 'displayName eq "displayName"', excludedAttributes="members") == []
    found = await made(scim, "/Groups", NEW_GROUP)
    assert (found["schemas"], found["externalId"]) == ([GROUP], NEW_GROUP["externalId"])
    where = f"/Groups/{found['id']}"
    for text in ('displayName eq "displayname"', f'externalId eq "{NEW_GROUP["externalId"]}"'):
        assert await matching(scim, "/Groups", text, excludedAttributes="members") == [found["id"]]
    renamed = await patched(scim, where, {"op": "Replace", "path": "displayName", "value": "1879db59"})
    assert renamed == found | {"displayName": "1879db59", "meta": renamed["meta"]}
    assert (await scim.delete(where)).status_code == 204
    refused(await scim.get(where, params={"excludedAttributes": "members"}), 404)


@pytest.mark.parametrize("flag", [False, True])
async def test_members_come_and_go(scim: httpx.AsyncClient, flag: bool) -> None:
    one, two, three = [(await made(scim, "/Users", another(name)))["id"] for name in ("one", "two", "three")]
    where = f"/Groups/{(await made(scim, '/Groups', NEW_GROUP))['id']}"
    add = "add" if flag else "Add"
    values = [{"$ref": None, "value": id} for id in (one, two, three)]
    added = await patched(scim, where, {"op": add, "path": "members", "value": values})
    assert ids(added) == [one, two, three]
    again = await patched(scim, where, {"op": add, "path": "members", "value": values[:1]})
    assert again == added
    bare = await scim.get(where, params={"excludedAttributes": "members"})
    assert bare.json() == {key: value for key, value in added.items() if key != "members"}
    for who in (one, two):
        removal = (
            {"op": "remove", "path": f'members[value eq "{who}"]'}
            if flag
            else {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": who}]}
        )
        left = await patched(scim, where, removal)
        assert who not in ids(left)
    assert ids(left) == [three]


async def test_whether_somebody_is_a_member(scim: httpx.AsyncClient) -> None:
    one, two = [(await made(scim, "/Users", another(name)))["id"] for name in ("one", "two")]
    found = (await made(scim, "/Groups", NEW_GROUP))["id"]
    await patched(scim, f"/Groups/{found}", {"op": "Add", "path": "members", "value": [{"value": one}]})
    for who, there in ((one, [found]), (two, [])):
        text = f'id eq "{found}" and members eq "{who}"'
        assert await matching(scim, "/Groups", text, attributes="id") == there


async def test_a_thousand_members_leave_in_one_request(scim: httpx.AsyncClient) -> None:
    """One operation each, as the flag makes it send them; who is no member any more does not disturb."""
    one = (await made(scim, "/Users", another("one")))["id"]
    where = f"/Groups/{(await made(scim, '/Groups', NEW_GROUP))['id']}"
    await patched(scim, where, {"op": "add", "path": "members", "value": [{"value": one}]})
    gone = [f"{number:08x}-0000-7000-8000-000000000000" for number in range(999)]
    removals = [{"op": "remove", "path": f'members[value eq "{who}"]'} for who in (one, *gone)]
    assert ids(await patched(scim, where, *removals)) == []
