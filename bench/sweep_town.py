"""What the bench of the sweep rests on: a roster, its settled rows, and an OpenLDAP that agrees with both.

All by the product's own code: people and groups through `Roster`, every row claimed, desired and settled as if its
account had just been read back; the directory is what was desired, loaded by slapadd. A store and its LDIF that were
kept in a folder are taken from there the next time: making them costs 0.7 ms of processor a person, loading 0.2 ms.
"""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from house import ROOT, SCRIPT, Directory, directory, person

sys.path.insert(0, str(ROOT))

from mappings.model import AccountState, Kind, Memberships, Presence
from scim_server.api.drafts import draft
from scim_server.clock import Clock
from scim_server.reconcile import ending
from scim_server.reconcile.desire import tasks
from scim_server.reconcile.task import Task
from scim_server.scim.schemas import load
from scim_server.scim.urns import ROSTER_GROUP
from scim_server.scim.validate import validate
from scim_server.settings import load as load_settings
from scim_server.store import links, policies, rolls
from scim_server.store.engine import open_engine
from scim_server.store.finish import finish
from scim_server.store.migrate import migrate
from scim_server.store.people import OrgCache
from scim_server.store.roster import Roster
from scim_server.store.settle import Rules
from scim_server.store.writer import Writer
from scim_server.systems import policy_of, readings, targets

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PER_DEPARTMENT = 500
LOT = 1000
SCHEMAS = load(roster_extension=True)


@contextmanager
def town(folder: Path, number: int, kept: Path | None = None) -> Iterator["Town"]:
    """A directory and a store that agree. `kept`: where they are kept from one run to the next."""
    with directory(folder / "d", OVERLAYS="ppolicy", DBNOSYNC="1") as there:
        began = time.monotonic()
        found = kept is not None and _is_kept(kept, number)
        if kept is not None and found:
            _copy(_place(kept, number), folder)
        one = Town(folder, there, number)
        if not found:
            one.fill()
            one.settle()
            if kept is not None:
                _keep(folder, kept, number)
        one.note_policy()
        made = time.monotonic() - began
        one.load()
        loaded = time.monotonic() - began - made
        print(f"{number} people, {'kept' if found else 'made'} in {made:.0f} s, loaded in {loaded:.0f} s", flush=True)
        yield one


FILES = ("huaming.db", "town.ldif")


def _place(kept: Path, number: int) -> Path:
    return kept / str(number)


def _is_kept(kept: Path, number: int) -> bool:
    return all((_place(kept, number) / name).exists() for name in FILES)


def _keep(folder: Path, kept: Path, number: int) -> None:
    """The store whole, without a journal beside it; the LDIF last, so that half a copy is none."""
    _place(kept, number).mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / FILES[0])) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _copy(folder, _place(kept, number))


def _copy(one: Path, other: Path) -> None:
    for name in FILES:
        shutil.copyfile(one / name, other / name)


class Town:
    """A roster and the directory that it agrees with."""

    def __init__(self, folder: Path, there: Directory, number: int) -> None:
        self.folder, self.there, self.clock, self.number = folder, there, Clock(), number
        self.config = folder / "huaming.toml"
        env = there.env
        self.config.write_text(
            f'[store]\nurl = "sqlite:///{folder}/huaming.db"\n[sweep]\nat = "off"\n'
            "[guard]\nfloor = 1000000\ndepartment_floor = 1000000\n"
            f'[systems.ldap]\nurl = "{env["URL"]}"\nbind_dn = "{env["BIND_DN"]}"\nmode = "enforce"\npage_size = 1000\n'
            f'bind_password = "{env["BIND_PASSWORD"]}"\nbase_dn = "{env["BASE_DN"]}"\ndrift = {{ title = "report" }}\n',
            encoding="utf-8",
        )
        self.settings = load_settings(self.config)
        self.url = self.settings.store.url
        migrate(self.url)
        (self.target,) = targets(self.settings, self.clock)
        self.people, self.groups = f"ou=people,{env['BASE_DN']}", f"ou=groups,{env['BASE_DN']}"
        self.ldif = folder / "town.ldif"

    # -- roster, links, directory

    def fill(self) -> None:
        """People and groups through the product's own roster."""
        writer = Writer(open_engine(self.url, writing=True))
        roster = Roster(open_engine(self.url), writer, self.clock, ["ldap"], rules=Rules())
        asyncio.run(self._fill(roster, self.number))
        roster.close()
        writer.close()

    async def _fill(self, roster: Roster, number: int) -> None:
        ids: list[str] = []
        for start in range(0, number, LOT):
            some = [validate(SCHEMAS.user, person(each)) for each in range(start, min(start + LOT, number))]
            made = await asyncio.gather(*(roster.create(draft(SCHEMAS.user, each), [], "bench") for each in some))
            ids += [each.id for each in made]
        for place, start in enumerate(range(0, number, PER_DEPARTMENT)):
            code = f"D{place:04}"
            facts = {"departmentCode": code, "kind": "gov"}
            body = {"externalId": code, "displayName": f"第{place}局", ROSTER_GROUP: facts}
            await self._group(roster, {"schemas": [GROUP, ROSTER_GROUP], **body}, ids[start : start + PER_DEPARTMENT])
        await self._group(roster, {"schemas": [GROUP], "externalId": "ALL", "displayName": "全体人员"}, ids)

    async def _group(self, roster: Roster, body: dict[str, object], ids: list[str]) -> None:
        document = validate(SCHEMAS.group, body)
        stored = await roster.create(draft(SCHEMAS.group, document), [], "bench")
        for start in range(0, len(ids), LOT):
            found = await roster.get("Group", stored.id)
            assert found is not None
            await roster.amend_members(found, None, tuple(ids[start : start + LOT]), (), "bench")

    def settle(self) -> None:
        """Every row is claimed, desired and settled as if its account had just been read back; groups first."""
        engine = open_engine(self.url, writing=True)
        members: dict[str, list[str]] = {}
        with self.ldif.open("w", encoding="utf-8") as out, engine.connect() as connection:
            orgs = OrgCache()
            with connection.begin():
                first = connection.exec_driver_sql("UPDATE links SET due = 0 WHERE kind = 'group'").rowcount
            self._lot(connection, orgs, first, out, members)
            while self._lot(connection, orgs, LOT, out, members):
                pass
            for dn, entry in self._groups:
                names = members.get(dn) or [f"cn=nobody,{self.there.env['BASE_DN']}"]
                out.write(entry + "".join(f"member: {name}\n" for name in names) + "\n")
        engine.dispose()

    _groups: list[tuple[str, str]] = []  # noqa: RUF012 - filled once

    def _lot(self, connection, orgs, size, out, members) -> bool:  # type: ignore[no-untyped-def]
        now = self.clock.now()
        with connection.begin():
            claims = links.claim(connection, "ldap", "bench", size, now)
            work = tasks(connection, self.target, orgs, claims, self.clock.today())
            for task in work:
                self._read_back(task, out, members)
                task.plan()
                ending.read_back(task, ending.Moment(now, lambda: 1.0))
                assert task.finish is not None
                assert task.finish.settled, task.finish
            finish(connection, [task.finish for task in work if task.finish], now)
        return bool(work)

    def _read_back(self, task: Task, out, members) -> None:  # type: ignore[no-untyped-def]
        """The entry that the desired state describes, and the state in which it would be read."""
        wanted = task.desired.state
        person = task.ref.kind is Kind.PERSON
        rdn, container = ("uid", self.people) if person else ("cn", self.groups)
        dn, id = f"{rdn}={wanted.attributes[rdn][0]},{container}", str(uuid.uuid4())
        joined = wanted.memberships.concurrent if wanted.memberships else frozenset()
        for key in joined:
            members.setdefault(f"cn={key},{self.groups}", []).append(dn)
        classes = ("top", "person", "organizationalPerson", "inetOrgPerson") if person else ("top", "groupOfNames")
        lines = [f"dn: {dn}", *(f"objectClass: {each}" for each in classes), f"entryUUID: {id}"]
        lines += [f"{name}: {value}" for name, values in wanted.attributes.items() for value in values]
        text = "\n".join(lines) + "\n"
        if person:
            out.write(text + "\n")
        else:
            self._groups = [*self._groups, (dn, text)]
        task.creating = True  # our own attempt to make it is on record
        task.saw(
            AccountState(
                wanted.key,
                Presence.ACTIVE,
                {name: tuple(sorted(values)) for name, values in wanted.attributes.items()},
                Memberships(None, joined) if person else None,
                id,
                dn,
            )
        )

    def note_policy(self) -> None:
        """Everybody was settled by this policy, today: else a start makes every row due (S21)."""
        policy = policy_of(self.settings, readings(self.settings, self.clock.today()))
        engine = open_engine(self.url, writing=True)
        with engine.begin() as connection:
            policies.note(connection, policy.fingerprint, policy.readings, self.clock.stamp())
            rolls.end_day(connection, self.clock.today())
        engine.dispose()

    def load(self) -> None:
        """By slapadd, while the server is down."""
        script = ["bash", str(SCRIPT)]
        port = self.there.env["URL"].rpartition(":")[2]
        subprocess.run([*script, "stop", str(self.there.folder)], check=True)
        add = ["slapadd", "-q", "-F", str(self.there.folder / "slapd.d"), "-b", self.there.env["BASE_DN"]]
        path = os.environ["PATH"] + ":/usr/sbin:/sbin"
        subprocess.run([*add, "-l", str(self.ldif)], check=True, env=os.environ | {"PATH": path})
        subprocess.run([*script, "start", str(self.there.folder), port], check=True, capture_output=True)
