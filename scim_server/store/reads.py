"""Reading resources: points, and lists on threads of the store's own (design: Store and engine)."""

import asyncio
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Literal

import orjson
from sqlalchemy import Engine, Select, bindparam, case, func, select

from scim_server.store.json_functions import JsonText
from scim_server.store.lists import Asked, Listed, Lists
from scim_server.store.points import points
from scim_server.store.resources import Entry, NoSuchMember, Stored
from scim_server.store.rows import COLUMNS, stored
from scim_server.store.tables import members, resources, subjects, uniques

LOT = 500  # values in one IN
PIECE = 1_000  # members that are read before the loop serves others

_GET = select(*COLUMNS).where(resources.c.id == bindparam("id"), resources.c.type == bindparam("type"))
_FIND = {
    "name": select(*COLUMNS).where(resources.c.type == bindparam("type"), resources.c.name == bindparam("value")),
    "external_id": select(*COLUMNS).where(
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
# the title of a person without a displayName may be the login: there the document has the last word
_unnamed = func.coalesce(JsonText(resources.c.folded, ("displayName",)), "") == ""
_MEMBERS_OF = (
    select(members.c.user_id, members.c.joined, _title, case((_unnamed, resources.c.document)))
    .join(resources, resources.c.id == members.c.user_id)
    .join(subjects, subjects.c.subject == resources.c.subject)
    .where(members.c.group_id == bindparam("id"), members.c.user_id > bindparam("after"))
    .order_by(members.c.user_id)
    .limit(bindparam("size"))
)


class Reads:
    """Reads what is committed at that moment."""

    def __init__(self, engine: Engine, monotonic: Callable[[], float]) -> None:
        self._points = points(engine)
        self._lists = Lists(engine, monotonic)

    def close(self) -> None:
        """Ends the read connections."""
        self._lists.close()
        self._points.close()

    # -- point reads. All raise Unavailable

    async def get(self, type: str, id: str) -> Stored | None:
        """The resource with that id."""
        row = await self._points.read(lambda point: point.first(_GET, type=type, id=id))
        return None if row is None else stored(row)

    async def find(self, type: str, column: Literal["name", "external_id"], value: str) -> Stored | None:
        """The resource with that folded name or that externalId."""
        row = await self._points.read(lambda point: point.first(_FIND[column], type=type, value=value))
        return None if row is None else stored(row)

    async def groups_of(self, user_id: str) -> list[Entry]:
        """The Groups of a User, in the order of joining."""
        return [Entry(*row) for row in await self._points.read(lambda point: point.all(_GROUPS_OF, id=user_id))]

    async def groups_of_each(self, user_ids: Sequence[str]) -> dict[str, list[Entry]]:
        """The Groups of many Users, each in the order of joining; who has none is missing."""
        found: dict[str, list[Entry]] = {}
        for lot in _lots(user_ids):
            for user_id, group_id, title in await self._rows(_GROUPS_OF_EACH, {"ids": lot}):
                found.setdefault(user_id, []).append(Entry(group_id, title))
        return found

    async def members_of(self, group_id: str) -> list[Entry]:
        """The members of a Group, in the order of joining. Who has a login and no name has nothing to display.

        Read piece by piece: who joins or leaves meanwhile is in it or not.
        """
        found: list[tuple[str, Entry]] = []
        rows = await self._members(group_id, "")
        while True:
            found += [(joined, Entry(id, name if doc is None else _name(doc))) for id, joined, name, doc in rows]
            if len(rows) < PIECE:
                break
            await asyncio.sleep(0)
            rows = await self._members(group_id, rows[-1][0])
        found.sort(key=itemgetter(0))
        return [entry for _, entry in found]

    # -- lists, on threads of the store's own

    async def page(self, asked: Asked) -> Listed:
        """The page that is asked for. Raises TooSlow."""
        return await self._lists.read(asked)

    # -- checks before a write

    async def among(self, group_id: str, ids: Sequence[str]) -> set[str]:
        """Which of these are members; lot by lot, so that the loop serves others."""
        found: set[str] = set()
        for lot in _lots(ids):
            there = select(members.c.user_id).where(members.c.group_id == group_id, members.c.user_id.in_(lot))
            found.update(id for (id,) in await self._rows(there))
            await _breath(ids)
        return found

    async def derived_among(self, group_id: str, ids: Sequence[str]) -> set[str]:
        """Which of these are members because of an assignment (S4); lot by lot."""
        found: set[str] = set()
        for lot in _lots(ids):
            mine = members.c.group_id == group_id, members.c.user_id.in_(lot), members.c.derived.is_(True)
            found.update(id for (id,) in await self._rows(select(members.c.user_id).where(*mine)))
            await _breath(ids)
        return found

    async def is_taken(self, type: str, attribute: str, value: str, id: str) -> bool:
        """Whether another resource has that unique value."""
        holder = select(uniques.c.resource_id).where(
            uniques.c.type == type,
            uniques.c.attribute == attribute,
            uniques.c.value == value,
            uniques.c.resource_id != id,
        )
        return bool(await self._rows(holder))

    async def existing(self, ids: Sequence[str]) -> list[str]:
        """Those that name a User, in the same order; lot by lot."""
        found: set[str] = set()
        for lot in _lots(ids):
            known = select(resources.c.id).where(resources.c.type == "User", resources.c.id.in_(lot))
            found.update(id for (id,) in await self._rows(known))
            await _breath(ids)
        return [id for id in ids if id in found]

    async def must_exist(self, ids: Sequence[str]) -> None:
        """Raises NoSuchMember for an id that names no User."""
        missing = set(ids).difference(await self.existing(ids))
        if missing:
            raise NoSuchMember(min(missing))

    async def _rows(self, statement: Select[Any], values: dict[str, Any] | None = None) -> Sequence[Any]:
        return await self._points.read(lambda point: point.connection.execute(statement, values).all())

    async def _members(self, group_id: str, after: str) -> list[tuple[Any, ...]]:
        return await self._points.read(lambda point: point.all(_MEMBERS_OF, id=group_id, after=after, size=PIECE))


async def _breath(ids: Sequence[str]) -> None:
    if len(ids) > LOT:
        await asyncio.sleep(0)


def _name(document: bytes) -> str:
    person = orjson.loads(document)
    name: str = person.get("displayName") or person.get("name", {}).get("formatted") or ""
    return name


def _lots(ids: Sequence[str], size: int = LOT) -> list[Sequence[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
