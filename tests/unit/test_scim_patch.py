"""PATCH, operation by operation (RFC 7644 section 3.5.2)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_server.scim.dialects import normal_body
from scim_server.scim.urns import ENTERPRISE_USER, USER
from scim_server.scim.validate import validate
from tests.scim.operations import BOSS, HOME, START, TABLE, WORK, add, after, changed, manager, patched, put, remove

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
    "remove active, which is true then": ([remove("active")], changed(active=None)),
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
    "elements that have become equal are one": (
        [put("emails", [{**HOME, "value": "a@x"}, HOME]), put('emails[type eq "home"].value', "n@x")],
        changed(emails=[{**HOME, "value": "n@x"}]),
    ),
    "add to a list that an operation before has emptied": (
        [remove("emails[value pr]"), add("emails.value", "n@x")],
        changed(emails=[{"value": "n@x"}]),
    ),
    "an extension by its URN": ([put(f"{ENTERPRISE_USER}:department", "教育局")], changed(**{
        ENTERPRISE_USER: {"employeeNumber": "7", "department": "教育局", "manager": BOSS}})),
    "an extension as an object": ([put(ENTERPRISE_USER, {"employeeNumber": "8"})], changed(**{
        ENTERPRISE_USER: {"employeeNumber": "8", "manager": BOSS}})),
    "an extension as a key without a path": ([put(None, {ENTERPRISE_USER: {"employeeNumber": "8"}})], changed(**{
        ENTERPRISE_USER: {"employeeNumber": "8", "manager": BOSS}})),
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
            **{ENTERPRISE_USER: {"employeeNumber": "8", "manager": BOSS}},
        ),
    ),
    "a manager as a plain string": ([put(f"{ENTERPRISE_USER}:manager", "m2")], changed(**{
        ENTERPRISE_USER: {"employeeNumber": "7", "manager": manager("m2")}})),
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
    assert json.dumps(found) == json.dumps(validate(TABLE.user, found, found))


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
    assert json.dumps({"active": True} | found, sort_keys=True) == json.dumps(whole, sort_keys=True)
    assert json.dumps(patched(found, put("externalId", "YZ1")).document) == json.dumps(found)


@given(OPERATIONS)
def test_one_operation_twice_is_that_operation_once(operation: Any) -> None:
    once = after(operation)
    assert patched(once, operation).document == once
