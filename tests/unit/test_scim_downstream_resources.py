"""Resources as they come and as they go back."""

from typing import Any

import pytest

from connectors.errors import Unreadable
from connectors.scim import changes, features
from connectors.scim.attributes import ENTERPRISE, USER_SCHEMA
from connectors.scim.resource import at, put, resource, with_mail, work_mail
from mappings.model import Kind


def mails(*pairs: tuple[str, str | None], primary: str = "") -> dict[str, Any]:
    listed = [{"value": value} | ({"type": kind} if kind else {}) for value, kind in pairs]
    return {"emails": [each | ({"primary": True} if each["value"] == primary else {}) for each in listed]}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"emails": None}, None),
        (mails(("a", "home")), None),
        (mails(("a", None)), "a"),
        (mails(("a", None), ("b", None)), None),
        (mails(("a", "home"), ("b", "Work")), "b"),
        (mails(("a", "work"), ("b", "work"), primary="b"), "b"),
        ({"Emails": {"Value": "a", "TYPE": "work"}}, "a"),
    ],
)
def test_the_work_address_is_found(fields: dict[str, Any], expected: str | None) -> None:
    found = work_mail(fields)
    assert (found and at(found, "value")) == expected


def test_other_addresses_stay_when_the_work_one_is_written_or_taken_away() -> None:
    fields = mails(("home@x", "home"), ("old@x", "work"), primary="home@x")
    assert [each["value"] for each in with_mail(fields, "new@x")] == ["new@x", "home@x"]
    assert [each.get("primary") for each in with_mail(fields, "new@x")] == [None, True]
    assert [each["value"] for each in with_mail(fields, "")] == ["home@x"]
    assert with_mail({}, "new@x") == [{"value": "new@x", "type": "work", "primary": True}]


def test_a_value_is_put_under_the_name_that_is_there_and_empty_objects_go() -> None:
    fields: dict[str, Any] = {"Name": {"FamilyName": "王"}}
    put(fields, "李", "name", "familyName")
    assert fields == {"Name": {"FamilyName": "李"}}
    put(fields, None, "name", "familyName")
    assert fields == {}


@pytest.mark.parametrize(
    ("active", "expected"), [(True, True), (False, False), ("False", False), ("true", True), (None, True)]
)
def test_active_in_every_spelling(active: Any, expected: bool) -> None:
    assert resource(Kind.PERSON, {"id": "1", "active": active}).active is expected


@pytest.mark.parametrize("fields", [{}, {"id": None}, {"id": ""}, {"id": True}, {"id": ["1"]}])
def test_a_resource_without_an_id_is_unreadable(fields: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        resource(Kind.PERSON, fields)


def test_what_goes_back_by_put_is_without_what_is_the_service_s_own_and_without_a_password() -> None:
    read = {"schemas": [USER_SCHEMA, ENTERPRISE], "id": "1", "Meta": {}, "groups": [], "PassWord": "x", "title": None}
    assert changes.whole(read) == {"schemas": [USER_SCHEMA], "id": "1"}
    assert changes.whole(read | {ENTERPRISE: {"department": "办公室"}})["schemas"] == [USER_SCHEMA, ENTERPRISE]


def test_a_new_user_names_the_schemas_that_it_uses() -> None:
    body = changes.body(Kind.PERSON, {"userName": "u", "name.familyName": "王", "department": "办公室"}, active=False)
    assert body == {
        "schemas": [USER_SCHEMA, ENTERPRISE],
        "userName": "u",
        "name": {"familyName": "王"},
        ENTERPRISE: {"department": "办公室"},
        "active": False,
    }
    assert "active" not in changes.body(Kind.GROUP, {"displayName": "办公室"})


def test_what_a_service_does_not_say_of_itself_is_what_most_have() -> None:
    silent = features.Features()
    assert (silent.patch, silent.filter, silent.etag, silent.locks) == (True, True, False, True)
    assert "department" not in silent.known(Kind.PERSON)
    assert silent.known(Kind.GROUP) == {"displayName", "externalId"}


@pytest.mark.parametrize("told", [{"returned": "never"}, {"returned": "request"}, {"mutability": "writeOnly"}])
def test_what_cannot_be_read_back_is_not_managed(told: dict[str, str]) -> None:
    schema = {"username": {"name": "userName"}, "title": {"name": "title"} | told}
    assert features.Features(schemas={USER_SCHEMA.casefold(): schema}).known(Kind.PERSON) == {"userName", "externalId"}
