"""RFC 7644 sections 3.12 and 4, RFC 7643 sections 8.5 to 8.7: errors, and what a server says of itself."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER, GROUP, USER
from tests.scim.house import BASE, made, patch_op, refused, user
from tests.scim.rfc.examples import example

pytestmark = pytest.mark.anyio


async def test_nothing_is_there(scim: httpx.AsyncClient) -> None:
    shown = example("rfc7644-3.12-error-not-found")
    answer = await scim.get("/Users/2819c223-7f76-453a-919d-413861904646")
    refused(answer, 404)
    assert answer.json() | {"detail": ""} == shown | {"detail": ""}


async def test_what_is_read_only_stays(scim: httpx.AsyncClient) -> None:
    shown = example("rfc7644-3.12-error-mutability")
    found = await made(scim, "/Users", user())
    answer = await scim.patch(
        f"/Users/{found['id']}", json=patch_op({"op": "replace", "path": "id", "value": "another"})
    )
    assert answer.status_code == 400
    assert answer.json() | {"detail": ""} == shown | {"detail": ""}
    assert "id is readOnly" in answer.json()["detail"]


async def test_the_configuration_has_every_part(scim: httpx.AsyncClient) -> None:
    """What the example has, in the same types; documentationUri and the dates of meta are optional."""
    shown, ours = example("rfc7643-8.5-service-provider-config"), (await scim.get("/ServiceProviderConfig")).json()
    assert ours["schemas"] == shown["schemas"]
    for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag"):
        assert {key: type(value) for key, value in ours[name].items()} == {
            key: type(value) for key, value in shown[name].items()
        }
    bearer, mine = shown["authenticationSchemes"][0], ours["authenticationSchemes"][0]
    assert (mine["type"], mine["primary"]) == (bearer["type"], bearer["primary"])
    assert mine.keys() >= bearer.keys() - {"documentationUri"}
    assert ours["meta"]["resourceType"] == shown["meta"]["resourceType"]


async def test_the_resource_types(plain_scim: httpx.AsyncClient) -> None:
    """Ours are the RFC's; the enterprise extension is not required of every user here."""
    answer = (await plain_scim.get("/ResourceTypes")).json()
    listed = example("rfc7644-4-resource-types")
    shown = example("rfc7643-8.6-resource-types")
    assert listed["Resources"] == shown
    shown[0]["schemaExtensions"][0]["required"] = False
    for each in shown:
        each["meta"]["location"] = f"{BASE}/ResourceTypes/{each['id']}"
    assert answer == listed | {"itemsPerPage": 2, "Resources": shown}


DIFFERENCES = {
    # addresses, references and ids compare exactly (RFC 7643 section 2.3.7, erratum 8472)
    "profileUrl caseExact", "groups.value caseExact", "groups.$ref caseExact",
    "members.value caseExact", "members.$ref caseExact", "password caseExact",
    # memberships are direct, members are Users, each with its id (decision 0005)
    "groups.type canonicalValues", "members.type canonicalValues", "members.$ref referenceTypes",
    "members.value required",
    # what is complex has no case
    "x509Certificates caseExact",
    # a person's manager may be taken away; its name would change without the version
    "manager.value required", "manager.$ref required", "manager.$ref caseExact",
    "manager.displayName missing",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "urn"),
    [
        ("rfc7643-8.7.1-schema-user", USER),
        ("rfc7643-8.7.1-schema-group", GROUP),
        ("rfc7643-8.7.1-schema-enterprise-user", ENTERPRISE_USER),
    ],
)
async def test_every_attribute_is_as_the_rfc_defines_it(plain_scim: httpx.AsyncClient, name: str, urn: str) -> None:
    shown, ours = example(name), (await plain_scim.get(f"/Schemas/{urn}")).json()
    assert (ours["id"], ours["schemas"]) == (shown["id"], ["urn:ietf:params:scim:schemas:core:2.0:Schema"])
    assert len(shown["attributes"]) >= 2
    assert set(differences(shown["attributes"], ours["attributes"])) <= DIFFERENCES


def differences(shown: Sequence[Any], ours: Sequence[Any], above: str = "") -> Iterator[str]:
    """In what characteristic each attribute of the RFC's schema differs here."""
    mine: Mapping[str, Any] = {attribute["name"]: attribute for attribute in ours}
    for attribute in shown:
        name = above + attribute["name"]
        if attribute["name"] not in mine:
            yield f"{name} missing"
            continue
        other = mine[attribute["name"]]
        for key in (attribute.keys() | other.keys()) - {"name", "description", "subAttributes"}:
            if attribute.get(key) != other.get(key):
                yield f"{name} {key}"
        yield from differences(attribute.get("subAttributes", ()), other.get("subAttributes", ()), f"{name}.")
