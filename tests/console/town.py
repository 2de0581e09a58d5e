"""A district in the month of a check: people, what was found of their accounts, letters, replies. Served in process.

Somebody is suspended, somebody is lent outside, somebody has left: whoever has no role for it must not be able to tell.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy import insert, select

from scim_server.app import House
from scim_server.clock import Clock, day_start
from scim_server.settings import load
from scim_server.store.activity_tables import activity, activity_watched
from scim_server.store.review_tables import return_cases, review_strangers
from scim_server.store.tables import looks
from tests.cli.office import event, person, post
from tests.console.content import drafts, inquiry
from tests.flows import client as say
from tests.servers.stores import rows, store_url

T = TypeVar("T")
Json = dict[str, Any]
MONTH, DAY = "2026-07", "2026-07-01"
HOUR = 3600.0
WINDOW = ("2026-05-31T16:00:00.000Z", "2026-06-30T16:00:00.000Z")
CANARY = "金丝雀"
ROLES = ("hr", "admin", "auditor")
TREE = (
    ("崖州区", "D00", None, "root"),
    ("区科工信局", "KGX", "D00", "gov"),
    ("区教育局", "EDU", "D00", "gov"),
    ("人事科", "EDU-1", "EDU", "office"),
    ("区卫健委", "HEA", "D00", "gov"),
    ("区委办", "PTY", "D00", "party"),
    ("区政府办", "GOV", "D00", "gov"),
)
SUSPENDED = event("c1", "investigation", "2026-06-10", workSuspended=True, authority=CANARY)
ABROAD = post("s1", kind="secondment", scope="outbound", startDate="2026-06-12", plannedEndDate="2026-09-30")
ABROAD = {name: value for name, value in ABROAD.items() if name != "department"}
ABROAD |= {"sendingDepartment": "EDU", "externalOrganization": "省教育厅"}
HIRED = event("h1", "hire", "2026-06-15", entryRoute="recruited")
IN_HEA = [post(department="HEA")]
PEOPLE = (
    person("zhang", "E1", "张安"),
    person("li", "E2", "李明", SUSPENDED),
    person("zhao", "E3", "赵强", posts=(ABROAD,)),
    person("qian", "E4", "=钱多", assignments=IN_HEA),
    person("sun", "E5", "孙丽", assignments=[post(department="HEA", startDate="2026-06-15")], statusEvents=[HIRED]),
    person("zhou", "E6", "周伟", event("x1", "retirement", "2026-06-20", reason=CANARY)),
    person("chen", "L1", "陈区长", assignments=[post(department="GOV")], leaderLevel="district-government"),
)
SYSTEMS = ("oa", "wecom", "attendance")
LONG_AGO = "2026-04-02T01:00:00.000Z"
LATELY = "2026-06-20T01:00:00.000Z"
# by person: oa, wecom, attendance; verdict or the reason why it is left out
FOUND: Mapping[str, tuple[str, str, str]] = {
    "E1": ("silent", "operated", "no-data"),
    "E2": ("locked", "locked", "no-data"),
    "E3": ("locked", "locked", "needs-changed"),
    "E4": ("silent", "silent", "no-data"),
    "E5": ("operated", "new", "no-data"),
    "E6": ("removed", "removed", "removed"),
    "L1": ("silent", "operated", "no-data"),
}
WATCHED = {
    "oa": {"pc": True, "mobile": True},
    "wecom": {"pc": True, "mobile": True},
    "attendance": {"device": False},
}
RETURNS = (  # id, person, kind, planned end
    ("r-in", "E4", "inbound", "2026-07-05"),
    ("r-in-2", "E5", "inbound", "2026-07-12"),
    ("r-out", "E3", "outbound", "2026-07-10"),
    ("r-lock", "E2", "lock", "2026-07-11"),
)
USE = {"system": "oa", "terminal": "pc", "source": "login", "strength": "proof", "at": LONG_AGO, "slack": 0.0}
USE |= {"recorded": WINDOW[1]}
WATCH = {"id": "w1", "system": "oa", "terminal": "any", "source": "export", "since": WINDOW[0], "until": WINDOW[1]}
WATCH |= {"lag": 0.0, "recorded": WINDOW[1]}
DEPARTMENTS = {"E4": ("HEA", "HEA"), "E5": ("HEA", "HEA"), "L1": ("GOV", "GOV")}
"""By person, department and office; of the others EDU and EDU-1."""


class ConsoleTown:
    """One house on one store; `time` in seconds since the epoch. `ids`: SCIM ids by externalId."""

    def __init__(self, folder: Path) -> None:
        self.url = store_url(folder / "huaming.db")
        self.config = folder / "huaming.toml"
        letters = f'[letters]\nbureau = "KGX"\nfolder = "{folder}"\ncodes = {{KGX = "崖科工信函"}}\n'
        self.config.write_text(f'[store]\nurl = "{self.url}"\n[sweep]\nat = "off"\n{letters}', encoding="utf-8")
        self.time = day_start(DAY) + 9 * HOUR
        self.clock = Clock(now=lambda: self.time)
        self.house = House(load(self.config), self.clock, working=False, systems=())
        self.tokens = {role: self.run("token-create", name=f"{role}-console", role=role) for role in ROLES}
        self.ids: dict[str, str] = {}
        self.letters: dict[str, str] = {}
        self._wait(self._furnish())

    def close(self) -> None:
        self.house.close()

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run(work)

    def run(self, command: str, **given: Any) -> Any:
        """One command, as the server runs it."""
        return self._wait(self.house.run_command(command, given))

    @asynccontextmanager
    async def client(self, role: str | None = "hr", base: str = "/api/v1") -> AsyncIterator[httpx.AsyncClient]:
        headers = {"Authorization": f"Bearer {self.tokens[role]}"} if role else {}
        transport = httpx.ASGITransport(app=self.house.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://hub{base}", headers=headers) as client:
            yield client

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return rows(self.url, statement, *values)

    def looks(self) -> list[tuple[str, str, str]]:
        """(actor, what, subject), in order."""
        with self.house.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(select(looks.c.actor, looks.c.what, looks.c.subject))]

    async def _furnish(self) -> None:
        async with self.client("hr", "/scim/v2") as scim:
            for name, code, parent, kind in TREE:
                answer = await scim.post("/Groups", json=say.department(name, code, parent, kind))
                assert answer.status_code == 201, answer.text
            for body in PEOPLE:
                answer = await scim.post("/Users", json=body)
                assert answer.status_code == 201, answer.text
                self.ids[body["externalId"]] = answer.json()["id"]

    # the check

    def subject(self, key: str) -> str:
        return str(self.rows("SELECT subject FROM subjects WHERE key = ?", key)[0][0])

    def check(self, month: str = MONTH, found: Mapping[str, tuple[str, str, str]] = FOUND) -> str:
        """The check of a month, ready; returns its id."""
        self.run("review-begin", month=month, at=WINDOW[1], window_start=WINDOW[0], by="王主任")
        review = str(self.rows("SELECT id FROM reviews WHERE month = ?", month)[0][0])
        subjects = {key: self.subject(key) for key in found}
        people = [self._asked(key, subjects[key]) for key in sorted(found, key=subjects.__getitem__)]
        accounts = [_found(subjects[key], system, said) for key in found for system, said in _by_system(found[key])]
        self.run("review-lot", review=review, people=people, found=accounts)
        said: Json = {"review": review, "month": month, "by": "王主任", "systems": SYSTEMS, "watched": WATCHED}
        self.run("review-ready", **said, counts=_counts(found))
        self.strange(review)
        return review

    def strange(self, review: str) -> None:
        """An account of which nobody knows whose it is."""
        row = {"review": review, "system": "oa", "remote_id": "stray-1", "at": None}
        self._wait(self.house.writer.commit(lambda connection: connection.execute(insert(review_strangers), row)))

    def _asked(self, key: str, subject: str) -> list[Any]:
        department, office = DEPARTMENTS.get(key, ("EDU", "EDU-1"))
        leader = key == "L1"
        return [subject, department, office, leader, ["PTY", "GOV"] if leader else [department]]

    def write_letters(self, review: str) -> None:
        """The inquiries of the check; `letters`: their ids by the department asked, of leaders LEADERS."""
        for name, to, keys in (("EDU", ["EDU"], ["E1"]), ("HEA", ["HEA"], ["E4"]), ("LEADERS", ["PTY", "GOV"], ["L1"])):
            kind = "leaders-inquiry" if name == "LEADERS" else "inquiry"
            subjects = [self.subject(key) for key in keys]
            said = {"key": f"{kind} {review} {name}", "kind": kind, "sender": "KGX", "addressees": to, "day": DAY}
            said |= {"title": "区科工信局关于核查信息化系统异常账号的函", "restricted": kind != "inquiry"}
            said |= {"review": review, "people": subjects, "by": "王主任", "content": inquiry(kind, to, subjects, keys)}
            drawn = self.run("letter-draw", **said)
            self.letters[name] = drawn["id"]
            marks = ", ".join("?" * len(subjects))
            asked = self.rows(f"SELECT id FROM cases WHERE review = ? AND subject IN ({marks})", review, *subjects)
            self.run("review-asked", letter=drawn["id"], cases=[id for (id,) in asked])

    def write_more(self) -> None:
        """Drafts of departments, one of which tells of a suspension; planned ends; what is known of somebody's use."""
        for key, kind, title, said in drafts({key: self.subject(key) for key in FOUND}):
            people = [each["subject"] for each in said["people"]]
            sheet = {"kind": kind, "sender": "EDU", "addressees": ["KGX"], "title": title, "day": DAY, "review": None}
            drawn = self.run("letter-draw", key=key, content=said, restricted=False, people=people, by="x", **sheet)
            self.letters[key] = drawn["id"]
        rows = [self._return(*each) for each in RETURNS]
        self._wait(self.house.writer.commit(lambda connection: connection.execute(insert(return_cases), rows)))
        used = [{**USE, "subject": self.subject(key)} for key in ("E1", "L1")]
        self._wait(self.house.writer.commit(lambda connection: connection.execute(insert(activity), used)))
        self._wait(self.house.writer.commit(lambda connection: connection.execute(insert(activity_watched), WATCH)))

    def _return(self, id: str, key: str, kind: str, planned_end: str) -> Json:
        row = {"id": id, "subject": self.subject(key), "kind": kind, "fact": f"{CANARY}-{id}", "department": "EDU"}
        return row | {"planned_end": planned_end, "opened": "2026-07-01T00:00:00.000Z", "state": "open"}

    def case(self, key: str, system: str = "oa") -> str:
        """The id of somebody's case in the last check."""
        statement = "SELECT id FROM cases WHERE subject = ? AND system = ? ORDER BY id DESC"
        return str(self.rows(statement, self.subject(key), system)[0][0])

    def pass_to(self, day: str, hour: float = 9) -> None:
        self.time = day_start(day) + hour * HOUR


def _by_system(said: tuple[str, str, str]) -> list[tuple[str, str]]:
    return list(zip(SYSTEMS, said, strict=True))


def _found(subject: str, system: str, said: str) -> list[Any]:
    if said in ("operated", "silent", "no-data"):
        last = {"operated": LATELY, "silent": LONG_AGO, "no-data": None}[said]
        return [subject, system, said, None, last, "pc" if last else None]
    return [subject, system, "excluded", said, None, None]


def _counts(found: Mapping[str, tuple[str, str, str]]) -> Json:
    counts: Json = {}
    for each in found.values():
        for system, said in _by_system(each):
            mine = counts.setdefault(system, {"excluded": 0, "no-data": 0, "operated": 0, "silent": 0, "reasons": {}})
            if said in mine:
                mine[said] += 1
            else:
                mine["excluded"] += 1
                mine["reasons"][said] = mine["reasons"].get(said, 0) + 1
    return counts
