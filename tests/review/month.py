"""A district whose month is seeded: people with the lives of `lives`, their links, and what is known of their use."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, update

from scim_server.api.drafts import draft
from scim_server.clock import Clock, day_start, stamp
from scim_server.operate.desk import Desk
from scim_server.scim.schemas import load
from scim_server.settings import Settings
from scim_server.store.activity_tables import activity, activity_never, activity_strangers, activity_watched
from scim_server.store.edits import arrival, creation, first_subject, new_id
from scim_server.store.engine import open_engine
from scim_server.store.facts_tables import marks
from scim_server.store.system_tables import disowned
from scim_server.store.tables import attempts, links, subjects
from scim_server.store.wakes import NEW_LINK
from tests.flows import client as say
from tests.review.lives import HOME, LIVES, ORDINARY, SYSTEMS, Json, Life
from tests.servers.stores import store_url

ROSTER = "urn:ietf:params:scim:schemas:extension:cnroster:2.0:User"
MADE = day_start("2026-05-20")  # when the house was told of all this
NINE = day_start("2026-07-01") + 9 * 3600
START, END = datetime.fromisoformat("2026-06-01T00:00:00+08:00"), datetime.fromisoformat("2026-07-01T00:00:00+08:00")
BEFORE, INSIDE, AFTER = START - timedelta(days=3), START + timedelta(days=11, hours=5), END + timedelta(hours=8)
TICK = timedelta(milliseconds=1)
DEPARTMENTS = [f"B{number:02}" for number in range(36)]
OTHERS = {"KGX": "区科工信局", "PTY": "区委办公室", "GOV": "区政府办公室", "RD": "区人大办"}
SCHEMAS = load(True)

# (terminal, instant) of what is known; by the number of the person, shifted for each system
USES: tuple[tuple[tuple[str, datetime], ...], ...] = (
    (),
    (("pc", BEFORE),),
    (("pc", INSIDE),),
    (("mobile", INSIDE),),
    (("pc", BEFORE), ("mobile", INSIDE)),
    (("mobile", START),),
    (("pc", START - TICK), ("mobile", BEFORE)),
    (("mobile", AFTER),),
    (("pc", END),),
    (("pc", INSIDE), ("mobile", INSIDE + timedelta(days=2))),
)
WATCHED = {"oa": ("pc", "mobile"), "wecom": ("pc",), "attendance": ("device",), "ldap": ()}
TERMINALS = {"oa": ("pc", "mobile"), "wecom": ("pc", "mobile"), "attendance": ("device",), "ldap": ("any",)}


class Soul:
    """One person: number, life, department."""

    def __init__(self, number: int, life: Life, departments: int = len(DEPARTMENTS)) -> None:
        self.number, self.life, self.subject = number, life, new_id()
        self.key = f"E{number:05}"
        self.department = DEPARTMENTS[number % departments]

    @property
    def user(self) -> Json:
        body = say.user(self.key.lower(), self.key, displayName=f"职工{self.number}")
        body["name"] = {"formatted": f"职工{self.number}", "familyName": "职"}
        if self.life.plain:
            return body
        posts = self.life.posts or (HOME | {"startDate": self.life.hired},)
        hire = {"value": "h1", "type": "hire", "entryRoute": "recruited", "effectiveDate": self.life.hired}
        facts = {"employmentCategory": "institutional", **self.life.facts}
        facts |= {"assignments": [self._placed(each) for each in posts], "statusEvents": [hire, *self.life.events]}
        return body | {"schemas": [*body["schemas"], ROSTER], ROSTER: facts}

    def _placed(self, post: Json) -> Json:
        homes = {"HOME": self.department, "OFFICE": f"{self.department}-1"}
        return {name: homes.get(value, value) if isinstance(value, str) else value for name, value in post.items()}

    def uses(self, system: str) -> list[tuple[str, datetime]]:
        """Nothing of the directory; a door has one terminal only."""
        if system == "ldap":
            return []
        shift = SYSTEMS.index(system) * 3
        found = USES[(self.number // 3 + shift) % len(USES)]
        if system != "attendance":
            return list(found)
        return [("device", max(at for _, at in found))] if found else []

    @property
    def never(self) -> bool:
        """WeCom says that the account was never activated."""
        return not self.uses("wecom") and self.number % 2 == 0


def souls(number: int, departments: int = len(DEPARTMENTS)) -> list[Soul]:
    """Each life several times; two thirds are in service for years."""
    lives = (LIVES[each // 3 % len(LIVES)] if each % 3 == 0 else ORDINARY[0] for each in range(number))
    return [Soul(each, life, departments) for each, life in enumerate(lives)]


class Month:
    """The store, and a desk on the morning of 2026-07-01."""

    def __init__(self, folder: Path, people: list[Soul], **said: Any) -> None:
        self.people = people
        folder.mkdir(exist_ok=True)
        self.url = store_url(folder / "huaming.db")
        self.time = NINE
        self.settings = Settings.model_validate({"store": {"url": self.url}, **tables(said)})
        self.desk = Desk(self.settings, Clock(now=lambda: self.time))
        engine = open_engine(self.url, writing=True)
        with engine.begin() as connection:
            seed(connection, people)
        engine.dispose()

    def write(self, body: Any) -> None:
        engine = open_engine(self.url, writing=True)
        with engine.begin() as connection:
            body(connection)
        engine.dispose()


def tables(said: Mapping[str, Any]) -> Json:
    """The configuration; nothing answers at the addresses."""
    nowhere = "http://127.0.0.1:9"
    own: Json = {
        "oa": {
            "url": nowhere, "user": "huaming", "password": "x", "unit": "崖州区", "default_post": "科员",
            "default_level": "科员级", "protected": ["admin-life"],
        },
        "wecom": {"url": nowhere, "corp_id": "ww1", "secret": "x"},
        "attendance": {"url": nowhere, "app_key": "k", "app_secret": "x"},
        "ldap": {"url": "ldap://127.0.0.1:9", "bind_dn": "cn=a", "bind_password": "x", "base_dn": "dc=a"},
    }  # fmt: skip
    review = {"systems": list(SYSTEMS), "leader_offices": {"party": "PTY", "government": "GOV"}}
    letters = {"bureau": "KGX", "folder": "letters", "name": "三亚市崖州区科学技术和工业信息化局"}
    return {
        "systems": own,
        "review": {**review, **said.get("review", {})},
        "letters": said.get("letters", letters),
    }


def seed(connection: Connection, people: list[Soul]) -> None:
    """The rows that a POST of each would leave, by the store's own statements, and what grows beside them."""
    _groups(connection)
    for start in range(0, len(people), 1000):
        _users(connection, people[start : start + 1000])
    _many(connection, marks, [row for each in people for row in _marks(each)])
    marked = [each.subject for each in people if each.life.marks]
    for subject in marked:
        connection.execute(update(subjects).where(subjects.c.subject == subject).values(marked=True))
    _many(connection, links, [row for each in people for row in _links(each)])
    _many(connection, attempts, [row for each in people for row in _sent(each)])
    _many(connection, activity, [row for each in people for row in _uses(each)])
    at = stamp(NINE)
    never = [{"system": "wecom", "subject": each.subject, "recorded": at} for each in people if each.never]
    _many(connection, activity_never, never)
    _many(connection, activity_watched, list(_watched()))
    _strangers(connection, people)


def _many(connection: Connection, table: Any, rows: list[Json]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _groups(connection: Connection) -> None:
    tree = [("D0", "崖州区", None, "root"), *((key, name, "D0", "gov") for key, name in OTHERS.items())]
    for key in DEPARTMENTS:
        tree += [(key, f"区{key}局", "D0", "gov"), (f"{key}-1", f"{key}人事科", key, "office")]
    _steps(connection, [creation(draft(SCHEMAS.group, say.department(n, k, p, t)), (), "hr", MADE, new_id())[1]
                        for k, n, p, t in tree])  # fmt: skip


def _users(connection: Connection, people: list[Soul]) -> None:
    steps = []
    for each in people:
        drafted = draft(SCHEMAS.user, each.user)
        steps.append(
            [*arrival(drafted, MADE, each.subject, each.subject), *first_subject(drafted, (), MADE, each.subject)]
        )
    _steps(connection, steps)


def _steps(connection: Connection, steps: list[Any]) -> None:
    """The same statement once, with all its rows."""
    rows: dict[int, tuple[Any, list[Json]]] = {}
    for step in (step for each in steps for step in each):
        rows.setdefault(id(step.statement), (step.statement, []))[1].extend(step.rows)
    for statement, given in rows.values():
        if given:
            connection.execute(statement, given)


def _marks(one: Soul) -> Iterator[Json]:
    for span in one.life.marks.get("bareLocks", ()):
        yield _mark(one, "bare-lock", span)
    for ruling in one.life.marks.get("rulings", ()):
        systems = '["oa"]' if "systems" in ruling else None
        yield _mark(one, ruling["kind"], ruling) | {"by": ruling["by"], "systems": systems}


def _mark(one: Soul, kind: str, span: Json) -> Json:
    more: Json = dict.fromkeys(("department", "letter_ref", "letter_on", "by", "ended_by", "systems", "departure"))
    return {
        "id": new_id(),
        "subject": one.subject,
        "kind": kind,
        "start": span["start"],
        "end": span.get("end"),
        **more,
    }


def _links(one: Soul) -> Iterator[Json]:
    for system in SYSTEMS:
        told = one.life.links.get(system, {})
        if told is None:
            continue
        usual = {"state": "done", "remote_id": f"{system}-{one.number}", "name": f"{one.key}", "presence": "active"}
        same = {
            "subject": one.subject,
            "system": system,
            "kind": "person",
            "applied": 1,
            "read_back": None,
            "finding": None,
        }
        yield NEW_LINK | same | usual | told


def _sent(one: Soul) -> Iterator[Json]:
    for system, action, day in one.life.sent:
        at = stamp(day_start(day) + 3600)
        told = {
            "reason": "在职",
            "article": "一",
            "generation": 1,
            "changed_at": at,
            "settled_at": at,
            "outcome": "done",
        }
        yield {
            "id": new_id(),
            "at": at,
            "system": system,
            "subject": one.subject,
            "key": one.key,
            "action": action,
        } | told


def _uses(one: Soul) -> Iterator[Json]:
    for system in SYSTEMS:
        for terminal, at in one.uses(system):
            told = {"source": "export", "strength": "proof", "at": stamp(at.timestamp()), "recorded": stamp(NINE)}
            yield {"system": system, "subject": one.subject, "terminal": terminal, "slack": 0.0, **told}


def _watched() -> Iterator[Json]:
    """Each in two stretches that meet; the second reaches beyond the window."""
    middle = START + timedelta(days=14)
    for system, terminals in WATCHED.items():
        for terminal in terminals:
            for since, until in ((START - timedelta(days=1), middle), (middle - TICK, END + timedelta(hours=9))):
                span = {"since": stamp(since.timestamp()), "until": stamp(until.timestamp()), "lag": 0.0}
                same = {"id": new_id(), "system": system, "terminal": terminal, "source": "export", "by": "王主任"}
                yield {**same, **span, "recorded": stamp(NINE)}


def _strangers(connection: Connection, people: list[Soul]) -> None:
    """A forgotten account, one that somebody has disowned, one that has been linked since."""
    numbers = count()
    for system, id in (("oa", "robot"), ("oa", "backup"), ("oa", f"oa-{people[1].number}"), ("wecom", "printer")):
        at = stamp(INSIDE.timestamp() + next(numbers))
        row = {"system": system, "remote_id": id, "at": at, "recorded": stamp(NINE)}
        connection.execute(insert(activity_strangers), row)
    said = {"title": "backup", "by": "王主任", "at": stamp(MADE)}
    connection.execute(insert(disowned), {"system": "oa", "remote_id": "backup", **said})
