"""Bearer tokens by role (RFC 6750): hr and admin write, auditor reads."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from scim_server.scim.errors import Forbidden, Unauthorized

_BEARER = re.compile(rb"(?i:bearer) +([A-Za-z0-9\-._~+/]+=*)")
_READS = frozenset({"GET", "HEAD"})
_WRITERS = frozenset({"hr", "admin"})
_CHALLENGE = 'Bearer realm="scim"'


class Tokens(Protocol):
    """Whose token it is; the store's `Tokens` is one."""

    def role_of(self, token: str) -> tuple[str, str] | None:
        """(name, role), or None."""
        ...


@dataclass(frozen=True, slots=True)
class Caller:
    """The name of the token, which the record of changes shows, and its role."""

    name: str
    role: str


def authenticate(headers: Iterable[tuple[bytes, bytes]], tokens: Tokens) -> Caller:
    """Who calls. Raises Unauthorized (401 with WWW-Authenticate) for anything but one well-formed, known token."""
    given = [value for name, value in headers if name == b"authorization"]
    if not given:
        raise Unauthorized("A bearer token is needed.", {"WWW-Authenticate": _CHALLENGE})
    found = _BEARER.fullmatch(given[0]) if len(given) == 1 else None
    who = tokens.role_of(found[1].decode()) if found else None
    if who is None:
        raise Unauthorized(
            "The bearer token is not valid.", {"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'}
        )
    return Caller(*who)


def authorise(caller: Caller, method: str) -> None:
    """Raises Forbidden where the role may not do that."""
    if method not in _READS and caller.role not in _WRITERS:
        raise Forbidden(f"A token with the role {caller.role} reads only.")
