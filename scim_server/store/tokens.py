"""Bearer tokens by role, stored as hashes only (RFC 6750; reliability: secrets at rest)."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import uuid_utils
from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from scim_server.clock import Clock
from scim_server.store.engine import reading
from scim_server.store.tables import tokens

ROLES = ("hr", "admin", "auditor")
FRESH = 1.0  # seconds for which what was read stays good: a revoked token is dead within them


class NameTaken(Exception):
    """A token of that name exists. The argument is the name."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who speaks: the name and the role of a token."""

    name: str
    role: str


def digest(token: str) -> str:
    """What is stored of a token: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_token(connection: Connection, name: str, role: str, clock: Clock) -> str:
    """Stores a new token's hash and returns the token, which is shown once. Raises NameTaken."""
    token = "hm_" + secrets.token_urlsafe(32)
    row = {"id": str(uuid_utils.uuid7()), "name": name, "role": role, "hash": digest(token), "created": clock.stamp()}
    try:
        connection.execute(insert(tokens), row)
    except IntegrityError as error:
        raise NameTaken(name) from error
    return token


def revoke_token(connection: Connection, name: str, clock: Clock) -> bool:
    """Ends a token at once. False when there is none of that name."""
    ended = update(tokens).where(tokens.c.name == name, tokens.c.revoked.is_(None)).values(revoked=clock.stamp())
    return connection.execute(ended).rowcount == 1


def list_tokens(connection: Connection) -> Sequence[dict[str, str | None]]:
    """All tokens ever made, without their hashes."""
    columns = (tokens.c.name, tokens.c.role, tokens.c.created, tokens.c.expires, tokens.c.revoked)
    return [dict(row._mapping) for row in connection.execute(select(*columns).order_by(tokens.c.created))]


class Tokens:
    """Answers whose token it is, in the event loop: one hash and one look-up."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._connection = reading(engine)
        self._clock = clock
        self._known: dict[str, Bearer] = {}
        self._good_until = -1.0

    def close(self) -> None:
        """Ends the read connection."""
        self._connection.close()

    def role_of(self, token: str) -> tuple[str, str] | None:
        """(name, role), or None for a token that is unknown, expired or revoked.

        The comparison is a look-up of the hash: what its timing could tell is about hashes, not about tokens.
        """
        if self._clock.monotonic() >= self._good_until:
            self._read()
        bearer = self._known.get(digest(token))
        return None if bearer is None else (bearer.name, bearer.role)

    def _read(self) -> None:
        now = self._clock.stamp()
        alive = select(tokens.c.hash, tokens.c.name, tokens.c.role).where(
            tokens.c.revoked.is_(None), tokens.c.expires.is_(None) | (tokens.c.expires > now)
        )
        self._known = {row.hash: Bearer(row.name, row.role) for row in self._connection.execute(alive)}
        self._good_until = self._clock.monotonic() + FRESH
