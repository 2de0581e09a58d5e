"""References inside a Bulk (RFC 7644 section 3.7.2): `bulkId:x` stands for the resource that the POST x makes.

Every POST has its id before anything is written, so that a reference becomes that id wherever it may stand: `value`
and `$ref` of members and of manager, in bodies and in PATCH operations, their paths and filters, and the path of an
operation itself. A department is named by its code (S7); `bulkId:x` as `parent`, or as the department of a post,
becomes that code.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scim_server.scim.bulk import BULK_ID, BulkOperation, posts
from scim_server.scim.errors import InvalidValue
from scim_server.scim.urns import ROSTER_GROUP

_LAST = re.compile(r"[^.:\]]*$")
_IN_FILTER = re.compile(rf'"{BULK_ID}([^"\\]+)"')
_NAMES = frozenset({"value", "manager", "members"})
_DEPARTMENTS: Mapping[str, frozenset[str]] = {
    "/Groups": frozenset({"parent"}),
    "/Users": frozenset({"department", "sendingdepartment", "receivingdepartment"}),
}


@dataclass(frozen=True, slots=True)
class Named:
    """What a bulkId stands for: the id of the resource, its address, and its code where it is a department."""

    id: str
    location: str
    code: str | None


def resolve(operations: Sequence[BulkOperation], ids: Mapping[str, str], base_url: str) -> None:
    """Puts ids in the place of references, and notes who needs whom. `ids` are those of the POSTs, by bulkId.

    A reference to nobody is the fault of its operation: InvalidValue.
    """
    known = {
        each.bulk_id: Named(ids[each.bulk_id], f"{base_url}{each.endpoint}/{ids[each.bulk_id]}", code_of(each))
        for each in posts(operations)
        if each.bulk_id is not None
    }
    for operation in operations:
        if operation.fault is None:
            try:
                _Resolver(operation, known).run()
            except InvalidValue as error:
                operation.fault = error


def code_of(operation: BulkOperation) -> str | None:
    """The departmentCode, or else the externalId, that the Group of a POST is going to have."""
    if operation.endpoint != "/Groups" or not isinstance(operation.data, dict):
        return None
    words = {key.lower(): value for key, value in operation.data.items()}
    facts = words.get(ROSTER_GROUP.lower())
    inner = {key.lower(): value for key, value in facts.items()} if isinstance(facts, dict) else {}
    code = inner.get("departmentcode", words.get("externalid"))
    return code if isinstance(code, str) else None


class _Resolver:
    def __init__(self, operation: BulkOperation, known: Mapping[str, Named]) -> None:
        self._operation = operation
        self._known = known

    def run(self) -> None:
        operation = self._operation
        if operation.method == "POST":
            assert operation.bulk_id is not None
            operation.id = self._known[operation.bulk_id].id
        elif operation.id.startswith(BULK_ID):
            operation.id = self._named(operation.id).id
        if operation.method == "PATCH":
            operation.data = self._patch(operation.data)
        else:
            operation.data = self._walk(operation.data, "")

    def _patch(self, body: Any) -> Any:
        """A PATCH says in its paths where its values go."""
        if not isinstance(body, dict):
            return body
        return {
            key: [self._patch_operation(each) for each in value]
            if key.lower() == "operations" and isinstance(value, list)
            else value
            for key, value in body.items()
        }

    def _patch_operation(self, entry: Any) -> Any:
        if not isinstance(entry, dict):
            return entry
        path = next((value for key, value in entry.items() if key.lower() == "path"), None)
        where = _last(path) if isinstance(path, str) else ""
        done = {}
        for key, value in entry.items():
            word = key.lower()
            if word == "value":
                done[key] = self._walk(value, where)
            elif word == "path" and isinstance(value, str) and BULK_ID in value:
                done[key] = _IN_FILTER.sub(lambda found: f'"{self._named(BULK_ID + found[1]).id}"', value)
            else:
                done[key] = value
        return done

    def _walk(self, value: Any, where: str) -> Any:
        """`where` is the last name on the way to the value, in lower case."""
        if isinstance(value, str):
            return self._text(value, where)
        if isinstance(value, dict):
            return {key: self._walk(item, _last(key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._walk(item, where) for item in value]
        return value

    def _text(self, text: str, where: str) -> str:
        if where in _NAMES and text.startswith(BULK_ID):
            return self._named(text).id
        if where == "$ref" and BULK_ID in text:
            before, _, _ = text.partition(BULK_ID)
            named = self._named(text[len(before) :])
            return before + named.id if before else named.location
        if where in _DEPARTMENTS[self._operation.endpoint]:
            return self._department(text, where)
        return text

    def _department(self, text: str, where: str) -> str:
        code = self._named(text).code if text.startswith(BULK_ID) else text
        if code is None:
            raise InvalidValue(f"{where}: {text[:200]} is no department.")
        self._operation.below.add(code)
        return code

    def _named(self, reference: str) -> Named:
        bulk_id = reference.removeprefix(BULK_ID)
        found = self._known.get(bulk_id)
        if found is None:
            raise InvalidValue(f"{reference[:200]}: no POST of this Bulk has that bulkId.")
        self._operation.needs.add(bulk_id)
        return found


def _last(path: str) -> str:
    found = _LAST.search(path)
    return found[0].lower() if found else ""
