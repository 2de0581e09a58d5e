"""Sweeps in the engine's room: what is found is written by the commands that `huaming sync --sweep` has written."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

import uuid_utils

from connectors.base import Connector, Members
from connectors.memory import MemoryAccount, MemoryConnector
from mappings.model import AccountState, Kind, Page
from scim_server.reconcile.sweep import Sweep
from scim_server.reconcile.sweep_findings import Drift, Given, Tally
from scim_server.reconcile.tolerance import Tolerance
from scim_server.store.engine import reading
from scim_server.store.sweep_commands import COMMANDS
from tests.flows.engine_room import SYSTEM, Room

Found = set[tuple[str, str, str, str, str]]


class ByLists(MemoryConnector):
    """The same directory, whose groups tell their members: a person's page says nothing of them."""

    pages = 2

    def observe_bare(self, cursor: str | None) -> Page:
        page = self.observe_all(cursor)
        return replace(page, accounts=tuple(replace(each, memberships=None) for each in page.accounts))

    def members(self, group: AccountState, cursor: str | None) -> Members:
        everybody = self.directory.accounts.values()
        names = sorted(each.name for each in everybody if group.remote_id in each.groups)
        start = int(cursor or 0)
        following = start + self.pages
        return Members(names[start:following], str(following) if following < len(names) else None)


class Sink:
    """Writes each lot in a transaction of its own."""

    def __init__(self, room: Room, sweep: str) -> None:
        self.room, self.sweep = room, sweep
        self.drift: list[Drift] = []
        self.noted: list[str] = []

    def run(self, command: str, **given: Any) -> None:
        said = {"sweep": self.sweep, "system": SYSTEM, **given}
        function = COMMANDS[command]
        self.room.writer.write(lambda connection: function(connection, self.room.clock, self.room.rules, said))

    def found(self, drift: Sequence[Drift]) -> None:
        self.drift += drift
        self.run("sweep-found", rows=[[d.subject, d.what, d.group, d.found, d.outcome, d.first_seen] for d in drift])

    def due(self, subjects: Sequence[str]) -> None:
        self.run("sweep-due", rows=list(subjects))

    def due_later(self, rows: Sequence[tuple[str, float]]) -> None:
        self.run("sweep-later", rows=list(rows))

    def note(self, rows: Sequence[tuple[str, int, str]]) -> None:
        self.noted += [row[0] for row in rows]
        self.run("sweep-note", rows=list(rows))


class SweptRoom(Room):
    """A room with a policy for drift, and with groups that tell their members where `lists` says so."""

    tally = Tally()
    error: str | None = None
    noted: Sequence[str] = ()

    def govern(self, *report: str, grace: float = 0.0, lists: bool = False) -> None:
        """Another policy, and a new worker that knows it."""
        kind: Callable[..., Connector] = ByLists if lists else MemoryConnector
        tolerance = Tolerance(frozenset(report), grace)
        self.target = replace(self.target, drift=tolerance, connect=lambda: kind(SYSTEM, self.directory, 3))
        self.hire()

    def swept(self, connector: Connector | None = None, *, report_only: bool = False, after: float = 1.0) -> Found:
        """One sweep, so many seconds later: (key, what, group, found, outcome) of what it found. Nothing is worked."""
        self.time += after
        sink = Sink(self, str(uuid_utils.uuid7()))
        sink.run("sweep-begin", kind="asked", report_only=report_only)
        used = connector or self.target.connect()
        with reading(self.engine) as reader:
            one = Sweep(Given(self.target, used, reader, self.clock, sink, report_only=report_only))
            one.run()
        sink.run("sweep-end", counts=asdict(one.tally), error=one.error)
        self.tally, self.error, self.noted = one.tally, one.error, sink.noted
        keys = dict(self.rows("SELECT subject, key FROM subjects"))
        return {(keys[d.subject], d.what, d.group, d.found, d.outcome) for d in sink.drift}

    def account(self, name: str, kind: Kind = Kind.PERSON) -> MemoryAccount:
        """There, by hand: the one account that bears a name."""
        key = f"E-{name}" if kind is Kind.PERSON else name
        (found,) = self.directory.find(kind, key)
        return found
