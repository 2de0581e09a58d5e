"""Who looked at what is for some roles only, and of whom (S18). The record holds no value of it."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, literal, select

from scim_server.store.tables import looks, resources

EVERYBODY = "*"
"""The subject of a question that is asked of the whole roster."""

_OF = insert(looks).from_select(
    ["at", "actor", "what", "subject"],
    select(
        bindparam("on", literal("").type),
        bindparam("by", literal("").type),
        bindparam("of_what", literal("").type),
        resources.c.subject,
    ).where(resources.c.id == bindparam("of")),
)
_OF_ALL = insert(looks)


def record_looks(connection: Connection, at: str, actor: str, what: str, ids: Sequence[str], *, all: bool) -> None:
    """A row for each resource that was shown; `all`: and one for a question that was asked of everybody."""
    if ids:
        connection.execute(_OF, [{"on": at, "by": actor, "of_what": what, "of": id} for id in ids])
    if all:
        connection.execute(_OF_ALL, {"at": at, "actor": actor, "what": what, "subject": EVERYBODY})
