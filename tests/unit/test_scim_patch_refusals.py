"""What a PATCH may not do."""

from typing import Any

import pytest

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
from scim_server.scim.operations import read_operations
from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_USER, USER
from tests.scim.operations import START, add, after, patched, put, remove


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
        ({"op": "add", "OP": "remove", "path": "title", "value": "x"}, InvalidSyntax),
        (put(None, {"title": "x", "TITLE": "y"}), InvalidSyntax),
        (put(None, {ENTERPRISE_USER: {"division": "x", "Division": "y"}}), InvalidSyntax),
        (put("name", {"givenName": "x", "GIVENNAME": "y"}), InvalidSyntax),
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
        ({"Operations": [put("title", "x")], "operations": [put("title", "y")]}, InvalidSyntax),
    ],
)
def test_what_is_no_patch(body: Any, error: type[ScimError]) -> None:
    with pytest.raises(error):
        read_operations(body)


def test_choosing_is_bounded() -> None:
    many = {**START, "emails": [{"value": str(n)} for n in range(1000)]}
    with pytest.raises(TooLarge):
        patched(many, *[put('emails[value eq "999" or value eq "998"].type', "x")] * 500)
