"""The schema table."""

import json
from importlib.resources import files

import pytest

from scim_server.scim.folded import folds
from scim_server.scim.kept import KEPT
from scim_server.scim.schemas import load, spell
from scim_server.scim.urns import ENTERPRISE_USER, GROUP, ROSTER_GROUP, ROSTER_USER, USER

TABLE = load(True)


@pytest.mark.parametrize(
    ("path", "spelled"),
    [
        ("username", "userName"),
        ("NAME.FAMILYNAME", "name.familyName"),
        (f"{USER}:name.givenName", "name.givenName"),
        (f"{USER.upper()}:emails.VALUE", "emails.value"),
        (ENTERPRISE_USER, ENTERPRISE_USER),
        (f"{ENTERPRISE_USER}:manager.value", f"{ENTERPRISE_USER}:manager.value"),
        (f"{ROSTER_USER}:assignments.endDate", f"{ROSTER_USER}:assignments.endDate"),
        ("meta.lastModified", "meta.lastModified"),
        ("emails.$ref", None),
        ("nope", None),
        ("userName.value", None),
        (f"{ENTERPRISE_USER}:nope", None),
        ("urn:example:2.0:User:userName", None),
        ("", None),
        (".", None),
    ],
)
def test_a_path_is_split_at_the_last_colon_of_a_known_urn(path: str, spelled: str | None) -> None:
    chain = TABLE.user.resolve(path)
    assert (spell(chain) if chain else None) == spelled


def test_the_characteristics_come_from_the_schemas() -> None:
    user_name, external_id = TABLE.user.find("userName"), TABLE.user.find("externalId")
    assert user_name is not None
    assert external_id is not None
    assert (user_name.case_exact, user_name.uniqueness, user_name.required) == (False, "server", True)
    assert (external_id.case_exact, external_id.uniqueness) == (True, "server")
    password, groups = TABLE.user.find("password"), TABLE.user.find("groups")
    assert password is not None
    assert groups is not None
    assert (password.returned, groups.read_only) == ("never", True)


def test_canonical_values_bind_in_the_roster_only() -> None:
    kind = TABLE.group.resolve(f"{ROSTER_GROUP}:kind")
    mail_type = TABLE.user.resolve("emails.type")
    assert kind is not None
    assert mail_type is not None
    assert "office" in kind[-1].allowed
    assert mail_type[-1].allowed == frozenset()


def test_the_facts_of_a_user_load_and_are_announced() -> None:
    facts = TABLE.user.find(ROSTER_USER)
    assert facts is not None
    subs = {sub.name: sub for sub in facts.subs.values()}
    assert subs.keys() >= {"assignments", "statusEvents", "requiredStates"}
    assert ROSTER_USER in {document["id"] for document in TABLE.documents}
    assert {name for name, sub in subs.items() if sub.keyed} == {"assignments", "statusEvents"}
    assert {name for name, sub in subs.items() if sub.restricted} == {"statusEvents"}
    assert all(sub.restricted for sub in subs["statusEvents"].subs.values())


def test_what_is_kept_apart_is_what_is_returned_on_request_and_folds_nothing() -> None:
    facts = TABLE.user.find(ROSTER_USER)
    assert facts is not None
    by_rank = sorted({sub.rank: sub for sub in facts.subs.values()}.items())
    assert [sub.name for _, sub in by_rank][-2:] == list(KEPT)
    assert {sub.name for _, sub in by_rank if sub.returned == "request"} == set(KEPT)
    assert not any(folds(sub) for name in KEPT for sub in facts.subs[name].subs.values())


def test_without_the_roster_extension_neither_exists() -> None:
    plain = load(False)
    assert plain.user.find(ROSTER_USER) is None
    assert plain.group.find(ROSTER_GROUP) is None
    assert [document["id"] for document in plain.documents] == [USER, GROUP, ENTERPRISE_USER]


@pytest.mark.parametrize("name", ["user", "group", "enterprise_user", "schema_user", "schema_group"])
def test_every_schema_is_a_schema_resource(name: str) -> None:
    document = json.loads((files("scim_server.scim") / "schemas" / f"{name}.json").read_bytes())
    assert document["schemas"] == ["urn:ietf:params:scim:schemas:core:2.0:Schema"]
    for attribute in document["attributes"]:
        assert {"name", "type", "multiValued", "description", "required", "mutability", "returned"} <= attribute.keys()
        assert (attribute["type"] == "complex") == ("subAttributes" in attribute)
