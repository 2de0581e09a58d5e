"""The whole house in process, without a worker, under a clock that stands still until the test moves it."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from mappings.policy.days import day_after
from scim_server.app import House
from scim_server.clock import Clock, day_start
from scim_server.operate.desk import Desk
from scim_server.operate.states import states
from scim_server.reconcile.roll import Roll
from scim_server.settings import Settings
from tests.flows.house import OPEN_HANDED
from tests.servers.stores import copy_store, store_url

HOUR = 3600
ROLES = ("hr", "admin", "auditor")
BEGIN = "2025-11-01"


class Bureau:
    """One house and everybody who asks it. `day` is today in Asia/Shanghai."""

    def __init__(self, folder: Path, template: "Bureau | None" = None, *, working: bool = False, **tables: Any) -> None:
        """`template`: a bureau whose store, with its tokens in it, is copied. `tables`: further tables of the file.

        `working`: with a worker that works when `work` is called, in the test's own thread.
        """
        store = folder / "huaming.db"
        if template is not None:
            copy_store(template.store, store)
        self.store = store
        self.day, self.now = BEGIN, day_start(BEGIN)
        own = {"store": {"url": store_url(Path(store))}, "guard": OPEN_HANDED, "systems": {}}
        self.settings = Settings.model_validate(own | tables)
        self.clock = Clock(now=lambda: self.now)
        self._loop = asyncio.Runner()
        self.house = House(self.settings, self.clock, working=working, systems=None if working else ())
        house = self.house
        self._roll = Roll(
            house.engine, house.writer, self.clock, house.rules, house.policy, list(self.settings.systems)
        )
        self.desk = Desk(self.settings, self.clock)
        self._clients: dict[str, httpx.AsyncClient] = {}
        self.tokens = template.tokens if template is not None else {role: self._token(role) for role in ROLES}

    def close(self) -> None:
        self._loop.close()
        self._roll.close()
        self.house.close()

    # -- time

    def on(self, day: str, hour: float = 9) -> "Bureau":
        """What follows happens on that day; a day that has begun since is rolled first."""
        assert (day, self.now) >= (self.day, 0), "time does not go back"
        moved = day != self.day
        self.day, self.now = day, day_start(day) + hour * HOUR
        if moved:
            self.roll()
        return self

    def night_after(self) -> "Bureau":
        """00:00:01 of the next day, rolled."""
        return self.on(day_after(self.day), hour=1 / HOUR)

    def roll(self) -> None:
        """What the house does when it notices that a day has begun."""
        self._roll.look()

    def work(self) -> None:
        """Everything that is due, to the end."""
        assert self.house.worker is not None
        self.house.worker.run_due()
        stuck = self.rows("SELECT subject, state, error FROM links WHERE state NOT IN ('done', 'gone')")
        assert stuck == []

    # -- the wire

    def ask(self, method: str, path: str, body: Any = None, role: str = "hr", **headers: str) -> httpx.Response:
        """One request."""
        return self._loop.run(self._client(role).request(method, path, json=body, headers=headers))

    def ok(self, method: str, path: str, body: Any = None, role: str = "hr") -> Any:
        """One request that must be accepted; its answer."""
        answer = self.ask(method, path, body, role)
        assert answer.is_success, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def _client(self, role: str) -> httpx.AsyncClient:
        if role not in self._clients:
            transport = httpx.ASGITransport(app=self.house.app, raise_app_exceptions=False)
            headers = {"Authorization": f"Bearer {self.tokens[role]}"}
            self._clients[role] = httpx.AsyncClient(transport=transport, base_url="http://x/scim/v2", headers=headers)
        return self._clients[role]

    # -- commands

    def command(self, command: str, /, **arguments: Any) -> Any:
        """What a person of the bureau types, as the running house does it."""
        return self._loop.run(self.house.run_command(command, arguments))

    def _token(self, role: str) -> str:
        secret: str = self.command("token-create", role=role, name=role)
        return secret

    def add_ruling(self, key: str, ruling: Mapping[str, Any]) -> str:
        """A ruling of today on the person of that externalId; its id."""
        id: str = self.command("ruling-add", person=key, **ruling)
        return id

    def end_ruling(self, id: str, by: str) -> None:
        self.command("ruling-end", id=id, by=by)

    def record_letter(self, key: str, letter: Mapping[str, Any]) -> None:
        """A letter as the table tells of it; of an added member it covers the one that runs."""
        covers = letter["covers"]
        if covers.startswith("member of "):
            question = (
                "SELECT start FROM marks JOIN subjects USING (subject) "
                'WHERE key = :key AND department = :department AND "end" IS NULL'
            )
            ((start,),) = self.rows(question, key=key, department=covers.removeprefix("member of "))
            covers = f"{covers} from {start}"
        given = {"number": letter["docNumber"], "kind": letter["kind"], "by": "函件登记"}
        self.command("letter-record", **given, covers=[[key, covers, letter.get("phase", "start")]])

    def states(self, day: str | None = None, restricted: bool = True) -> dict[str, dict[str, Any]]:
        """The lines of `huaming states`, by externalId; today's unless a day is named."""
        return {line["externalId"]: line for line in states(self.desk, day or self.day, restricted)}

    # -- the store, looked at from outside

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Rows of the store."""
        with self.house.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]

    def everything(self) -> Mapping[str, list[tuple[Any, ...]]]:
        """What must not move when nothing was said: resources, members, marks, changes, links."""
        tables = ("resources", "members", "marks", "standings", "changes", "links", "subjects")
        return {table: self.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}
