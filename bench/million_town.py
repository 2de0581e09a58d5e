"""A store with very many people with facts, whole: documents, standings, posts, members, accounts in four systems.

A lot of some hundred people is made by the product's own code, settled in each system as if every account had just
been read back, with its attempts and their trace; then it is multiplied (`million_copies.py`).
"""

import asyncio
import sqlite3
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from house import FAMILY, GIVEN, ROOT
from million_copies import LOGIN, NAME, PHONE, multiply
from states import DEPARTMENTS, ROSTER_USER, department, person

sys.path.insert(0, str(ROOT))

from mappings.model import AccountState, Kind, Presence
from scim_server.api.drafts import draft
from scim_server.app import House
from scim_server.clock import Clock
from scim_server.reconcile import ending
from scim_server.reconcile.desire import tasks
from scim_server.reconcile.roll import Roll
from scim_server.reconcile.target import Target
from scim_server.reconcile.task import Task
from scim_server.scim.schemas import load
from scim_server.scim.validate import validate
from scim_server.settings import load as load_settings
from scim_server.store import attempts, links
from scim_server.store.attempts import Intent, Settled
from scim_server.store.finish import finish
from scim_server.store.people import OrgCache
from scim_server.store.roster import Roster

LOT = 500  # people in the lot that is multiplied; at most 1,000
SCHEMAS = load(roster_extension=True)
CONFIG = """[store]
url = "sqlite:///{store}"
[sweep]
at = "off"
[systems.ldap]
url = "ldaps://127.0.0.1:1"
bind_dn = "cn=none"
bind_password = "none"
base_dn = "dc=yazhou,dc=example"
mode = "enforce"
default_department = "D004"
[systems.oa]
url = "https://127.0.0.1:1"
user = "none"
password = "none"
unit = "崖州区"
default_post = "科员"
default_level = "科员级"
mode = "enforce"
default_department = "D004"
[systems.wecom]
url = "https://127.0.0.1:1"
corp_id = "none"
secret = "none"
mode = "enforce"
default_department = "D004"
[systems.attendance]
url = "https://127.0.0.1:1"
app_key = "none"
app_secret = "none"
mode = "enforce"
default_department = "D004"
"""


def made(folder: Path, people: int) -> Path:
    """The configuration of a store with so many people (a multiple of the lot); made where it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    store, config = folder / f"people-{people}.db", folder / f"people-{people}.toml"
    if config.exists() and store.exists():
        return config
    began = time.monotonic()
    started = folder / "starting.toml"
    started.write_text(CONFIG.format(store=store), encoding="utf-8")
    lot = get_context("spawn").Process(target=_lot, args=(started,))  # so that nothing of it keeps the store open
    lot.start()
    lot.join()
    assert lot.exitcode == 0
    multiply(store, people // LOT)
    started.rename(config)
    size = store.stat().st_size / 1e9
    print(f"{people} people made in {time.monotonic() - began:.0f} s, {size:.1f} GB", flush=True)
    return config


def days(house: House) -> Roll:
    """The roll of a house without a worker that runs."""
    names = [target.name for target in house.targets]
    return Roll(house.engine, house.writer, house.clock, house.rules, house.policy, names)


# -- the lot, by the product's own code


def _lot(config: Path) -> None:
    house = House(load_settings(config), Clock())
    days(house).look()  # today is rolled, by this policy
    asyncio.run(_push(house.roster))
    for target in house.targets:
        house.writer.write(partial(_settle, target=target, clock=house.clock))
    house.close()


async def _push(roster: Roster) -> None:
    for number in range(DEPARTMENTS):
        await roster.create(draft(SCHEMAS.group, validate(SCHEMAS.group, department(number))), [], "bench")
    for number in range(LOT):
        await roster.create(draft(SCHEMAS.user, validate(SCHEMAS.user, _person(number))), [], "bench")


def _person(number: int) -> dict[str, Any]:
    body, login = person(number), f"{LOGIN}{number:03}"
    family, given = FAMILY[number % len(FAMILY)], NAME + GIVEN[number // 7 % len(GIVEN)]
    body |= {"userName": login, "externalId": f"E{login}", "displayName": family + given}
    body["name"] = {"formatted": family + given, "familyName": family, "givenName": given}
    body["emails"] = [{"value": f"{login}@yazhou.example", "type": "work", "primary": True}]
    end = f"{2027 + number // 10 % 3}-{1 + number // 30 % 12:02}-28"  # a secondment's: the standing changes by itself
    for post in body[ROSTER_USER]["assignments"]:
        post |= {each: end for each in ("endDate", "plannedEndDate") if post.get(each) == "2026-08-31"}
    body["phoneNumbers"] = [{"value": f"{PHONE}{number:04}", "type": "mobile"}]
    return body


def _settle(connection: Any, target: Target, clock: Clock) -> None:
    """Every row, groups first, ends as a pass would end it that has read the account back as desired."""
    now, orgs = clock.now(), OrgCache()
    first = f"UPDATE links SET due = 0 WHERE kind = 'group' AND system = '{target.name}'"
    connection.exec_driver_sql(first)
    while claims := links.claim(connection, target.name, "bench", LOT, now):
        work = tasks(connection, target, orgs, claims, clock.today())
        for task in work:
            _read_back(connection, task, now)
        finish(connection, [task.finish for task in work if task.finish], now)


def _read_back(connection: Any, task: Task, now: float) -> None:
    if task.blocked or task.blocker is not None:
        ending.before_any_call(task, ending.Moment(now + 86_400, lambda: 1.0))
        if task.finish is not None:
            return
    task.plan()
    if task.planned.operations and task.ref.kind is Kind.PERSON:
        _record(connection, task, now)
    wanted, id = task.desired.state, str(uuid.uuid4())
    if wanted.presence is not Presence.REMOVED:
        task.creating = task.locking = True  # our own attempts are on record
        shown = {name: tuple(sorted(values)) for name, values in wanted.attributes.items()}
        name = f"{task.desired.login},ou=people" if task.desired.login else None
        task.saw(AccountState(wanted.key, wanted.presence, shown, wanted.memberships, id, name))
    else:
        task.saw(None)
    task.plan()
    ending.read_back(task, ending.Moment(now, lambda: 1.0))
    if task.finish is None:
        task.end("done", settled=True)


def _record(connection: Any, task: Task, now: float) -> None:
    """An attempt for each operation, done."""
    operations = [replace(each, id=attempts.new_id()) for each in task.planned.operations if each.reason]
    attempts.record(connection, [Intent(each, task.claim.desired, now, task.claim.cause) for each in operations], now)
    attempts.settle(connection, [Settled(str(each.id), "done") for each in operations], now)


def chosen(config: Path, number: int) -> Iterator[tuple[str, str, str, str]]:
    """(id, login, number, subject) of so many people, spread over the whole store."""
    store = load_settings(config).store.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(store)) as connection:
        people = connection.execute("SELECT number FROM totals WHERE type = 'User'").fetchone()[0]
        for place in range(0, people, people // number):
            wanted = "SELECT id, name, external_id, subject FROM resources WHERE type = 'User' AND name = ?"
            yield connection.execute(wanted, (f"p{place // LOT:04}{place % LOT:03}",)).fetchone()
