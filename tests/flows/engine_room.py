"""The engine without threads, on the reference connector and a clock that stands still: `work` is one turn of it."""

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, text

from connectors.base import Connector
from connectors.memory import MemoryConnector, MemoryDirectory
from mappings import ldap
from scim_server.api.drafts import draft
from scim_server.clock import Clock
from scim_server.reconcile.fingerprint import Policy
from scim_server.reconcile.roll import Roll
from scim_server.reconcile.target import Target
from scim_server.reconcile.worker import Worker
from scim_server.scim.schemas import load
from scim_server.scim.validate import validate
from scim_server.store.engine import open_engine
from scim_server.store.links import LEASE
from scim_server.store.migrate import migrate
from scim_server.store.resources import Stored
from scim_server.store.roster import Roster
from scim_server.store.settle import Rules
from scim_server.store.wakes import retry, wake_all
from scim_server.store.writer import Writer
from tests.flows import client as say
from tests.flows.client import Json
from tests.servers.stores import ON_POSTGRESQL, store_url

T = TypeVar("T")

SYSTEM = "memory"
BEGIN = 1_900_000_000.0
SCHEMAS = load(roster_extension=True)


class Room:
    """One store, one worker, one directory in memory. `time` in seconds since the epoch."""

    def __init__(
        self,
        folder: Path,
        template: Path | None = None,
        lanes: int = 1,
        batch: int = 8,
        directory: MemoryDirectory | None = None,
        url: str | None = None,
    ) -> None:
        store = folder / "room.db"
        if template is not None and not ON_POSTGRESQL:
            shutil.copy(template, store)
        self.url = url or store_url(store)
        migrate(self.url)
        self.time = BEGIN
        self.clock = Clock(now=lambda: self.time, monotonic=lambda: self.time)
        self.directory = directory or MemoryDirectory()
        connector = MemoryConnector(SYSTEM, self.directory)
        self.target = Target(
            name=SYSTEM,
            kind="memory",
            managed=connector.describe().managed,
            person=ldap.desired,
            group=ldap.desired_group,
            connect=lambda: MemoryConnector(SYSTEM, self.directory),
            mode="enforce",
            lanes=lanes,
            batch=batch,
            capabilities=connector.describe(),
        )
        self.engine = open_engine(self.url)
        self.writer = Writer(open_engine(self.url, writing=True))
        self.rules = Rules()
        self.roster = Roster(self.engine, self.writer, self.clock, [SYSTEM], rules=self.rules)
        self.policy = Policy("policy-1", "{}")
        self.worker = self._worker(self.target)

    def _worker(self, target: Target) -> Worker:
        self.roll = Roll(self.engine, self.writer, self.clock, self.rules, self.policy, [SYSTEM])
        return Worker([target], self.engine, self.writer, self.clock, self.roll)

    def close(self) -> None:
        self._dismiss()
        self.writer.close()
        self.roster.close()
        self.engine.dispose()

    def hire(self, connect: Callable[[], Connector] | None = None) -> None:
        """A new worker in place of the one there was, which may have died; with another connector where given."""
        target = replace(self.target, connect=connect) if connect else self.target
        self._dismiss()
        self.worker = self._worker(target)

    def _dismiss(self) -> None:
        for lane in self.worker.lanes:
            lane.close()
        self.roll.close()

    # -- the roster

    def _wait(self, write: Coroutine[Any, Any, T]) -> T:
        return asyncio.run(write)

    def post(self, kind: str, body: Json) -> Stored:
        """A new User or Group."""
        resource_type = SCHEMAS.user if kind == "User" else SCHEMAS.group
        document = validate(resource_type, body)
        members = [each["value"] for each in document.pop("members", [])]
        return self._wait(self.roster.create(draft(resource_type, document), members, "test"))

    def person(self, name: str, **attributes: Any) -> str:
        return self.post("User", say.user(name, **attributes)).id

    def put(self, kind: str, id: str, body: Json) -> None:
        resource_type = SCHEMAS.user if kind == "User" else SCHEMAS.group
        stored = self.stored(kind, id)
        document = validate(resource_type, body)
        document.pop("members", None)
        self._wait(self.roster.replace(stored, draft(resource_type, document), "test", "replace"))

    def members(self, group: str, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> None:
        self._wait(self.roster.amend_members(self.stored("Group", group), None, add, remove, "test"))

    def delete(self, kind: str, id: str) -> None:
        self._wait(self.roster.delete(self.stored(kind, id), "test"))

    def stored(self, kind: str, id: str) -> Stored:
        found = self._wait(self.roster.get(kind, id))
        assert found is not None
        return found

    # -- time and work

    def work(self, seconds: float = 0.0) -> None:
        """Time goes on, and what is due then is worked."""
        self.time += seconds
        self.worker.run_due()

    def outlive(self) -> None:
        """What a dead worker held is free: on SQLite by the next one's start, on PostgreSQL once its lease is over."""
        if ON_POSTGRESQL:
            self.time += LEASE

    def work_out(self, hours: float = 3.0) -> None:
        """Time goes on in steps until nothing is due by itself any more."""
        until = self.time + hours * 3600
        while self.rows("SELECT 1 FROM links WHERE state IN ('due', 'waiting') AND due IS NOT NULL"):
            assert self.time < until, self.rows("SELECT subject, state, due, error FROM links")
            self.work(15)

    def sweep(self) -> None:
        """Makes every row due (S17)."""
        self.writer.write(lambda connection: wake_all(connection, SYSTEM, "", 10_000, self.time))

    def retry(self, connection: Connection) -> None:
        """What parked is due again."""
        retry(connection, self.time, None, None)

    # -- what there is to see

    def rows(self, statement: str, **values: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]

    def link(self, subject: str) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(text("SELECT * FROM links WHERE subject = :of"), {"of": subject}).one()

    def outcomes(self) -> list[tuple[str, str | None]]:
        """(action, outcome) of every attempt, in their order."""
        return self.rows("SELECT action, outcome FROM attempts ORDER BY id")

    def accounts(self) -> dict[str, Json]:
        """The directory by key: kind, name, presence, attributes, keys of the groups joined."""
        keys = {each.remote_id: each.key for each in self.directory.accounts.values()}
        return {
            each.key: {
                "kind": str(each.kind),
                "presence": str(each.presence),
                "attributes": {
                    name: each.attributes.get(name, ()) for name in ("uid", "cn", "ou", "displayName", "title", "mail")
                },
                "groups": {keys.get(id, id) for id in each.groups},
            }
            for each in map(replace, self.directory.accounts.values())
        }
