"""People with facts over HTTP: a house whose day the test sets, a few departments, and what answers are asked for."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, select

from scim_server.clock import Clock, day_start
from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_USER, USER
from scim_server.store.settle import READ_BY_DEFAULT, settle
from scim_server.store.tables import changes, looks, resources
from tests.scim.house import House, Served, department, made, patch_op

EVENTS, POSTS, STATES = (f"{ROSTER_USER}:{name}" for name in ("statusEvents", "assignments", "requiredStates"))
ALL = ",".join((USER, EVENTS, *(f"{EVENTS}.{name}" for name in ("workSuspended", "outcome", "authority")), STATES))
"""What a client that may see everything names; the core URN alone names nothing."""

SECRETS = ("CANARY-authority", "CANARY-reason", "judicial-referral")

POST = {"value": "a1", "kind": "primary", "scope": "internal", "department": "G02", "startDate": "2020-01-02"}
HIRE = {"value": "h1", "type": "hire", "entryRoute": "recruited", "effectiveDate": "2020-01-02"}
CASE = {
    "value": "i1",
    "type": "investigation",
    "effectiveDate": "2026-03-02",
    "workSuspended": True,
    "authority": "CANARY-authority",
}


@dataclass
class Day:
    """The day on which the house lives; noon in Asia/Shanghai."""

    iso: str

    def clock(self) -> Clock:
        return Clock(now=lambda: day_start(self.iso) + 12 * 3600)


class Bureau:
    """A house on a day of the test's choice, with the departments G0, G02 (with G02-4), G06."""

    def __init__(self, folder: Path, day: str) -> None:
        self.day = Day(day)
        self.house = House(folder, Served(), clock=self.day.clock())

    @asynccontextmanager
    async def client(self, role: str = "hr") -> AsyncIterator[httpx.AsyncClient]:
        async with self.house.client(role) as scim:
            yield scim

    async def furnish(self, scim: httpx.AsyncClient) -> None:
        for code, parent, kind in (
            ("G0", None, "root"),
            ("G02", "G0", "gov"),
            ("G02-4", "G02", "office"),
            ("G06", "G0", "gov"),
        ):
            await made(scim, "/Groups", department(code, parent, kind))

    async def pass_to(self, day: str) -> None:
        """The day roll of everybody."""
        self.day.iso = day

        def roll(connection: Connection) -> None:
            subjects = list(connection.scalars(select(resources.c.subject).where(resources.c.kept.is_not(None))))
            settle(connection, subjects, day, self.house.clock.now(), "clock", READ_BY_DEFAULT)

        await self.house.write(roll)

    def looks(self) -> list[tuple[str, str, str]]:
        """(actor, what, subject), in order."""
        with self.house.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(select(looks.c.actor, looks.c.what, looks.c.subject))]

    def count_changes(self, id: str) -> int:
        with self.house.engine.connect() as connection:
            return len(connection.execute(select(changes.c.seq).where(changes.c.resource_id == id)).all())


def official(
    key: str = "YZ1",
    *,
    posts: Any = (POST,),
    events: Any = (HIRE,),
    core: Mapping[str, Any] | None = None,
    **facts: Any,
) -> dict[str, Any]:
    """A request body for a User with facts."""
    given = {"employmentCategory": "administrative", "assignments": list(posts), "statusEvents": list(events)}
    return {
        "schemas": [USER, ENTERPRISE_USER, ROSTER_USER],
        "externalId": key,
        "userName": f"user.{key.lower()}",
        "name": {"formatted": "欧阳雪"},
        "title": "科员",
        "emails": [{"value": f"{key}@gov.example", "type": "work"}],
        ENTERPRISE_USER: {"employeeNumber": key},
        **(core or {}),
        ROSTER_USER: given | facts,
    }


async def everything(scim: httpx.AsyncClient, id: str) -> dict[str, Any]:
    """All that this client's role may see of a person."""
    shown = (await scim.get(f"/Users/{id}")).json()
    named = await scim.get(f"/Users/{id}", params={"attributes": ALL})
    assert named.status_code == 200, named.text
    more = named.json().get(ROSTER_USER, {})
    return {**shown, ROSTER_USER: {**shown.get(ROSTER_USER, {}), **more}}


async def states(scim: httpx.AsyncClient, id: str) -> dict[str, str]:
    """The required states of a person."""
    found = (await scim.get(f"/Users/{id}", params={"attributes": STATES})).json()
    required: dict[str, str] = found[ROSTER_USER]["requiredStates"]
    return required


async def departments(scim: httpx.AsyncClient, id: str) -> list[str]:
    """The codes of the departments of a person, the primary one first."""
    there = (await scim.get("/Groups", params={"excludedAttributes": "members"})).json()["Resources"]
    code = {each["id"]: each["externalId"] for each in there}
    return [code[each["value"]] for each in (await scim.get(f"/Users/{id}")).json().get("groups", [])]


async def patched(scim: httpx.AsyncClient, id: str, *operations: dict[str, Any]) -> dict[str, Any]:
    """PATCHes a person, which must be accepted, and returns the answer."""
    answer = await scim.patch(f"/Users/{id}", json=patch_op(*operations))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
