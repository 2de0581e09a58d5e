"""The columns of `resources` of which a resource is made, whole or as a page shows it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select

from scim_server.store.resources import Stored
from scim_server.store.tables import members, resources

_joined = exists().where(members.c.user_id == resources.c.id).label("joined")
SHOWN = (
    resources.c.id,
    resources.c.type,
    resources.c.version,
    resources.c.document,
    resources.c.created,
    resources.c.modified,
    _joined,
    resources.c.kept,
)
"""A Shown, field by field."""

COLUMNS = (
    resources.c.id,
    resources.c.type,
    resources.c.subject,
    resources.c.external_id,
    resources.c.active,
    resources.c.version,
    resources.c.document,
    resources.c.created,
    resources.c.modified,
    _joined,
    resources.c.kept,
)
_ONE = select(*COLUMNS).where(resources.c.id == bindparam("of"))


def stored(row: Sequence[Any]) -> Stored:
    """From a driver's row, in the order of COLUMNS: SQLite has no booleans."""
    id, type, subject, external_id, active, version, document, created, modified, joined, kept = row
    known = None if active is None else bool(active)
    return Stored(id, type, subject, external_id, known, version, document, created, modified, bool(joined), kept)


def read_one(connection: Connection, id: str) -> Stored:
    """The resource of that id, which is there, as the open transaction has it."""
    return Stored(*connection.execute(_ONE, {"of": id}).one())
