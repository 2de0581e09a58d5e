"""PATCH of facts: who is the same by `value`, and what a PATCH may not do."""

from typing import Any

import pytest

from scim_server.scim.errors import InvalidValue, Mutability, ScimError
from scim_server.scim.urns import ROSTER_USER, USER
from tests.scim.facts import CASE, EVENTS, HIRE, LENT, LOCK, POST, POSTS, STORED, TYPE, facts_of, user
from tests.scim.operations import add, patched, put, remove


def after(*operations: Any) -> dict[str, Any]:
    return facts_of(patched(STORED, *operations).document)


def test_the_same_message_twice_makes_one_post_and_one_event() -> None:
    new = {**POST, "value": "a9", "kind": "concurrent", "startDate": "2026-01-01"}
    once = after(add(POSTS, [new]), add(EVENTS, {**LOCK, "value": "o9"}))
    twice = after(*[add(POSTS, [new]), add(EVENTS, {**LOCK, "value": "o9"})] * 2)
    assert once == twice
    assert [each["value"] for each in once["assignments"]] == ["a1", "s1", "a9"]
    assert patched(STORED, add(POSTS, POST), add(EVENTS, [CASE])).document == STORED


def test_a_message_about_a_known_post_changes_that_post() -> None:
    found = after(add(POSTS, {"value": "s1", "endDate": "2026-09-30"}), add(None, {ROSTER_USER: {"statusEvents": [
        {"value": "i1", "endDate": "2026-06-01", "outcome": "cleared"}
    ]}}))  # fmt: skip
    assert found["assignments"] == [POST, {**LENT, "endDate": "2026-09-30"}]
    case = found["statusEvents"][1]
    assert case == {**CASE, "endDate": "2026-06-01", "outcome": "cleared"}
    assert list(case) == sorted(case, key=list(TYPE.attributes[ROSTER_USER].subs["statusEvents"].subs).index)


def test_a_value_path_on_an_attribute_of_the_extension() -> None:
    where = f'{POSTS}[value eq "a1"].endDate'
    assert after(add(where, "2026-08-31"))["assignments"][0]["endDate"] == "2026-08-31"
    assert after(put(where.upper().replace('"A1"', '"a1"'), "2026-08-31"))["assignments"][0]["endDate"] == "2026-08-31"
    assert after(put(where, "2026-08-31"), remove(where))["assignments"] == [POST, LENT]
    with pytest.raises(InvalidValue, match="endDate lies before"):
        after(put(where, "2001-01-01"))
    with pytest.raises(InvalidValue, match="is a date"):
        after(put(where, "31.8.2026"))


@pytest.mark.parametrize(
    ("operation", "error", "word"),
    [
        (remove(ROSTER_USER), Mutability, "cannot be removed"),
        (put(ROSTER_USER, None), Mutability, "cannot be removed"),
        (remove(f"{ROSTER_USER}:employmentCategory"), Mutability, "cannot be removed"),
        (remove(EVENTS), Mutability, "endDate"),
        (put(EVENTS, None), Mutability, "endDate"),
        (put(EVENTS, []), Mutability, "endDate"),
        (put(EVENTS, [HIRE]), Mutability, "endDate"),
        (put(None, {ROSTER_USER: {"statusEvents": [HIRE, CASE]}}), Mutability, "endDate"),
        (put(EVENTS, [HIRE, LOCK, {**LOCK, "value": "i1"}]), Mutability, "endDate"),
        (remove(f'{EVENTS}[type eq "investigation"]'), Mutability, "by its name"),
        (remove(f"{EVENTS}[value pr]"), Mutability, "by its name"),
        (remove(f'{EVENTS}[value ne "x"]'), Mutability, "by its name"),
        (remove(EVENTS, value=[{"type": "other-lock"}]), Mutability, "by its name"),
        (put(f'{EVENTS}[type eq "other-lock"].type', "resignation"), Mutability, "by its name"),
        (put(f'{EVENTS}[type eq "other-lock"]', {**LOCK, "type": "resignation"}), Mutability, "by its name"),
        (add(f'{EVENTS}[effectiveDate eq "2026-01-05"]', {"type": "resignation"}), Mutability, "by its name"),
        (put(f"{EVENTS}.type", "resignation"), Mutability, "by its name"),
        (put(f'{EVENTS}[value eq "i1"].value', "i2"), Mutability, "immutable"),
        (put(f'{POSTS}[value eq "a1"].value', "a2"), Mutability, "immutable"),
        (put(f'{POSTS}[value eq "a1"]', {**POST, "value": "a2"}), Mutability, "immutable"),
        (remove(f'{POSTS}[value eq "a1"].startDate'), Mutability, "cannot be removed"),
        (put(f"{ROSTER_USER}:requiredStates", {"ldap": "active"}), Mutability, "readOnly"),
        (put(f"{ROSTER_USER}:requiredStates.ldap", "active"), Mutability, "readOnly"),
        (put("externalId", "YZ2"), Mutability, "externalId"),
        (remove("externalId"), Mutability, "externalId"),
        (add(POSTS, [POST, {**POST, "kind": "concurrent"}]), InvalidValue, "unique"),
        (add(POSTS, {"value": "a9", "endDate": "2026-01-01"}), InvalidValue, "is required"),
        (put(f'{EVENTS}[value eq "i1"].type', "other-lock"), InvalidValue, "is for an event of type"),
    ],
)
def test_what_a_patch_may_not_do_to_facts(operation: Any, error: type[ScimError], word: str) -> None:
    with pytest.raises(error, match=word) as refused:
        after(operation)
    assert "CANARY" not in refused.value.detail


def test_taking_the_extension_out_and_giving_it_again_is_no_way_out() -> None:
    with pytest.raises(Mutability):
        after(remove(ROSTER_USER), add(None, {ROSTER_USER: {"employmentCategory": "other"}}))


@pytest.mark.parametrize(
    "operation",
    [
        remove(f'{EVENTS}[value eq "i1"]'),
        remove(f'{EVENTS}[value eq "i1" and type eq "investigation"]'),
        remove(EVENTS, value=[{"value": "i1"}]),
        remove(EVENTS, value=["i1"]),
    ],
)
def test_a_wrong_case_is_taken_out_by_its_name(operation: Any) -> None:
    assert [each["value"] for each in after(operation)["statusEvents"]] == ["h1", "o1"]


def test_a_wrong_type_is_mended_by_the_name_of_the_event() -> None:
    for operation in (
        put(f'{EVENTS}[value eq "o1"].type', "resignation"),
        add(EVENTS, {**LOCK, "type": "resignation"}),
    ):
        assert after(operation)["statusEvents"][2]["type"] == "resignation"


def test_events_that_lock_nobody_may_be_removed_as_a_whole() -> None:
    start = user(events=[HIRE, {"value": "r1", "type": "resignation", "effectiveDate": "2026-01-01"}])
    assert "statusEvents" not in facts_of(patched(start, remove(EVENTS)).document)


def test_a_replaced_element_and_a_replaced_list_keep_what_was_not_shown() -> None:
    bare = {"value": "i1", "type": "investigation", "effectiveDate": "2026-03-19"}
    for operation in (put(f'{EVENTS}[value eq "i1"]', bare), put(EVENTS, [HIRE, bare, LOCK])):
        assert after(operation)["statusEvents"][1] == {**CASE, "effectiveDate": "2026-03-19"}
    assert after(put(POSTS, [POST]))["assignments"] == [POST]


def test_who_is_given_facts_by_a_patch_needs_them_whole() -> None:
    plain = {"schemas": [USER], "externalId": "YZ1", "userName": "zhangsan", "active": True}
    given = {"employmentCategory": "other", "assignments": [POST]}
    for operation in (add(None, {ROSTER_USER: given}), add(ROSTER_USER, given)):
        found = patched(plain, operation).document
        assert (found["schemas"], found[ROSTER_USER]) == ([USER, ROSTER_USER], given)
    assert patched(plain, remove(ROSTER_USER)).document == plain
    with pytest.raises(InvalidValue, match="employmentCategory"):
        patched(plain, add(POSTS, POST))
    nameless = {name: value for name, value in plain.items() if name != "externalId"}
    with pytest.raises(InvalidValue, match="externalId"):
        patched(nameless, add(ROSTER_USER, given))
