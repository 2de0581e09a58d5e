"""Bearer tokens by role, stored as hashes only (RFC 6750; reliability: secrets at rest)."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import uuid_utils
from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from scim_server.clock import Clock
from scim_server.scim.fold import fold
from scim_server.store.batches import is_push
from scim_server.store.guard_tables import guard_open
from scim_server.store.points import points
from scim_server.store.tables import resources, tokens

ROLES = ("hr", "admin", "auditor")
FRESH = 1.0  # seconds for which what was read stays good: a revoked token is dead within them


class NameTaken(Exception):
    """A token of that name exists. The argument is the name."""


class NoSuchUser(Exception):
    """Nobody has that userName. The argument is the userName."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who speaks: the name and the role of a token, and the id of the User to whom it is bound (/Me)."""

    name: str
    role: str
    user_id: str | None


def digest(token: str) -> str:
    """What is stored of a token: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_token(connection: Connection, name: str, role: str, clock: Clock, user: str | None = None) -> str:
    """Stores a new token's hash and returns the token, which is shown once.

    `user` is the userName of the User to whom it is bound. Raises NameTaken, NoSuchUser.
    """
    token = "hm_" + secrets.token_urlsafe(32)
    row = {
        "id": str(uuid_utils.uuid7()),
        "name": name,
        "role": role,
        "hash": digest(token),
        "created": clock.stamp(),
        "user_id": None if user is None else _user_id(connection, user),
    }
    try:
        connection.execute(insert(tokens), row)
    except IntegrityError as error:
        raise NameTaken(name) from error
    return token


def _user_id(connection: Connection, user_name: str) -> str:
    named = select(resources.c.id).where(resources.c.type == "User", resources.c.name == fold(user_name))
    found: str | None = connection.scalar(named)
    if found is None:
        raise NoSuchUser(user_name)
    return found


def revoke_token(connection: Connection, name: str, clock: Clock) -> bool:
    """Ends a token at once. False when there is none of that name."""
    ended = update(tokens).where(tokens.c.name == name, tokens.c.revoked.is_(None)).values(revoked=clock.stamp())
    return connection.execute(ended).rowcount == 1


def drop_token(connection: Connection, name: str) -> bool:
    """Ends a token that was made for one task, and strikes it off the list. False when there is none of that name."""
    return connection.execute(delete(tokens).where(tokens.c.name == name)).rowcount == 1


def list_tokens(connection: Connection) -> Sequence[dict[str, str | None]]:
    """All tokens of clients, without hashes. `user` is the userName of who is bound, the id once that is gone."""
    columns = (tokens.c.name, tokens.c.role, tokens.c.created, tokens.c.expires, tokens.c.revoked)
    bound = select(*columns, tokens.c.user_id.label("user"), resources.c.document)
    joined = bound.outerjoin(resources, resources.c.id == tokens.c.user_id).order_by(tokens.c.created)
    rows = connection.execute(joined)
    return [_listed(**row._mapping) for row in rows]


def _listed(document: bytes | None, **row: str | None) -> dict[str, str | None]:
    return row if document is None else row | {"user": orjson.loads(document)["userName"]}


class Tokens:
    """Answers whose token it is: one hash and one look-up, of what was read a moment ago."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._points = points(engine)
        self._clock = clock
        self._known: dict[str, Bearer] = {}
        self._bound: dict[str, str] = {}
        self._batches: dict[str, str] = {}
        self._good_until = -1.0

    def close(self) -> None:
        """Ends the read connection."""
        self._points.close()

    async def role_of(self, token: str) -> tuple[str, str] | None:
        """(name, role), or None for a token that is unknown, expired or revoked. Raises Unavailable.

        The comparison is a look-up of the hash: what its timing could tell is about hashes, not about tokens.
        """
        if self._clock.monotonic() >= self._good_until:
            await self._read()
        bearer = self._known.get(digest(token))
        return None if bearer is None else (bearer.name, bearer.role)

    def user_of(self, name: str) -> str | None:
        """The id of the User to whom the token of that name is bound, as `role_of` last read it."""
        return self._bound.get(name)

    def batch_of(self, name: str) -> str | None:
        """The batch to which belongs whatever comes by the token of that name (S23), as `role_of` last read it."""
        return self._batches.get(name)

    async def _read(self) -> None:
        now, until = self._clock.stamp(), self._clock.monotonic() + FRESH  # as old as the question, not as the answer
        # in one statement: a push is begun before its token is made, so nobody is let in by it and not seen as one
        alive = (
            select(tokens.c.hash, tokens.c.name, tokens.c.role, tokens.c.user_id, guard_open.c.batch)
            .outerjoin(guard_open, is_push(tokens.c.name, self._clock.now()))
            .where(tokens.c.revoked.is_(None), tokens.c.expires.is_(None) | (tokens.c.expires > now))
        )
        rows = await self._points.read(lambda point: point.connection.execute(alive).all())
        self._known = {row.hash: Bearer(row.name, row.role, row.user_id) for row in rows}
        self._bound = {bearer.name: bearer.user_id for bearer in self._known.values() if bearer.user_id is not None}
        self._batches = {row.name: row.batch for row in rows if row.batch is not None}
        self._good_until = until
