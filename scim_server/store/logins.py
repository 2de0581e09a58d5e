"""Logins: a name in a system is one subject's until its removal was read back (S5)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Text, bindparam, delete, select, text

from scim_server.store.prepared import execute_many
from scim_server.store.tables import names

_RELEASE = delete(names).where(
    names.c.system == bindparam("in_system"),
    names.c.subject == bindparam("of"),
    names.c.name.is_distinct_from(bindparam("keep", type_=Text)),
)
_RESERVE = text("INSERT INTO names (system, name, subject) VALUES (:in_system, :login, :of) ON CONFLICT DO NOTHING")


def reserve(connection: Connection, wanted: Mapping[str, str], system: str) -> dict[str, str]:
    """Reserves a login for each subject; returns who holds it for those that did not get it (S5)."""
    if not wanted:
        return {}
    rows = [{"in_system": system, "login": login, "of": subject} for subject, login in wanted.items()]
    execute_many(connection, _RESERVE, rows)
    found = select(names.c.name, names.c.subject).where(
        names.c.system == system, names.c.name.in_(list(wanted.values()))
    )
    holders = {name: holder for name, holder in connection.execute(found)}
    return {subject: holders[login] for subject, login in wanted.items() if holders[login] != subject}


def release(connection: Connection, kept: Sequence[tuple[str, str, str | None]]) -> None:
    """Frees the logins of subjects, given as (system, subject, the login that it keeps or None)."""
    if kept:
        rows = [{"in_system": system, "of": subject, "keep": login} for system, subject, login in kept]
        execute_many(connection, _RELEASE, rows)
