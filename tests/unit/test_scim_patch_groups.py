"""PATCH of Groups: members as ids that come and go, and the facts of departments."""

from typing import Any

import pytest

from scim_server.scim.errors import InvalidFilter, InvalidValue, Mutability, ScimError
from scim_server.scim.membership import MemberChange
from scim_server.scim.urns import GROUP, ROSTER_GROUP
from tests.scim.operations import TABLE, add, patched, put, remove


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
