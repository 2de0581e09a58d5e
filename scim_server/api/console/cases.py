"""Operations about cases: silent accounts about which departments are asked (R403, R404)."""

from sqlalchemy import Connection

from scim_server.api.auth import Caller
from scim_server.api.console import models, shapes
from scim_server.api.console.asked import CasesAsked, Face, ReplyBody
from scim_server.api.console.faults import Problem
from scim_server.api.console.operation import Operation, Question
from scim_server.api.console.room import Room
from scim_server.store import console_reviews as store
from scim_server.store.departments import names as names_of
from scim_server.store.sorting import Place

TAG = "核查事项"
KEYS = ("department", "office")


class Cases:
    """GET cases, cases/{id}; POST cases/{id}/reply."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def operations(self) -> list[Operation]:
        """All of them."""
        page, one = models.Page[models.Case], "/cases/{id}"
        return [
            Operation("GET", "/cases", "listCases", TAG, "核查事项", self.all, page, CasesAsked),
            Operation("GET", one, "getCase", TAG, "一个核查事项", self.one, models.Case, Face, statuses=(404,)),
            Operation(
                "POST", f"{one}/reply", "replyToCase", TAG, "登记复函；left 即据复函注销账号", self.reply,
                models.Case, body=ReplyBody, statuses=(404, 409),
            ),
        ]  # fmt: skip

    async def all(self, asked: Question) -> models.Page[models.Case]:
        """GET: in the order in which they were written."""
        query, face, today = asked.query, asked.restricted, self._room.clock.today()
        place = await self._room.after(asked, "cases")
        if face:
            await self._room.look(asked.caller, "cases")
        after = None if place is None else (place.id,)

        def read(connection: Connection) -> tuple[list[store.Row], dict[str, str]]:
            rows = store.list_cases(connection, query.wanted, today, face, after, query.count)
            return rows, names_of(connection, shapes.keys_of(rows, *KEYS))

        rows, names = await self._room.read(read)
        items = [shapes.case(row, names, today, face) for row in rows[: query.count]]
        turned = await self._room.turned(asked, "cases", rows, lambda row: Place(None, row["id"]))
        return models.Page[models.Case](items=items, next=turned)

    async def one(self, asked: Question) -> models.Case:
        """GET: a leader's is for limited readers, and the look is recorded."""
        return await self._shown(asked.caller, asked.places["id"], asked.restricted)

    async def reply(self, asked: Question) -> models.Case:
        """POST: "left" is a ruling: it takes all accounts of the person."""
        id, body = asked.places["id"], asked.body
        await self._read(asked.caller, id)
        await self._room.write("case-reply", asked.caller, case=id, **body.model_dump())
        return await self._shown(asked.caller, id, restricted=False)

    async def _shown(self, caller: Caller, id: str, restricted: bool) -> models.Case:
        row, names = await self._read(caller, id)
        if restricted or row["leader"]:
            await self._room.look(caller, f"case {id}", row["subject"])
        return shapes.case(row, names, self._room.clock.today(), restricted)

    async def _read(self, caller: Caller, id: str) -> tuple[store.Row, dict[str, str]]:
        def read(connection: Connection) -> tuple[store.Row, dict[str, str]]:
            row = store.one_case(connection, id)
            if row is None:
                raise Problem(404, "没有这个核查事项。")
            return row, names_of(connection, shapes.keys_of([row], *KEYS))

        row, names = await self._room.read(read)
        if row["leader"] and not caller.sees_restricted:
            raise Problem(404, "没有这个核查事项。")
        return row, names
