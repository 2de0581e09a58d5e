"""`manager` of the enterprise extension (RFC 7643 section 4.3): its id and its address name one person."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from scim_server.scim.errors import InvalidValue
from scim_server.scim.urns import ENTERPRISE_USER


def refer(document: dict[str, Any], stored: Mapping[str, Any] | None) -> None:
    """Gives the manager of a document what it lacks: the `$ref` of its `value`, or the `value` of its `$ref`.

    An address that names another than the id is made anew, relative as in RFC 7643 section 8.3: who says an id means
    the id. Raises InvalidValue where only the address was said, and names another than the id that stays.
    """
    extension = document.get(ENTERPRISE_USER, {})
    if "manager" not in extension:
        return
    rest = {name: part for name, part in extension.items() if name != "manager"}
    before = ((stored or {}).get(ENTERPRISE_USER) or {}).get("manager", {})
    if told := _told(extension["manager"], before):
        rest["manager"] = told
    document.pop(ENTERPRISE_USER)
    if rest:
        document[ENTERPRISE_USER] = rest


def _told(manager: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, str]:
    ref: str = manager.get("$ref", "")
    known = ref == before.get("$ref", "")
    value: str = manager.get("value", "") or ("" if known else named(ref))
    if not value:
        return {}
    if named(ref) == value:
        return {"value": value, "$ref": ref}
    if ref and not known and value == before.get("value"):
        raise InvalidValue("manager: $ref names another than value.")
    return {"value": value, "$ref": f"../Users/{quote(value, safe='')}"}


def named(ref: str) -> str:
    """The id at the end of the address of a User; empty where it is no such address."""
    before, _, last = ref.rpartition("/")
    return unquote(last) if before.rpartition("/")[2] == "Users" else ""
