"""Bearer tokens by role (RFC 6750): hr and admin write, auditor reads."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from scim_server.scim.errors import Forbidden, Unauthorized

_BEARER = re.compile(rb"(?i:bearer) +([A-Za-z0-9\-._~+/]+=*)")
READS = frozenset({"GET", "HEAD"})
SEARCHES = frozenset({"POST"})
"""Where a POST changes nothing (RFC 7644 section 3.4.3)."""
_WRITERS = frozenset({"hr", "admin"})
_TRUSTED = frozenset({"hr", "admin"})
_CHALLENGE = 'Bearer realm="scim"'


class Tokens(Protocol):
    """Whose token it is; the store's `Tokens` is one."""

    async def role_of(self, token: str) -> tuple[str, str] | None:
        """(name, role), or None."""
        ...

    def user_of(self, name: str) -> str | None:
        """The id of the User to whom the token of that name is bound."""
        ...

    def batch_of(self, name: str) -> str | None:
        """The batch to which belongs whatever comes by the token of that name (S23)."""
        ...


@dataclass(frozen=True, slots=True)
class Caller:
    """The name of the token, which the record of changes shows, and its role."""

    name: str
    role: str

    @property
    def sees_restricted(self) -> bool:
        """Whether it may see and ask for what is for some roles only (S18)."""
        return self.role in _TRUSTED


async def authenticate(headers: Iterable[tuple[bytes, bytes]], tokens: Tokens) -> Caller:
    """Who calls. Raises Unauthorized (401 with WWW-Authenticate) for anything but one well-formed, known token."""
    given = [value for name, value in headers if name == b"authorization"]
    if not given:
        raise Unauthorized("A bearer token is needed.", {"WWW-Authenticate": _CHALLENGE})
    found = _BEARER.fullmatch(given[0]) if len(given) == 1 else None
    who = await tokens.role_of(found[1].decode()) if found else None
    if who is None:
        raise Unauthorized(
            "The bearer token is not valid.", {"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'}
        )
    return Caller(*who)


def authorise(caller: Caller, *, reads: bool) -> None:
    """Raises Forbidden where the role may not do that: a search by POST reads (RFC 7644 section 3.4.3)."""
    if not reads and caller.role not in _WRITERS:
        raise Forbidden(f"A token with the role {caller.role} reads only.")
