"""What an event says, and who vouches for it (RFC 8417, RFC 9967)."""

import re
from pathlib import Path
from typing import Any

import httpx
import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from scim_server.scim.events import Change, Feed
from scim_server.scim.schemas import load
from scim_server.scim.signature import Signature
from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_USER
from tests.scim.feed import NOW, polled
from tests.scim.house import BASE, House, Served, group, made, patch_op, refused, user

pytestmark = pytest.mark.anyio
PROV = "urn:ietf:params:scim:event:prov:"


def said(sets: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """(uri of the subject, events without the prefix)."""
    return [
        (each["sub_id"]["uri"], {uri.removeprefix(PROV): payload for uri, payload in each["events"].items()})
        for each in sets
    ]


def named(version: int, *attributes: str) -> dict[str, Any]:
    """The payload of a notice, the names in the order of the document."""
    return {"attributes": list(attributes), "version": f'W/"{version}"'}


async def test_every_kind_of_change_is_told_in_its_order(scim: httpx.AsyncClient, auditor: httpx.AsyncClient) -> None:
    body = user(name={"familyName": "张"}, password="geheim-123", **{ENTERPRISE_USER: {"department": "科信股"}})
    who = f"/Users/{(await made(scim, '/Users', body))['id']}"
    team = f"/Groups/{(await made(scim, '/Groups', group()))['id']}"
    joins = {"op": "add", "path": "members", "value": [{"value": who.rpartition("/")[2]}]}
    await scim.patch(team, json=patch_op(joins))
    moved = {"op": "replace", "path": f"{ENTERPRISE_USER}:department", "value": "办公室"}
    await scim.patch(who, json=patch_op(moved, {"op": "replace", "path": "active", "value": False}))
    await scim.put(who, json=user(title="科长", active=True))
    await scim.delete(who)
    sets, more = await polled(auditor)
    office = f"{ENTERPRISE_USER}:department"
    assert said(sets) == [
        (who, {"create:notice": named(1, "id", "userName", "name", "active", office)}),
        (team, {"create:notice": named(1, "id", "displayName")}),
        (team, {"patch:notice": {"attributes": ["members"]}}),
        (who, {"patch:notice": named(3, "active", office), "deactivate": {}}),
        (who, {"put:notice": named(4, "name", "active", office, "title"), "activate": {}}),
        (who, {"delete": {}}),
    ]
    assert not more


async def test_members_from_the_beginning_and_by_put_are_told(scim: httpx.AsyncClient) -> None:
    one, two = [(await made(scim, "/Users", user(name)))["id"] for name in ("u1", "u2")]
    where = f"/Groups/{(await made(scim, '/Groups', group(members=[{'value': one}, {'value': one}])))['id']}"
    await scim.put(where, json=group("足球队", members=[{"value": two}]))
    assert said((await polled(scim))[0])[2:] == [
        (where, {"create:notice": named(1, "id", "displayName")}),
        (where, {"patch:notice": {"attributes": ["members"]}}),
        (where, {"put:notice": named(2, "displayName")}),
        (where, {"patch:notice": {"attributes": ["members"]}}),
    ]


async def test_the_claims_of_a_token(scim: httpx.AsyncClient, auditor: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", user())
    [[told], _], [[other], _] = await polled(auditor), await polled(scim)
    assert told.keys() == {"iss", "aud", "iat", "toe", "jti", "txn", "sub_id", "events"}
    assert (told["iss"], told["aud"], other["aud"]) == (BASE, "auditor", "hr")
    assert told["sub_id"] == {"format": "scim", "uri": f"/Users/{found['id']}"}
    assert told["iat"] == told["toe"]
    assert (told["jti"] != other["jti"], told["txn"] == other["txn"]) == (True, True)


def test_what_is_restricted_is_not_named() -> None:
    """S18: of an investigation not even that its attribute changed; of a change of nothing else, no name at all."""
    facts, user_type = [{"value": "e1", "kind": "suspension"}], load(True).user
    changed = {"assignments": [{"value": "a1"}], "statusEvents": facts}
    for after, told in ((changed, [f"{ROSTER_USER}:assignments"]), ({"statusEvents": facts}, [])):
        body = orjson.dumps({ROSTER_USER: after})
        change = Change(7, 0.5, "patch", "User", "1", 2, True, True, b"{}", body)
        assert Feed(BASE, "hr").claims(change, user_type)["events"] == {f"{PROV}patch:notice": named(2, *told)}


async def test_no_value_leaves_by_the_feed(scim: httpx.AsyncClient, auditor: httpx.AsyncClient) -> None:
    secrets = {"title": "Geheimrat", "nickName": "Fuchs", "emails": [{"value": "z@gov.example"}], "externalId": "YZ1"}
    who = f"/Users/{(await made(scim, '/Users', user('zhangsan', **secrets)))['id']}"
    await scim.patch(who, json=patch_op({"op": "replace", "path": "title", "value": "Hofrat"}))
    await scim.delete(who)
    sets, _ = await polled(auditor)
    assert len(sets) == 3
    assert re.findall("Geheimrat|Fuchs|gov.example|YZ1|Hofrat|zhangsan", str(sets)) == []


async def test_events_are_announced(scim: httpx.AsyncClient) -> None:
    told = (await scim.get("/ServiceProviderConfig")).json()["securityEvents"]
    notices = {f"{PROV}{name}:notice" for name in ("create", "put", "patch")}
    assert told["asyncRequest"] == "none"
    assert set(told["eventUris"]) == notices | {f"{PROV}{name}" for name in ("delete", "activate", "deactivate")}
    refused(await scim.get("/jwks"), 404)


async def test_plain_scim_knows_no_events(plain_scim: httpx.AsyncClient) -> None:
    assert "securityEvents" not in (await plain_scim.get("/ServiceProviderConfig")).json()
    refused(await plain_scim.post("/Events", json=NOW), 404)


def pem(key: Any) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


async def test_signed_events_verify_by_the_served_key(tmp_path: Path) -> None:
    house = House(tmp_path, Served(event_key=pem(Ed25519PrivateKey.generate())))
    async with house.client() as scim:
        await made(scim, "/Users", user())
        keys = jwt.PyJWKSet.from_dict((await scim.get("/jwks")).json())
        [(jti, token)] = (await scim.post("/Events", json=NOW)).json()["sets"].items()
        head = jwt.get_unverified_header(token)
        assert (head["alg"], head["typ"]) == ("EdDSA", "secevent+jwt")
        found = jwt.decode(token, keys[head["kid"]], ["EdDSA"], audience="hr", issuer=BASE)
        assert found["jti"] == jti
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(token[:-8] + "AAAAAAAA", keys[head["kid"]], ["EdDSA"], audience="hr")
    house.close()


@pytest.mark.parametrize("text", ["", "nonsense", pem(generate_private_key(65537, 2048))])
def test_a_key_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        Signature(text)
