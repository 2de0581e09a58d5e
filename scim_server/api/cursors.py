"""Cursors (RFC 9865): a place in an order, sealed, so that nobody reads, forges or moves one to another query.

A cursor is AES-256-GCM over the place, the direction, the count and the second it was
made in; the query and the caller are bound to it as associated data. Written in
base64url without padding it has unreserved characters only (RFC 3986 section 2.3).
Nothing is kept for it: it serves on every node, and after a restart.
"""

import base64
import re
import secrets
from collections.abc import Sequence

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scim_server.api.auth import Caller
from scim_server.api.query import Query
from scim_server.scim.errors import ExpiredCursor, InvalidCount, InvalidCursor
from scim_server.scim.lexer import tokens
from scim_server.scim.sort import Sort
from scim_server.store.roster import Roster
from scim_server.store.sorting import Place

TIMEOUT = 3_600
"""Seconds for which a cursor is good: cursorTimeout."""

_NONCE = 12
_WRITTEN = re.compile(r"[A-Za-z0-9_-]+")
_VALUES = frozenset({"COMP_VALUE", "NUMBER"})


class Cursors:
    """Seals and opens cursors with a key of the store's."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._sealer: AESGCM | None = None

    async def seal(self, place: Place, count: int, bound: bytes, *, backward: bool) -> str:
        """The cursor of the page that begins at a place."""
        said = [int(self._roster.clock.now()), backward, count, place.included, place.id, place.value]
        nonce = secrets.token_bytes(_NONCE)
        return _written(nonce + (await self._key()).encrypt(nonce, orjson.dumps(said), bound))

    async def open(self, cursor: str, count: int, bound: bytes) -> tuple[Place, bool]:
        """The place, and whether the page lies before it. Raises InvalidCursor, ExpiredCursor, InvalidCount."""
        sealed = _read(cursor)
        try:
            said = (await self._key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
        except (InvalidTag, ValueError):
            raise InvalidCursor("The cursor is not one that this server gave for this query.") from None
        at, backward, counted, included, id, value = orjson.loads(said)
        if not at <= self._roster.clock.now() + 1 or self._roster.clock.now() >= at + TIMEOUT:
            raise ExpiredCursor(f"The cursor has expired: it is good for {TIMEOUT} seconds.")
        if counted != count:
            raise InvalidCount(f"count is the same on every page of a query: it was {counted}.")
        return Place(value, id, included), backward

    async def _key(self) -> AESGCM:
        if self._sealer is None:
            self._sealer = AESGCM(await self._roster.key("cursors"))
        return self._sealer


def bound_to(endpoints: Sequence[str], query: Query, sort: Sort | None, caller: Caller) -> bytes:
    """What a cursor is good for: these resource types, this filter and order, this token in this role."""
    words = [] if query.filter is None else [_said(token.type, token.value) for token in tokens(query.filter)]
    return orjson.dumps([endpoints, words, sort and sort.spelled, caller.name, caller.role])


def _said(kind: str, value: object) -> object:
    """Names and operators compare without case, values as they are."""
    return value.lower() if isinstance(value, str) and kind not in _VALUES else value


def _written(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _read(cursor: str) -> bytes:
    """Raises InvalidCursor for what is written in any other way."""
    if _WRITTEN.fullmatch(cursor) and len(cursor) % 4 != 1:
        sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if _written(sealed) == cursor:
            return sealed
    raise InvalidCursor("The cursor is not one that this server gave.")
