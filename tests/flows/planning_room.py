"""Plans in the engine room: the desk of an operator before a directory in memory, and HR's files beside it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mappings.guard import Limits
from scim_server.operate import apply as applying
from scim_server.operate.desk import Desk
from scim_server.operate.planning_keep import keep
from scim_server.operate.planning_look import Asked, Look, look
from scim_server.operate.pushed_file import PushedFile, check
from scim_server.reconcile.target import LIMITS, Target
from scim_server.settings import Settings, StoreSettings
from scim_server.store.engine import open_engine
from scim_server.store.metadata import metadata
from scim_server.store.plans import ShownRow
from tests.flows import client as say
from tests.flows.engine_room import Room

Json = dict[str, Any]

OWN = {"plans", "plan_rows", "pushes"}  # what looking and applying leave behind


def empty(folder: Path) -> Path:
    """A store in which nothing is yet, to be copied: that saves making one."""
    Room(folder).close()
    return folder / "room.db"


class RoomDesk(Desk):
    """The systems are those of the room, in whatever mode the test wants."""

    def __init__(self, room: Room) -> None:
        super().__init__(Settings(store=StoreSettings(url=room.url)), room.clock)
        self.room = room

    def targets(self) -> list[Target]:
        return [self.room.target]


class Planner:
    """An operator: looks, writes files, applies."""

    def __init__(self, room: Room, folder: Path, limits: Limits = LIMITS) -> None:
        room.target = replace(room.target, limits=limits)
        room.hire()
        self.room = room
        self.folder = folder
        self.desk = RoomDesk(room)

    def file(self, *lines: Any, name: str = "push.jsonl") -> PushedFile:
        path = self.folder / name
        path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
        return check(path, self.desk.settings.base_url)

    def look(self, file: PushedFile | None = None, skip_refused: bool = False, **asked: Any) -> "Seen":
        seen = Seen()
        seen.look = look(self.desk, seen.put, Asked(file=file, skip_refused=skip_refused, **asked))
        rows = [list(_values(row)) for row in seen.rows]
        assert keep(self.desk, seen.digest, asked.get("system"), file.digest if file else None, rows)
        return seen

    def apply(self, digest: str, by: str = "王主任", file: PushedFile | None = None, **how: Any) -> applying.Applied:
        if file is not None:
            how = {"approver": "李局长", **how}
        return applying.apply(self.desk, applying.Order(digest, by, file, **how))

    def store(self) -> Mapping[str, list[Any]]:
        """Every row of every table, except of those that looking writes."""
        engine = open_engine(self.room.url)
        with engine.connect() as connection:
            return {
                table.name: sorted(map(repr, connection.execute(select(table))))
                for table in metadata.sorted_tables
                if table.name not in OWN
            }


class Seen:
    """What a look has shown."""

    look: Look

    def __init__(self) -> None:
        self.lists: dict[str, list[Any]] = {"operations": [], "held": [], "stuck": [], "rows": []}

    def put(self, kind: str, shown: Any) -> None:
        self.lists[kind].append(shown)

    @property
    def rows(self) -> list[ShownRow]:
        return self.lists["rows"]

    @property
    def digest(self) -> str:
        return str(self.look.answer["digest"])

    @property
    def overview(self) -> Json:
        found: Json = self.look.answer["overview"]
        return found

    def said(self) -> list[tuple[str, str, str | None]]:
        """(action, key, group), sorted."""
        found = [(each["action"], each["externalId"], each.get("group")) for each in self.lists["operations"]]
        return sorted(found, key=str)


def _values(row: ShownRow) -> tuple[Any, ...]:
    return row.digest, row.system, row.key, row.action, row.group_key, row.dangerous


def lock(room: Room, ids: dict[str, str], *names: str, active: bool = False) -> None:
    for name in names:
        room.put("User", ids[name], say.user(name, active=active))


def locked(room: Room) -> list[str]:
    return sorted(key for key, each in room.accounts().items() if each["presence"] == "locked")


def counted(room: Room) -> int:
    return int(room.rows("SELECT count(*) FROM guard_counted")[0][0])
