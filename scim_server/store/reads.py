"""Reading resources: points in the event loop, lists on threads of the store's own (design: Store and engine)."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import local
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Select, bindparam, exists, func, select, true
from sqlalchemy.sql import ColumnElement

from scim_server.store.engine import reading
from scim_server.store.prepared import Prepared
from scim_server.store.resources import Entry, NoSuchMember, Stored
from scim_server.store.tables import members, resources, subjects

LIST_THREADS = 2
LOT = 500  # values in one IN

_COLUMNS = (
    resources.c.id,
    resources.c.type,
    resources.c.subject,
    resources.c.external_id,
    resources.c.active,
    resources.c.version,
    resources.c.document,
    resources.c.created,
    resources.c.modified,
    exists().where(members.c.user_id == resources.c.id).label("joined"),
)
_GET = select(*_COLUMNS).where(resources.c.id == bindparam("id"), resources.c.type == bindparam("type"))
_FIND = {
    "name": select(*_COLUMNS).where(resources.c.type == bindparam("type"), resources.c.name == bindparam("value")),
    "external_id": select(*_COLUMNS).where(
        resources.c.type == bindparam("type"), resources.c.external_id == bindparam("value")
    ),
}
_title = func.coalesce(subjects.c.title, "")
_GROUPS_OF_EACH = (
    select(members.c.user_id, members.c.group_id, _title)
    .join(resources, resources.c.id == members.c.group_id)
    .join(subjects, subjects.c.subject == resources.c.subject)
    .where(members.c.user_id.in_(bindparam("ids", expanding=True)))
    .order_by(members.c.joined)
)
_GROUPS_OF = (
    select(members.c.group_id, _title)
    .join(resources, resources.c.id == members.c.group_id)
    .join(subjects, subjects.c.subject == resources.c.subject)
    .where(members.c.user_id == bindparam("id"))
    .order_by(members.c.joined)
)
_MEMBERS_OF = (
    select(members.c.user_id, _title)
    .join(resources, resources.c.id == members.c.user_id)
    .join(subjects, subjects.c.subject == resources.c.subject)
    .where(members.c.group_id == bindparam("id"))
    .order_by(members.c.joined)
)


def _list(where: ColumnElement[bool]) -> tuple[Select[Any], Select[Any]]:
    """How many there are, and a page of them: the offset over the narrow key, the documents joined after it."""
    matches = (resources.c.type == bindparam("type")) & where
    ids = select(resources.c.id).where(matches).order_by(resources.c.id).limit(bindparam("size"))
    page = select(*_COLUMNS).where(resources.c.id.in_(ids.offset(bindparam("skip")))).order_by(resources.c.id)
    return select(func.count()).select_from(resources).where(matches), page


_COUNT, _PAGE = _list(true())


def _stored(row: Sequence[Any]) -> Stored:
    """From a driver's row: SQLite has no booleans."""
    id, type, subject, external_id, active, version, document, created, modified, joined = row
    known = None if active is None else bool(active)
    return Stored(id, type, subject, external_id, known, version, document, created, modified, bool(joined))


class Reads:
    """Reads what is committed at that moment."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._point = reading(engine)
        self._get = Prepared(self._point, _GET)
        self._find = {column: Prepared(self._point, statement) for column, statement in _FIND.items()}
        self._groups_of = Prepared(self._point, _GROUPS_OF)
        self._lists = ThreadPoolExecutor(LIST_THREADS, thread_name_prefix="store-lists")
        self._own = local()

    def close(self) -> None:
        """Ends the read connections."""
        self._lists.shutdown()
        self._point.close()

    # -- point reads, in the event loop

    def get(self, type: str, id: str) -> Stored | None:
        """The resource with that id."""
        row = self._get.first(type=type, id=id)
        return None if row is None else _stored(row)

    def find(self, type: str, column: Literal["name", "external_id"], value: str) -> Stored | None:
        """The resource with that folded name or that externalId."""
        row = self._find[column].first(type=type, value=value)
        return None if row is None else _stored(row)

    def groups_of(self, user_id: str) -> list[Entry]:
        """The Groups of a User, in the order of joining."""
        return [Entry(*row) for row in self._groups_of.all(id=user_id)]

    def groups_of_each(self, user_ids: Sequence[str]) -> dict[str, list[Entry]]:
        """The Groups of many Users, each in the order of joining; who has none is missing."""
        found: dict[str, list[Entry]] = {}
        for lot in _lots(user_ids):
            for user_id, group_id, title in self._point.execute(_GROUPS_OF_EACH, {"ids": lot}):
                found.setdefault(user_id, []).append(Entry(group_id, title))
        return found

    def members_of(self, group_id: str) -> list[Entry]:
        """The members of a Group, in the order of joining."""
        return [Entry(*row) for row in self._point.execute(_MEMBERS_OF, {"id": group_id})]

    def children_of(self, code: str) -> list[str]:
        """The externalIds of the departments whose parent it is."""
        found = select(resources.c.external_id).where(resources.c.type == "Group", resources.c.parent == code)
        return list(self._point.scalars(found))

    # -- lists, on threads of the store's own

    async def select(
        self, type: str, where: ColumnElement[bool] | None, start: int, count: int
    ) -> tuple[int, list[Stored]]:
        """How many match, and the page from the 1-based `start`, ordered by id."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._lists, self._page, type, where, start, count)

    def _page(self, type: str, where: ColumnElement[bool] | None, start: int, count: int) -> tuple[int, list[Stored]]:
        if not hasattr(self._own, "connection"):
            self._own.connection = self._engine.connect()
        connection: Connection = self._own.connection
        counted, page = (_COUNT, _PAGE) if where is None else _list(where)
        with connection.begin():  # both answers from one snapshot
            total: int = connection.execute(counted, {"type": type}).scalar_one()
            asked = {"type": type, "size": count, "skip": start - 1}
            rows = connection.execute(page, asked).all() if count and start <= total else []
        return total, [Stored(*row) for row in rows]

    # -- checks before a write

    def among(self, group_id: str, ids: Sequence[str]) -> set[str]:
        """Which of these are members."""
        found: set[str] = set()
        for lot in _lots(ids):
            there = select(members.c.user_id).where(members.c.group_id == group_id, members.c.user_id.in_(lot))
            found.update(self._point.scalars(there))
        return found

    def must_exist(self, ids: Sequence[str]) -> None:
        """Raises NoSuchMember for the first id that names no User."""
        for lot in _lots(ids):
            known = select(resources.c.id).where(resources.c.type == "User", resources.c.id.in_(lot))
            missing = set(lot).difference(self._point.scalars(known))
            if missing:
                raise NoSuchMember(min(missing))


def _lots(ids: Sequence[str], size: int = LOT) -> list[Sequence[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
