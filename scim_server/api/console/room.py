"""What the operations of the JSON API have in common: where they read, write, look, and turn pages."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection

from scim_server.api.auth import Caller
from scim_server.api.console.asked import PageAsked
from scim_server.api.console.faults import Problem
from scim_server.api.console.operation import Question
from scim_server.api.console.refusals import refusal
from scim_server.api.cursors import Cursors
from scim_server.clock import Clock
from scim_server.store.console import ConsoleReads
from scim_server.store.looks import EVERYBODY
from scim_server.store.sorting import Place

T = TypeVar("T")
Run = Callable[[str, Mapping[str, Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Room:
    """`run`: one of `commands`, in the writer."""

    reads: ConsoleReads
    run: Run
    cursors: Cursors
    clock: Clock

    async def read(self, ask: Callable[[Connection], T]) -> T:
        """See ConsoleReads."""
        return await self.reads.read(ask)

    async def write(self, command: str, by: Caller, **given: Any) -> Any:
        """The command, in the name of the token. Raises Problem."""
        try:
            return await self.run(command, {**given, "by": by.name})
        except Exception as error:
            raise refusal(error) from error

    async def look(self, by: Caller, what: str, subject: str = EVERYBODY) -> None:
        """On record, before anything is answered, that somebody looks at what is restricted (S18)."""
        await self.run("look", {"actor": by.name, "what": f"console {what}", "subject": subject})

    def demand(self, caller: Caller, *, restricted: bool) -> None:
        """What is for limited readers is not there for others. Raises Problem."""
        if restricted and not caller.sees_restricted:
            raise Problem(404, "查无此项。")

    async def after(self, asked: Question, list: str) -> Place | None:
        """Where the page begins that is asked for; None: at the beginning. Raises a ScimError."""
        query: PageAsked = asked.query
        if query.cursor is None:
            return None
        place, _ = await self.cursors.open(query.cursor, query.count, _bound(asked, list))
        return place

    async def turned(self, asked: Question, list: str, rows: Sequence[T], place: Callable[[T], Place]) -> str | None:
        """The cursor of the next page, where `rows` has one more than were asked for."""
        count = asked.query.count
        if len(rows) <= count:
            return None
        return await self.cursors.seal(place(rows[count - 1]), count, _bound(asked, list), backward=False)


def _bound(asked: Question, list: str) -> bytes:
    """What a cursor is good for: that list, narrowed down that way, for that token in that role."""
    query: PageAsked = asked.query
    wanted = sorted(query.wanted.items())
    return orjson.dumps([list, dict(asked.places), wanted, query.restricted, asked.caller.name, asked.caller.role])
