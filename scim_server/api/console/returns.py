"""Operations about decisions that are wanted before a planned end: nothing is unlocked silently (A08)."""

from sqlalchemy import Connection

from scim_server.api.auth import Caller
from scim_server.api.console import models, shapes
from scim_server.api.console.asked import DecisionBody, Face, ReturnsAsked
from scim_server.api.console.faults import Problem
from scim_server.api.console.operation import Operation, Question
from scim_server.api.console.room import Room
from scim_server.store import console_letters as store
from scim_server.store.departments import names as names_of
from scim_server.store.sorting import Place

TAG = "到期事项"
ONE = "/returns/{id}"


class Returns:
    """GET returns, returns/{id}; POST returns/{id}/decision."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def operations(self) -> list[Operation]:
        """All of them."""
        page = models.Page[models.Return]
        return [
            Operation("GET", "/returns", "listReturns", TAG, "计划结束前待定事项", self.all, page, ReturnsAsked),
            Operation("GET", ONE, "getReturn", TAG, "一个到期事项", self.one, models.Return, Face, statuses=(404,)),
            Operation(
                "POST", f"{ONE}/decision", "decideReturn", TAG, "登记决定：返回、延期、离职", self.decide,
                models.Return, body=DecisionBody, statuses=(404, 409),
            ),
        ]  # fmt: skip

    async def all(self, asked: Question) -> models.Page[models.Return]:
        """GET: by planned end; those that tell of a lock in the restricted face only."""
        query, face, today = asked.query, asked.restricted, self._room.clock.today()
        place = await self._room.after(asked, "returns")
        if face:
            await self._room.look(asked.caller, "returns")
        after = None if place is None else (str(place.value), place.id)

        def read(connection: Connection) -> tuple[list[store.Row], dict[str, str]]:
            rows = store.list_returns(connection, query.wanted, face, after, query.count)
            return rows, names_of(connection, shapes.keys_of(rows, "department"))

        rows, names = await self._room.read(read)
        items = [shapes.planned_end(row, names, today, face) for row in rows[: query.count]]
        turned = await self._room.turned(asked, "returns", rows, lambda row: Place(row["planned_end"], row["id"]))
        return models.Page[models.Return](items=items, next=turned)

    async def one(self, asked: Question) -> models.Return:
        """GET: one that tells of a lock is for limited readers, and the look is recorded."""
        return await self._shown(asked.caller, asked.places["id"], asked.restricted)

    async def decide(self, asked: Question) -> models.Return:
        """POST: it stands beside the case until the roster shows it."""
        id = asked.places["id"]
        await self._room.write("return-decide", asked.caller, id=id, **asked.body.model_dump())
        return await self._shown(asked.caller, id, restricted=True)

    async def _shown(self, caller: Caller, id: str, restricted: bool) -> models.Return:
        def read(connection: Connection) -> tuple[store.Row | None, dict[str, str]]:
            row = store.one_return(connection, id)
            return row, names_of(connection, [row["department"]] if row else [])

        row, names = await self._room.read(read)
        if row is None or (row["kind"] not in store.OPEN_KINDS and not caller.sees_restricted):
            raise Problem(404, "没有这个到期事项。")
        if restricted or row["kind"] not in store.OPEN_KINDS:
            await self._room.look(caller, f"return {id}", row["subject"])
        return shapes.planned_end(row, names, self._room.clock.today(), restricted)
