"""What makes a Group a department, and what must hold of it alone (S7).

Whether its parent exists, and whether the tree stays a tree, only the roster can say.
"""

from collections.abc import Mapping
from typing import Any

from scim_server.scim.errors import InvalidValue, Mutability
from scim_server.scim.urns import ROSTER_GROUP

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: without I, O, S, V, Z
_WEIGHTS = [3**place % 31 for place in range(17)]


def check_department(document: dict[str, Any], stored: Mapping[str, Any] | None) -> None:
    """externalId is the departmentCode, and neither ever changes; an absent externalId is filled in.

    Raises InvalidValue (codes that differ, a wrong organizationCode, its own parent) and Mutability.
    """
    facts = document.get(ROSTER_GROUP)
    before = (stored or {}).get(ROSTER_GROUP)
    if facts is None:
        if before is not None:
            raise Mutability("A department stays one: its extension cannot be removed.")
        return
    code = facts.get("departmentCode")
    if before is not None:
        _demand_same_code(document, code, before["departmentCode"])
    _fill_external_id(document, code)
    if code is not None and facts.get("parent") == code:
        raise InvalidValue(f"parent: the department {code} cannot be its own parent.")
    number = facts.get("organizationCode")
    if number is not None and not valid_organization_code(number):
        raise InvalidValue(
            "organizationCode is a 统一社会信用代码: 18 characters, the last one a check (GB 32100-2015)."
        )


def _fill_external_id(document: dict[str, Any], code: str | None) -> None:
    if code is None:
        return  # the required attribute is missing, and its absence is said elsewhere
    if document.setdefault("externalId", code) != code:
        raise InvalidValue("externalId of a department is its departmentCode.")


def _demand_same_code(document: dict[str, Any], code: str | None, before: str) -> None:
    if code != before:
        raise Mutability("departmentCode is immutable.")
    if document.get("externalId") not in (None, before):
        raise Mutability("externalId of a department is immutable.")


def valid_organization_code(code: str) -> bool:
    """GB 32100-2015: 18 characters; the last one makes the sum weighted by 3^i mod 31 vanish."""
    if len(code) != 18 or any(character not in _ALPHABET for character in code):
        return False
    total = sum(weight * _ALPHABET.index(character) for weight, character in zip(_WEIGHTS, code[:17], strict=True))
    return _ALPHABET[-total % 31] == code[17]
