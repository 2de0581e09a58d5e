"""The use of one person's accounts, as it is on record. Each look is recorded: it is about one person's work."""

from sqlalchemy import Connection

from scim_server.api.console import models
from scim_server.api.console.faults import Problem
from scim_server.api.console.operation import Operation, Question
from scim_server.api.console.room import Room
from scim_server.store import console_letters as store


class Activity:
    """GET activity/{externalId}."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def operations(self) -> list[Operation]:
        """The one."""
        path = "/activity/{externalId}"
        return [
            Operation(
                "GET", path, "getActivity", "使用情况", "一人各系统账号的使用记录；查阅留痕", self.one,
                models.Activity, statuses=(404,),
            ),
        ]  # fmt: skip

    async def one(self, asked: Question) -> models.Activity:
        """GET: the latest use of each terminal, and which stretches were watched."""
        key = asked.places["externalId"]
        found = await self._room.read(lambda connection: store.person_of(connection, key))
        if found is None:
            raise Problem(404, "名册中从未有过此人。")
        if found["level"] not in (None, "none") and not asked.caller.sees_restricted:
            raise Problem(403, "涉及区领导的，限有权人员查阅。")
        subject = found["subject"]
        await self._room.look(asked.caller, "activity", subject)
        systems = await self._room.read(lambda connection: _systems(connection, subject))
        return models.Activity(external_id=found["key"], name=found["title"], systems=systems)


def _systems(connection: Connection, subject: str) -> list[models.SystemActivity]:
    evidence, never = store.evidence_of(connection, subject), store.never_of(connection, subject)
    known = {*store.systems_of(connection, subject), *never, *(each["system"] for each in evidence)}
    return [
        models.SystemActivity(
            system=name,
            evidence=[models.Evidence.model_validate(each) for each in evidence if each["system"] == name],
            never=never.get(name),
            watched=[models.Watch.model_validate(each) for each in store.watches_of(connection, name)],
        )
        for name in sorted(known)
    ]
