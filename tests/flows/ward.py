"""The engine room under the guard: departments full of people, and what is taken from them at once or one by one."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mappings import ldap
from scim_server.api.drafts import draft
from scim_server.scim.validate import validate
from scim_server.store import approval_lists, decisions, progress
from scim_server.store.cause import Cause, because
from tests.flows import client as say
from tests.flows.engine_room import SCHEMAS, SYSTEM, Room


class Ward(Room):
    """A room with people in departments, all of whom have an account."""

    def __init__(
        self, folder: Path, departments: dict[str, int], lanes: int = 1, batch: int = 64, url: str | None = None
    ) -> None:
        super().__init__(folder, lanes=lanes, batch=64, url=url)
        self.ids: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.post("Group", say.department("D0", "D0", None, "root"))
        for code, number in departments.items():
            self.groups[code] = self.post("Group", say.department(code, code, "D0", "gov")).id
            self._people(code, [f"{code}{each:03}" for each in range(number)])
        self.work_out()
        self.target = replace(self.target, identity=ldap.IDENTITY, batch=batch)
        self.hire()
        self.work()  # what follows is no backlog of a start

    def _people(self, code: str, names: Sequence[str]) -> None:
        drafts = [draft(SCHEMAS.user, validate(SCHEMAS.user, say.user(name))) for name in names]

        async def made() -> Any:
            return await asyncio.gather(*(self.roster.create(each, (), "test") for each in drafts))

        self.ids |= {name: stored.id for name, stored in zip(names, asyncio.run(made()), strict=True)}
        self.members(self.groups[code], tuple(self.ids[name] for name in names))

    def of(self, department: str) -> list[str]:
        return [name for name in self.ids if name.startswith(department)]

    # -- what the roster does

    def leaves(self, name: str) -> None:
        self.delete("User", self.ids[name])

    def all_leave(self, names: Sequence[str], request: str = "request-1") -> None:
        """One Bulk that deletes them."""

        async def deleted() -> None:
            for name in names:
                await self.roster.delete(await self.read("User", self.ids[name]), "test")

        with because(Cause(request=request)):
            asyncio.run(self.roster.batch(deleted(), 100))

    async def read(self, kind: str, id: str) -> Any:
        found = self.roster.get(kind, id)
        found = await found if asyncio.iscoroutine(found) else found
        assert found is not None
        return found

    def lock(self, name: str, *, active: bool = False) -> None:
        self.put("User", self.ids[name], say.user(name) | {"active": active})

    # -- what is to be seen

    @property
    def there(self) -> list[str]:
        """Who has an account that is not locked."""
        keys = self.accounts()
        return [name for name in self.ids if keys.get(f"E-{name}", {}).get("presence") == "active"]

    def gone(self, names: Iterable[str]) -> int:
        there = set(self.there)
        return sum(name not in there for name in names)

    @property
    def states(self) -> dict[str, int]:
        return dict(self.rows("SELECT state, count(*) FROM links GROUP BY state"))

    @property
    def code(self) -> int:
        """As `sync --until-idle` ends: 3 held, 0 idle; None: something still moves."""
        with self.engine.connect() as connection:
            assert progress.unsettled(connection, [SYSTEM], self.time) == 0
            return 3 if progress.any_held(connection, [SYSTEM]) else 0

    # -- approvals

    @property
    def approvals(self) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return approval_lists.listed(connection)

    @property
    def open(self) -> dict[str, Any]:
        """The only one that is open."""
        (found,) = [each for each in self.approvals if each["state"] == "open"]
        return found

    def approve(self, id: str, by: str = "周主任", seen: str | None = None) -> str:
        answer = self.writer.write(lambda connection: decisions.approve(connection, id, by, self.time, seen))
        return str(answer["state"])

    def reject(self, id: str, by: str = "周主任") -> str:
        answer = self.writer.write(lambda connection: decisions.reject(connection, id, by, "名单有误", self.time))
        return str(answer["state"])

    def release(self, name: str, by: str = "周主任") -> str:
        subject = self.ids[name]
        return str(self.writer.write(lambda c: decisions.release(c, SYSTEM, subject, by, self.time)))
