"""Whose the accounts are that a system or an export tells of: by the link's remote id, by our key, by the login."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Select, bindparam, select

from scim_server.store.prepared import fetch, listed
from scim_server.store.tables import links, names, resources, subjects

# whether there is an account is asked of the row, not in the WHERE: SQLite would read all of a system's for it
_OF = links.c.system == bindparam("in_system"), links.c.kind == "person"
_BY_ID = select(links.c.remote_id, links.c.subject, links.c.remote_id).where(*_OF, links.c.remote_id.in_(listed("ids")))
_KEYS = select(subjects.c.key, subjects.c.subject).where(subjects.c.key.in_(listed("ids")))
_BY_SUBJECT = select(links.c.subject, links.c.subject, links.c.remote_id).where(
    *_OF, links.c.subject.in_(listed("ids"))
)
_BY_NAME = (
    select(names.c.name, links.c.subject, links.c.remote_id)
    .join(names, (names.c.subject == links.c.subject) & (names.c.system == links.c.system))
    .where(*_OF, names.c.name.in_(listed("ids")))
)
_BY_USER_NAME = (
    select(resources.c.name, links.c.subject, links.c.remote_id)
    .join(resources, resources.c.subject == links.c.subject)
    .where(*_OF, resources.c.type == "User", resources.c.name.in_(listed("ids")))
)


def by_remote_id(connection: Connection, system: str, ids: Sequence[str]) -> dict[str, str]:
    """The subjects of these accounts, by the system's own ids."""
    return _found(connection, _BY_ID, system, ids)


def by_key(connection: Connection, system: str, keys: Sequence[str]) -> dict[str, str]:
    """The subjects with these keys that have an account there."""
    wanted = [key for key in dict.fromkeys(keys) if key]
    if not wanted:
        return {}
    named = fetch(connection, _KEYS, ids=orjson.dumps(wanted))  # first these: SQLite would begin with all links
    there = _found(connection, _BY_SUBJECT, system, [subject for _, subject in named])
    return {key: subject for key, subject in named if subject in there}


def by_login(connection: Connection, system: str, folded: Sequence[str]) -> dict[str, str]:
    """The subjects who log in there by these names (folded): the name that is kept for them there, else userName."""
    return _found(connection, _BY_USER_NAME, system, folded) | _found(connection, _BY_NAME, system, folded)


def _found(connection: Connection, statement: Select[Any], system: str, ids: Sequence[str]) -> dict[str, str]:
    wanted = list(dict.fromkeys(each for each in ids if each))
    if not wanted:
        return {}
    rows = fetch(connection, statement, in_system=system, ids=orjson.dumps(wanted))
    return {name: subject for name, subject, remote_id in rows if remote_id is not None}
