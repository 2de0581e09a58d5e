"""PATCH, operation by operation (RFC 7644 section 3.5.2)."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_server.scim.dialects import normal_body, normal_operations
from scim_server.scim.errors import (
    InvalidFilter,
    InvalidPath,
    InvalidSyntax,
    InvalidValue,
    Mutability,
    NoTarget,
    ScimError,
    TooLarge,
)
from scim_server.scim.membership import MemberChange
from scim_server.scim.operations import read_operations
from scim_server.scim.patch import Patched, patch
from scim_server.scim.schemas import ResourceType, load
from scim_server.scim.urns import ENTERPRISE_USER, GROUP, ROSTER_GROUP, ROSTER_USER, USER
from scim_server.scim.validate import validate

TABLE = load(True)
WORK = {"value": "z@gov.example", "type": "work", "primary": True}
HOME = {"value": "z@home.example", "type": "home"}
START: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE_USER],
    "externalId": "YZ1",
    "userName": "zhangsan",
    "name": {"familyName": "张", "givenName": "三"},
    "title": "科员",
    "active": True,
    "emails": [WORK, HOME],
    ENTERPRISE_USER: {"employeeNumber": "7", "manager": {"value": "boss"}},
}


def patched(start: dict[str, Any], *operations: Any, resource_type: ResourceType = TABLE.user) -> Patched:
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}
    return patch(resource_type, orjson.dumps(start), normal_operations(resource_type, read_operations(body)))


def after(*operations: Any) -> dict[str, Any]:
    return patched(START, *operations).document


def add(path: str | None, value: Any) -> dict[str, Any]:
    return {"op": "add", "value": value} | ({"path": path} if path else {})


def put(path: str | None, value: Any) -> dict[str, Any]:
    return {"op": "replace", "value": value} | ({"path": path} if path else {})


def remove(path: str, **rest: Any) -> dict[str, Any]:
    return {"op": "remove", "path": path, **rest}


def changed(**attributes: Any) -> dict[str, Any]:
    """The document of the start with some attributes in another state; None: not there."""
    return {name: value for name, value in (START | attributes).items() if value is not None}


MAIL = 'emails[type eq "work"]'
CASES: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "add a simple attribute": ([add("nickName", "小张")], changed(nickName="小张")),
    "add over a simple attribute replaces it": ([add("title", "科长")], changed(title="科长")),
    "add a sub-attribute": ([add("name.middleName", "x")], changed(name={**START["name"], "middleName": "x"})),
    "add to a complex attribute keeps the rest": (
        [add("name", {"givenName": "四"})],
        changed(name={"familyName": "张", "givenName": "四"}),
    ),
    "add values to a list": ([add("emails", [{"value": "n@x"}])], changed(emails=[WORK, HOME, {"value": "n@x"}])),
    "add one value that is no list": (
        [add("emails", {"value": "n@x"})],
        changed(emails=[WORK, HOME, {"value": "n@x"}]),
    ),
    "add a value that is there already": ([add("emails", [dict(reversed(HOME.items()))])], START),
    "add a new primary value ends the old one": (
        [add("emails", [{"value": "n@x", "primary": True}])],
        changed(emails=[{**WORK, "primary": False}, HOME, {"value": "n@x", "primary": True}]),
    ),
    "primary by value path ends the old one": (
        [put('emails[type eq "home"].primary', True)],
        changed(emails=[{**WORK, "primary": False}, {**HOME, "primary": True}]),
    ),
    "add without a path": ([add(None, {"nickName": "x", "title": "y"})], changed(nickName="x", title="y")),
    "add without a path keeps other values of a list": (
        [add(None, {"emails": [{"value": "n@x"}]})],
        changed(emails=[WORK, HOME, {"value": "n@x"}]),
    ),
    "add by a value path that matches": ([add(f"{MAIL}.display", "工作")], changed(emails=[
        {"value": WORK["value"], "display": "工作", "type": "work", "primary": True}, HOME])),
    "add by a value path that matches none makes the element (erratum 8097)": (
        [add('emails[type eq "Other" and primary eq false].value', "o@x")],
        changed(emails=[WORK, HOME, {"value": "o@x", "type": "Other", "primary": False}]),
    ),
    "add an element by a value path": (
        [add('phoneNumbers[type eq "mobile"]', {"value": "138"})],
        changed(phoneNumbers=[{"value": "138", "type": "mobile"}]),
    ),
    "replace a simple attribute": ([put("title", "科长")], changed(title="科长")),
    "replace what is not there is an add": ([put("nickName", "x")], changed(nickName="x")),
    "replace a list": ([put("emails", [HOME])], changed(emails=[HOME])),
    "replace a complex attribute keeps what is not named": (
        [put("name", {"givenName": "四"})],
        changed(name={"familyName": "张", "givenName": "四"}),
    ),
    "replace an element": ([put(MAIL, {"value": "n@x", "type": "work"})], changed(emails=[
        {"value": "n@x", "type": "work"}, HOME])),
    "replace a sub-attribute of an element": (
        [put(f"{MAIL}.value", "n@x")],
        changed(emails=[{**WORK, "value": "n@x"}, HOME]),
    ),
    "replace a sub-attribute of every element": ([put("emails.type", "other")], changed(emails=[
        {**WORK, "type": "other"}, {**HOME, "type": "other"}])),
    "replace with null removes": ([put("title", None)], changed(title=None)),
    "replace a list with none removes it": ([put("emails", [])], changed(emails=None)),
    "replace a sub-attribute with null": ([put("name", {"givenName": None})], changed(name={"familyName": "张"})),
    "add null changes nothing": ([add("title", None)], START),
    "add an empty list changes nothing": ([add("emails", [])], START),
    "remove an attribute": ([remove("title")], changed(title=None)),
    "remove a complex attribute": ([remove("name")], changed(name=None)),
    "remove the last sub-attribute": ([remove("name.familyName"), remove("name.givenName")], changed(name=None)),
    "remove an element": ([remove(MAIL)], changed(emails=[HOME])),
    "remove what a filter with or chooses": ([remove(f'{MAIL[:-1]} or type eq "home"]')], changed(emails=None)),
    "remove a sub-attribute of an element": ([remove(f"{MAIL}.primary")], changed(emails=[
        {"value": WORK["value"], "type": "work"}, HOME])),
    "an element that says nothing any more goes": ([remove(f"{MAIL}.value")], changed(emails=[HOME])),
    "remove by values (Entra)": ([remove("emails", value=[{"value": "Z@HOME.example"}])], changed(emails=[WORK])),
    "remove what is not there": (
        [remove("nickName"), remove('emails[type eq "x"]'), remove("addresses.country")],
        START,
    ),
    "an extension by its URN": ([put(f"{ENTERPRISE_USER}:department", "教育局")], changed(**{
        ENTERPRISE_USER: {"employeeNumber": "7", "department": "教育局", "manager": {"value": "boss"}}})),
    "an extension as an object": ([put(ENTERPRISE_USER, {"employeeNumber": "8"})], changed(**{
        ENTERPRISE_USER: {"employeeNumber": "8", "manager": {"value": "boss"}}})),
    "an extension as a key without a path": ([put(None, {ENTERPRISE_USER: {"employeeNumber": "8"}})], changed(**{
        ENTERPRISE_USER: {"employeeNumber": "8", "manager": {"value": "boss"}}})),
    "remove an extension": ([remove(ENTERPRISE_USER)], changed(schemas=[USER], **{ENTERPRISE_USER: None})),
    "the core URN before a core attribute": ([put(f"{USER}:name.givenName", "四")], changed(
        name={"familyName": "张", "givenName": "四"})),
    "names and words in any case": ([{"OP": "Replace", "Path": "TITLE", "Value": "x"}], changed(title="x")),
    "operations in their order": ([put("title", "a"), remove("title"), add("title", "b")], changed(title="b")),
    "a password is dropped": ([put("password", "secret"), put(None, {"password": "secret"})], START),
    "schemas are no statement": ([add("schemas", ["urn:x"]), put(None, {"schemas": [USER]})], START),
    "readOnly without a path is no statement (Okta)": (
        [put(None, {"id": "x", "meta": {}, "groups": [], "title": "y"})],
        changed(title="y"),
    ),
    "unknown without a path is no statement": ([put(None, {"favouriteColour": "red", "urn:x:y:z": {"a": 1}})], START),
    "externalId emptied is absent": ([put("externalId", "")], changed(externalId=None)),
    # Entra
    "a boolean as a string": ([put("active", "False")], changed(active=False)),
    "a boolean as a string in an element": (
        [put(f"{MAIL}.primary", "False")],
        changed(emails=[{**WORK, "primary": False}, HOME]),
    ),
    "a boolean as a string without a path": ([put(None, {"active": "False"})], changed(active=False)),
    "flat keys without a path": (
        [put(None, {"name.givenName": "四", f"{ENTERPRISE_USER}:employeeNumber": "8", f"{MAIL}.value": "n@x"})],
        changed(
            name={"familyName": "张", "givenName": "四"},
            emails=[{**WORK, "value": "n@x"}, HOME],
            **{ENTERPRISE_USER: {"employeeNumber": "8", "manager": {"value": "boss"}}},
        ),
    ),
    "a manager as a plain string": ([put(f"{ENTERPRISE_USER}:manager", "m2")], changed(**{
        ENTERPRISE_USER: {"employeeNumber": "7", "manager": {"value": "m2"}}})),
    "a manager as an empty string": ([put(f"{ENTERPRISE_USER}:manager", "")], changed(**{
        ENTERPRISE_USER: {"employeeNumber": "7"}})),
    "a value path with a string for a boolean": ([put('emails[primary eq "True"].value', "n@x")], changed(emails=[
        {**WORK, "value": "n@x"}, HOME])),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_a_patch_makes_of_a_user(case: str) -> None:
    operations, expected = CASES[case]
    found = after(*operations)
    assert found == expected
    # canonical: as if it had been sent whole
    assert json.dumps(found) == json.dumps(validate(TABLE.user, found))


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        (put('emails[type eq "x"].value', "n@x"), NoTarget),
        (put('emails[type eq "x"]', {"value": "n@x"}), NoTarget),
        (add('emails[type sw "x"].value', "n@x"), NoTarget),
        (add('emails[type eq "x" or type eq "y"].value', "n@x"), NoTarget),
        ({"op": "remove"}, NoTarget),
        (put("nope", "x"), InvalidPath),
        (put("name.nope", "x"), InvalidPath),
        (put("userName.value", "x"), InvalidPath),
        (put("title[value eq 1]", "x"), InvalidPath),
        (put("name[familyName pr].givenName", "x"), InvalidPath),
        (put('emails[type eq "work"]value', "x"), InvalidPath),
        (put('emails[type eq "work"].nope', "x"), InvalidPath),
        (put('emails[type eq "work"', "x"), InvalidPath),
        (put("a" * 9000, "x"), InvalidPath),
        (put("emails[type eq work]", "x"), InvalidFilter),
        (put("emails[nope eq 1]", "x"), InvalidFilter),
        (put("id", "x"), Mutability),
        (put("meta.version", "x"), Mutability),
        (remove("groups"), Mutability),
        (add("groups", [{"value": "g"}]), Mutability),
        (put('groups[value eq "g"].value', "h"), Mutability),
        (remove("userName"), Mutability),
        (remove("active"), Mutability),
        (put("userName", ""), InvalidValue),
        (put("userName", " x"), InvalidValue),
        (put("userName", 5), InvalidValue),
        (put("name", "张三"), InvalidValue),
        (put("active", "maybe"), InvalidValue),
        (put("emails", ["a@x"]), InvalidValue),
        (put("emails.primary", True), InvalidValue),
        (put(None, "x"), InvalidValue),
        (add("emails", [{"value": str(n)} for n in range(1000)]), InvalidValue),
        (put("displayName", "a\u200bb"), InvalidValue),
        (put(f"{ROSTER_USER}:leaderLevel", "none"), InvalidValue),
        (put(None, {ROSTER_USER: {"leaderLevel": "none"}}), InvalidValue),
        ({"op": "move", "path": "title"}, InvalidSyntax),
        ({"path": "title", "value": "x"}, InvalidSyntax),
        ({"op": "add", "path": ["title"], "value": "x"}, InvalidSyntax),
        ("x", InvalidSyntax),
    ],
)
def test_what_a_patch_may_not_do(operation: Any, error: type[ScimError]) -> None:
    with pytest.raises(error):
        after(operation)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ([], InvalidSyntax),
        ({}, InvalidSyntax),
        ({"Operations": []}, InvalidSyntax),
        ({"Operations": {"op": "add"}}, InvalidSyntax),
        ({"schemas": [USER], "Operations": [put("title", "x")]}, InvalidSyntax),
        ({"Operations": [put("title", "x")] * 501}, TooLarge),
    ],
)
def test_what_is_no_patch(body: Any, error: type[ScimError]) -> None:
    with pytest.raises(error):
        read_operations(body)


def test_choosing_is_bounded() -> None:
    many = {**START, "emails": [{"value": str(n)} for n in range(1000)]}
    with pytest.raises(TooLarge):
        patched(many, *[put('emails[value eq "999" or value eq "998"].type', "x")] * 500)


# -- members: ids that come and go, without the members that are there


def members_after(*operations: Any) -> MemberChange:
    start = {"schemas": [GROUP], "displayName": "g"}
    return patched(start, *operations, resource_type=TABLE.group).members


def ids(*values: str) -> list[dict[str, Any]]:
    return [{"value": value, "$ref": None} for value in values]


@pytest.mark.parametrize(
    ("operations", "exact", "added", "removed"),
    [
        ([add("members", ids("a", "b", "a"))], None, "ab", ""),
        ([add("members", {"value": "a"})], None, "a", ""),
        ([add(None, {"members": ids("a")})], None, "a", ""),
        ([remove('members[value eq "a"]')], None, "", "a"),
        ([remove('members[value eq "a" or value eq "b"]')], None, "", "ab"),
        ([remove("members", value=ids("a", "b"))], None, "", "ab"),
        ([remove("members", value={"value": "a"})], None, "", "a"),
        ([remove('members[value eq "a"]'), add("members", ids("b"))], None, "b", "a"),
        ([add("members", ids("a")), remove('members[value eq "a"]')], None, "", "a"),
        ([remove('members[value eq "a"]'), add("members", ids("a"))], None, "a", ""),
        ([put("members", ids("a", "b"))], "ab", "", ""),
        ([put(None, {"members": ids("a"), "id": "x"})], "a", "", ""),
        ([put("members", ids("a")), add("members", ids("b")), remove('members[value eq "a"]')], "b", "", ""),
        ([put("members", [])], "", "", ""),
        ([put("members", None)], "", "", ""),
        ([remove("members")], "", "", ""),
        ([remove("members", value=[])], "", "", ""),
        ([add("members", [])], None, "", ""),
        ([add("members", None)], None, "", ""),
    ],
)
def test_what_a_patch_does_to_members(operations: list[Any], exact: str | None, added: str, removed: str) -> None:
    change = members_after(*operations)
    assert (change.exact if exact is None else "".join(change.exact or {})) == exact
    assert ("".join(change.added), "".join(change.removed)) == (added, removed)


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        (add("members", [{"display": "x"}]), InvalidValue),
        (add("members", ["a"]), InvalidValue),
        (add("members", [{"value": "g", "type": "Group"}]), InvalidValue),
        (add("members", [{"value": "g", "$ref": "https://hub.example/scim/v2/Groups/g"}]), InvalidValue),
        (put('members[value eq "a"].value', "b"), Mutability),
        (put('members[value eq "a"]', {"value": "b"}), Mutability),
        (remove("members.value"), Mutability),
        (remove('members[display eq "x"]'), InvalidFilter),
        (remove('members[value sw "x"]'), InvalidFilter),
        (remove("displayName"), Mutability),
    ],
)
def test_what_a_patch_may_not_do_to_members(operation: Any, error: type[ScimError]) -> None:
    with pytest.raises(error):
        members_after(operation)


DEPARTMENT = {
    "schemas": [GROUP, ROSTER_GROUP],
    "externalId": "G02",
    "displayName": "教育局",
    ROSTER_GROUP: {"departmentCode": "G02", "kind": "gov", "parent": "G"},
}


def test_a_department_moves_by_patch() -> None:
    found = patched(DEPARTMENT, put(f"{ROSTER_GROUP}:parent", "G01"), resource_type=TABLE.group).document
    assert found[ROSTER_GROUP] == {"departmentCode": "G02", "kind": "gov", "parent": "G01"}


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        (put(f"{ROSTER_GROUP}:departmentCode", "G03"), Mutability),
        (remove(f"{ROSTER_GROUP}:departmentCode"), Mutability),
        (remove(f"{ROSTER_GROUP}:kind"), Mutability),
        (put("externalId", "G03"), Mutability),
        (remove(ROSTER_GROUP), Mutability),
        (put(f"{ROSTER_GROUP}:kind", "club"), InvalidValue),
        (put(f"{ROSTER_GROUP}:parent", "G02"), InvalidValue),
        (add(ROSTER_GROUP, {"level": "x"}), InvalidValue),
    ],
)
def test_what_a_patch_may_not_do_to_a_department(operation: Any, error: type[ScimError]) -> None:
    with pytest.raises(error):
        patched(DEPARTMENT, operation, resource_type=TABLE.group)


def test_a_put_in_entras_words() -> None:
    body = {
        "active": "False",
        "emails": [{"value": "a", "primary": "True"}],
        ENTERPRISE_USER: {"manager": "m"},
        "title": "True",
    }
    assert normal_body(TABLE.user, body) == {
        "active": False,
        "emails": [{"value": "a", "primary": True}],
        ENTERPRISE_USER: {"manager": {"value": "m"}},
        "title": "True",
    }


# -- properties

TEXT = st.sampled_from(["a", "B", "张", "b"])
MAILS = st.lists(
    st.fixed_dictionaries(
        {"value": TEXT}, optional={"type": st.sampled_from(["work", "home"]), "primary": st.just(False)}
    ),
    max_size=3,
)
OPERATIONS = st.one_of(
    st.builds(put, st.sampled_from(["title", "name.givenName", f"{ENTERPRISE_USER}:division"]), TEXT),
    st.builds(put, st.just("emails"), MAILS),
    st.builds(add, st.just("emails"), MAILS),
    st.builds(add, st.sampled_from(['emails[type eq "work"].value', 'emails[type eq "home"].display']), TEXT),
    st.builds(
        remove, st.sampled_from(["title", "name", "emails", 'emails[type eq "home"]', "emails.type", ENTERPRISE_USER])
    ),
    st.builds(put, st.just("active"), st.sampled_from([True, False, "True", "False"])),
)


@given(st.lists(OPERATIONS, min_size=1, max_size=5))
def test_the_result_is_canonical(operations: list[Any]) -> None:
    found = after(*operations)
    whole = validate(TABLE.user, found)
    assert {name: whole[name] for name in whole if name != "emails"} == {
        name: found[name] for name in found if name != "emails"
    }
    assert json.dumps(patched(found, put("externalId", "YZ1")).document) == json.dumps(found)


@given(OPERATIONS)
def test_one_operation_twice_is_that_operation_once(operation: Any) -> None:
    once = after(operation)
    assert patched(once, operation).document == once
