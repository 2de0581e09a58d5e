"""Secrets of this store's own, made once by whoever needs one first: the same for every node and after a restart."""

import secrets

from sqlalchemy import Connection, select, text

from scim_server.store.tables import keys

_BITS = 256
_MAKE = text("INSERT INTO keys (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING")


def known(connection: Connection, name: str) -> bytes | None:
    """The key of that name, where one has been made."""
    found: bytes | None = connection.scalar(select(keys.c.value).where(keys.c.name == name))
    return found


def made(connection: Connection, name: str) -> bytes:
    """The key of that name, made now unless it is there: to be run in the writer."""
    connection.execute(_MAKE, {"name": name, "value": secrets.token_bytes(_BITS // 8)})
    found = known(connection, name)
    assert found is not None
    return found
