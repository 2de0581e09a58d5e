"""A town in the engine room whose days go by: departments A and B, and people with facts."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from mappings.guard import Limits
from scim_server.clock import civil_day, day_start
from scim_server.scim.urns import ROSTER_USER, USER
from scim_server.store import rolls
from tests.flows import client as say
from tests.flows.engine_room import Room

FIRST = "2026-03-02"
HOUR = 3600.0


class Town(Room):
    """A room with departments A and B, on the morning of FIRST."""

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        super().__init__(folder)
        if limits is not None:
            self.target = replace(self.target, limits=limits)
            self.hire()
        self.time = day_start(FIRST) + 9 * HOUR
        for code, parent in (("D0", None), ("A", "D0"), ("B", "D0")):
            self.post("Group", say.department(code, code, parent, "gov" if parent else "root"))
        self.ids: dict[str, str] = {}

    def tell(self, name: str, posts: list[dict[str, Any]], events: list[dict[str, Any]], **more: Any) -> None:
        """Everything that the roster says of a person: new, or instead of what it said."""
        facts = {"employmentCategory": "institutional", "assignments": posts, "statusEvents": events, **more}
        body = say.user(name) | {"schemas": [USER, ROSTER_USER], ROSTER_USER: facts}
        if name in self.ids:
            self.put("User", self.ids[name], body)
        else:
            self.ids[name] = self.post("User", body).id

    def on(self, day: str, hour: float = 9) -> None:
        """Time goes on to that hour; the worker works."""
        self.time = day_start(day) + hour * HOUR
        self.work()

    def night_by_night(self, last: str) -> None:
        """A minute after each midnight until that day."""
        day = date.fromisoformat(civil_day(self.time))
        while day.isoformat() < last:
            day += timedelta(days=1)
            self.on(day.isoformat(), 1 / 60)

    def account(self, name: str) -> Any:
        """(presence, groups) in the directory; None without an account."""
        found = self.accounts().get(f"E-{name}")
        return None if found is None else (found["presence"], found["groups"])

    def remote_id(self, name: str) -> str:
        return str(self.link(self.ids[name]).remote_id)

    def done(self, name: str) -> list[str]:
        """What was done to the account, in its order, memberships left out."""
        return [
            action
            for action, outcome in self.rows(
                "SELECT action, outcome FROM attempts WHERE subject = :of ORDER BY id", of=self.ids[name]
            )
            if outcome == "done" and action not in ("join", "leave")
        ]

    def by_the_clock(self, name: str) -> list[str]:
        """The days on which the clock changed what a client sees of the person."""
        rows = self.rows("SELECT at, actor FROM changes WHERE action = 'settle' AND subject = :of", of=self.ids[name])
        assert {actor for _, actor in rows} <= {"clock"}
        return [at[:10] for at, _ in rows]

    @property
    def rolled(self) -> str | None:
        with self.engine.connect() as connection:
            return rolls.rolled(connection)

    @property
    def state(self) -> str:
        with self.engine.connect() as connection:
            return rolls.state(connection, self.clock.today(), self.policy.fingerprint)


def hired(day: str, department: str = "A", number: int = 1) -> tuple[dict[str, Any], dict[str, Any]]:
    post = {"value": f"a{number}", "kind": "primary", "scope": "internal", "department": department, "startDate": day}
    return post, event(f"h{number}", "hire", day, entryRoute="recruited")


def event(value: str, type: str, day: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "type": type, "effectiveDate": day, **more}


def away(start: str, end: str | None = None) -> dict[str, Any]:
    post = {
        "value": "s1",
        "kind": "secondment",
        "scope": "outbound",
        "externalOrganization": "省厅",
        "startDate": start,
    }
    return post | {"sendingDepartment": "A"} | ({"endDate": end} if end else {})


def lives(town: Town) -> None:
    """Lives that turn on days of March; `twice` is hired again."""
    post, hire = hired("2020-01-02")
    town.tell("stays", [post], [hire])
    town.tell("comes", *([each] for each in hired("2026-03-05")))
    town.tell("away", [post, away("2026-03-07", "2026-03-08")], [hire])
    town.tell("lent", [post, away("2026-03-10")], [hire])
    town.tell("goes", [post], [hire, event("e1", "resignation", "2026-03-06")])
    again, second = hired("2026-03-20", "B", 2)
    town.tell("twice", [post, again], [hire, event("e1", "resignation", "2026-03-12"), second])
