"""Rows 32 and 33: filters and PATCH paths without measure, or at what nobody may ask for."""

from typing import Any
from urllib.parse import quote

from tests.hostile.case import Case, operations


def _filter(name: str, text: str) -> Case:
    return Case(name, 400, "invalidFilter", "GET", f"/scim/v2/Users?filter={quote(text)}")


def _query(name: str, query: str, scim_type: str | None) -> Case:
    return Case(name, 400, scim_type, "GET", f"/scim/v2/Users?{query}")


def _patch(name: str, status: int, scim_type: str | None, *found: dict[str, Any]) -> Case:
    return Case(name, status, scim_type, "PATCH", "/scim/v2/Users/{id}", operations(*found))


FILTERS = [
    _filter("7,000 brackets", "(" * 7000),
    _filter("65 brackets", "(" * 65 + "title pr" + ")" * 65),
    _filter("1,000 times not", "not (" * 1000 + "title pr" + ")" * 1000),
    _filter("1,500 terms", " or ".join(["a pr"] * 1500)),
    _filter("201 terms", " or ".join(["title pr"] * 201)),
    _filter("8 KB and more", 'title eq "' + "x" * 8200 + '"'),
    _filter("a number of 7,000 digits", "title eq " + "9" * 7000),
    _filter("backslashes without end", 'title eq "' + "\\" * 7001),
    _filter("quotes", '"' * 7000),
    _filter("dots", "a" + ".a" * 3500),
    _filter("colons", "urn:" * 1700 + "a pr"),
    _filter("value paths in value paths", "emails[" * 40 + "type pr" + "]" * 40),
    _filter("an unknown attribute", 'nope eq "x"'),
    _filter("the password", 'password eq "x"'),
    _filter("the password, present", "password pr"),
    _filter("the password by its URN", 'urn:ietf:params:scim:schemas:core:2.0:User:password sw "a"'),
    _filter("the password in a value path", 'emails[password eq "x"]'),
    _filter("SQL", "userName eq 'x' OR 1=1 --"),
    _filter("an injection", 'userName eq "x") OR (1=1'),
    _filter("no operator", "userName"),
    _filter("an empty filter", " "),
    _filter("NUL", 'userName eq "\0"'),
    _query("no UTF-8", "filter=userName%20eq%20%22%ff%22", "invalidSyntax"),
    _query("a filter twice", "filter=title%20pr&filter=userName%20pr", "invalidSyntax"),
    _query("10,000 parameters", "&".join(f"a{number}=1" for number in range(7000)), "invalidSyntax"),
    _query("a count of letters", "count=ten", "invalidValue"),
    _query("a start of 5,000 digits", "startIndex=" + "9" * 5000, "invalidValue"),
]

TITLE = {"op": "replace", "path": "title", "value": "x"}
PATCHES = [
    _patch("20,000 operations", 413, None, *[TITLE] * 20_000),
    _patch("a path 5,000 deep", 400, "invalidPath", {"op": "add", "path": "a" + ".b" * 5000, "value": "x"}),
    _patch("a path of brackets", 400, "invalidPath", {"op": "add", "path": "emails" + "[type pr" * 500, "value": "x"}),
    _patch("an unknown path", 400, "invalidPath", {"op": "add", "path": "__proto__", "value": {}}),
    _patch("a path of 9 KB", 400, "invalidPath", {"op": "add", "path": "a" * 9000, "value": "x"}),
    _patch(
        "paths of 150 KB",
        413,
        None,
        *[{"op": "remove", "path": "emails[" + " or ".join(f'value eq "{n}"' for n in range(200)) + "]"}] * 50,
    ),
    _patch("the id", 400, "mutability", {"op": "replace", "path": "id", "value": "1"}),
    _patch("meta.location", 400, "mutability", {"op": "replace", "path": "meta.location", "value": "http://evil"}),
    _patch("groups", 400, "mutability", {"op": "add", "path": "groups", "value": [{"value": "admins"}]}),
    _patch("no target", 400, "noTarget", {"op": "replace", "path": 'emails[type eq "none"].value', "value": "x"}),
    _patch("remove of nothing", 400, "noTarget", {"op": "remove"}),
    _patch("remove of userName", 400, "mutability", {"op": "remove", "path": "userName"}),
    _patch("by the password", 400, None, {"op": "remove", "path": 'emails[password eq "x"]'}),
    _patch("an unknown op", 400, "invalidSyntax", {"op": "test", "path": "title", "value": "x"}),
    _patch("no operations", 400, "invalidSyntax"),
]
