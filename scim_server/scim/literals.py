"""The value of a comparison in the type of its attribute (RFC 7644 section 3.4.2.2)."""

import re
from typing import Any

from scim_server.scim.errors import InvalidFilter
from scim_server.scim.expression import Literal
from scim_server.scim.fold import fold
from scim_server.scim.schemas import Chain, spell
from scim_server.scim.values import instant

_PARTS = ("co", "sw", "ew")
_FINER = re.compile(r"\.\d{3}\d*[1-9]", re.ASCII)


def literal(chain: Chain, op: str, value: Any) -> Literal:
    """What a stored value is compared with: folded, a stamp, a number; InvalidFilter where it cannot be one."""
    attribute = chain[-1]
    if value is None:
        if op not in ("eq", "ne"):
            raise InvalidFilter(f"null is compared by eq and ne only, not by {op}.")
        return None
    if attribute.type == "boolean":
        return _truth(chain, op, value)
    if attribute.type in ("integer", "decimal"):
        return _number(chain, op, value)
    if not isinstance(value, str):
        raise InvalidFilter(f"{spell(chain)} is compared with a string.")
    return _text(chain, op, value)


def _truth(chain: Chain, op: str, value: Any) -> bool:
    """Entra writes booleans as strings inside value paths: roles[primary eq "True"]."""
    truth = {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(truth, bool) or op not in ("eq", "ne"):
        raise InvalidFilter(f"{spell(chain)} is true or false, compared by eq or ne.")
    return truth


def _number(chain: Chain, op: str, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or op in _PARTS:
        raise InvalidFilter(f"{spell(chain)} {op}: a number, compared as one, is expected.")
    return value if abs(value) < 2**63 else float(value)  # no stored number is that large, and no driver takes it


def between_stamps(chain: Chain, value: Any) -> bool:
    """Whether a literal is a moment between two of the milliseconds in which stamps are kept: it equals none."""
    return chain[-1].type == "dateTime" and isinstance(value, str) and _FINER.search(value) is not None


def _text(chain: Chain, op: str, value: str) -> str:
    attribute = chain[-1]
    if "\0" in value:
        raise InvalidFilter(f"{spell(chain)} never holds U+0000.")
    if attribute.type == "dateTime":
        stamp = instant(value)
        if stamp is None or op in _PARTS:
            raise InvalidFilter(f"{spell(chain)} {op}: a dateTime such as 2026-11-23T08:00:00Z is expected.")
        return stamp
    if attribute.type == "binary" and op not in ("eq", "ne"):
        raise InvalidFilter(f"{spell(chain)} is binary: it is compared by eq or ne.")
    return value if attribute.case_exact else fold(value)
