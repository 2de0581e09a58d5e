"""Operations about the register of letters: what it holds, the documents, deliveries."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.responses import Response

from scim_server.api.auth import Caller
from scim_server.api.console import models, shapes
from scim_server.api.console.asked import DeliveredBody, LettersAsked, VoidBody
from scim_server.api.console.faults import Problem
from scim_server.api.console.operation import Operation, Question
from scim_server.api.console.room import Room
from scim_server.store import console_letters as store
from scim_server.store.departments import names as names_of
from scim_server.store.looks import EVERYBODY
from scim_server.store.register import LIMITED
from scim_server.store.sorting import Place

TAG = "函件"
LONG = 120.0  # seconds for a document
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NAMED = 100  # people of a letter who are told

log = logging.getLogger("huaming.console")

Draw = Callable[[bytes], bytes]
"""A document from its content, JSON; it takes a while, and a thread of its own. Raises ValueError."""


class Letters:
    """GET letters, letters/{id}, letters/{id}/document; POST delivered, void."""

    def __init__(self, room: Room, draw: Draw) -> None:
        self._room, self._draw = room, draw
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="console-documents")

    def close(self) -> None:
        """Ends the thread."""
        self._thread.shutdown(cancel_futures=True)

    def operations(self) -> list[Operation]:
        """All of them."""
        page, one, whole = models.Page[models.Letter], "/letters/{id}", models.WholeLetter
        return [
            Operation("GET", "/letters", "listLetters", TAG, "函件登记，新的在前", self.all, page, LettersAsked),
            Operation("GET", one, "getLetter", TAG, "一件函件", self.one, whole, statuses=(404,)),
            Operation(
                "GET", f"{one}/document", "getDocument", TAG, "函件正文（.docx）", self.document, media=DOCX,
                statuses=(404, 409), seconds=LONG,
            ),
            Operation(
                "POST", f"{one}/delivered", "recordDelivery", TAG, "登记送达，复函时限由此起算", self.delivered,
                whole, body=DeliveredBody, statuses=(404, 409),
            ),
            Operation(
                "POST", f"{one}/void", "voidLetter", TAG, "作废；文号保留", self.void, whole, body=VoidBody,
                statuses=(404, 409),
            ),
        ]  # fmt: skip

    async def all(self, asked: Question) -> models.Page[models.Letter]:
        """GET: the latest first."""
        query, face = asked.query, asked.restricted
        place = await self._room.after(asked, "letters")
        if face:
            await self._room.look(asked.caller, "letters")
        before = None if place is None else place.id

        def read(connection: Connection) -> tuple[list[store.Row], dict[str, str]]:
            rows = store.list_letters(connection, query.wanted, face, before, query.count)
            return rows, names_of(connection, shapes.keys_of(rows, "sender"))

        rows, names = await self._room.read(read)
        items = [shapes.letter(row, names, face) for row in rows[: query.count]]
        turned = await self._room.turned(asked, "letters", rows, lambda row: Place(None, row["id"]))
        return models.Page[models.Letter](items=items, next=turned)

    async def one(self, asked: Question) -> models.WholeLetter:
        """GET: one for limited readers is there for them alone, and the look is recorded."""
        return await self.shown(asked.caller, asked.places["id"])

    async def document(self, asked: Question) -> Response:
        """GET: drawn again from what the letter says; the same bytes each time."""
        row, named, _ = await self._read(asked.caller, asked.places["id"])
        if row["kind"] in LIMITED and not asked.caller.sees_restricted:
            raise Problem(403, "该函正文限有权人员查阅。")
        if row["restricted"] or row["kind"] in LIMITED:
            await self._look(asked.caller, "document", row, named)
        document = await self._drawn(row["content"])
        name = quote(f"{row['doc_number']}.docx")
        said = {"Content-Disposition": f"attachment; filename=\"letter.docx\"; filename*=UTF-8''{name}"}
        return Response(document, headers=said | {"Cache-Control": "no-store"}, media_type=DOCX)

    async def delivered(self, asked: Question) -> models.WholeLetter:
        """POST: somebody says when it came."""
        return await self._written(asked, "letter-delivered", at=asked.body.at)

    async def void(self, asked: Question) -> models.WholeLetter:
        """POST: it is not to go out."""
        return await self._written(asked, "letter-void", reason=asked.body.reason)

    async def shown(self, caller: Caller, id: str) -> models.WholeLetter:
        """One letter, to whoever may see it. Raises Problem."""
        row, named, names = await self._read(caller, id)
        if row["restricted"]:
            await self._look(caller, "letter", row, named)
        return shapes.whole_letter(row, named, names, restricted=bool(row["restricted"]))

    async def _written(self, asked: Question, command: str, **said: str) -> models.WholeLetter:
        id = asked.places["id"]
        await self._room.write(command, asked.caller, id=id, **said)
        return await self.shown(asked.caller, id)

    async def _drawn(self, content: bytes) -> bytes:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._draw, content)
        except ValueError as error:  # it may name a value, or a file
            log.warning("a document could not be drawn: %s", error)
            raise Problem(409, "正文不能生成，原因见服务器日志。") from error

    async def _look(self, caller: Caller, what: str, row: store.Row, named: list[store.Row]) -> None:
        """Of the one whom it names; of several, of everybody."""
        subject = named[0]["subject"] if len(named) == 1 else EVERYBODY
        await self._room.look(caller, f"{what} {row['id']}", subject)

    async def _read(self, caller: Caller, id: str) -> tuple[store.Row, list[store.Row], dict[str, str]]:
        def read(connection: Connection) -> tuple[store.Row, list[store.Row], dict[str, str]]:
            row = store.one_letter(connection, id)
            if row is None or (row["restricted"] and not caller.sees_restricted):
                raise Problem(404, "没有这件函件。")
            named = store.people_of(connection, id, NAMED)
            return row, named, names_of(connection, shapes.keys_of([row], "sender"))

        return await self._room.read(read)
