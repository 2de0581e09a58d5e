"""A bureau and departments whose letters are drawn up, in the engine room: commands are run as the writer runs them."""

from pathlib import Path
from typing import Any

from scim_server.clock import day_start
from scim_server.commands import COMMANDS
from scim_server.store.settle import Rules
from scim_server.store.turns import InTurn
from tests.flows import client as say
from tests.flows.engine_room import Room

HOUR = 3600.0
DAY = "2026-07-01"
BUREAU = "KGX"
CODES = {BUREAU: "崖科工信函", "EDU": "崖教函"}
BY = "王主任"


def content(kind: str = "inquiry", **more: Any) -> dict[str, Any]:
    """An inquiry about one account, as it is before it has a number."""
    account = {"subject": "nobody", "name": "张三", "number": "E1", "office": "办公室", "system": "政务OA"}
    return {
        "kind": kind,
        "sender": "三亚市崖州区科学技术和工业信息化局",
        "doc_number": "",
        "day": DAY,
        "addressees": ["区教育局"],
        "bureau": "三亚市崖州区科学技术和工业信息化局",
        "checked": DAY,
        "window_start": "2026-06-01",
        "window_end": DAY,
        "due": "2026-07-06",
        "systems": ["政务OA"],
        "accounts": [account],
        **more,
    }


def letter(key: str = "inquiry r1 EDU", **more: Any) -> dict[str, Any]:
    """The arguments of "letter-draw"."""
    kind = more.get("kind", "inquiry")
    usual = {
        "key": key,
        "kind": kind,
        "sender": BUREAU,
        "addressees": ["EDU"],
        "title": "关于核查信息化系统异常账号的函",
        "restricted": False,
        "day": DAY,
        "content": content(kind),
        "review": None,
        "people": [],
        "by": BY,
    }
    return usual | more


class Registry(Room):
    """A district with the bureau, 教育局 with an office, and 卫健委, on the morning of DAY."""

    def __init__(self, folder: Path, calendar: str | None = None, url: str | None = None) -> None:
        super().__init__(folder, url=url)
        self.time = day_start(DAY) + 9 * HOUR
        self.rules = Rules(codes=CODES, calendar=calendar)
        tree = (
            ("D0", "崖州区", None),
            (BUREAU, "区科工信局", "D0"),
            ("EDU", "区教育局", "D0"),
            ("HEA", "区卫健委", "D0"),
        )
        for code, name, parent in tree:
            self.post("Group", say.department(name, code, parent, "gov" if parent else "root"))
        self.post("Group", say.department("人事科", "EDU-1", "EDU", "office"))

    def run(self, command: str, **given: Any) -> Any:
        """A command, in the writer."""
        body = COMMANDS[command]
        return self.writer.write(InTurn(lambda connection: body(connection, self.clock, self.rules, given)))

    def draw(self, key: str = "inquiry r1 EDU", **more: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.run("letter-draw", **letter(key, **more))
        return found

    def row(self, id: str) -> dict[str, Any]:
        """A letter as the register has it."""
        from sqlalchemy import select

        from scim_server.store.register_tables import register

        with self.engine.connect() as connection:
            return dict(connection.execute(select(register).where(register.c.id == id)).one()._mapping)

    def steps(self) -> list[str]:
        """What the trace tells of letters."""
        return [said for (said,) in self.rows("SELECT said FROM trace WHERE kind = 'letter' ORDER BY seq")]
