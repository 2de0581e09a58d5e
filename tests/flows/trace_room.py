"""A room whose trace is sealed: what tests of the chain need to tamper with it and to look at it again."""

from pathlib import Path

from sqlalchemy import text

from scim_server.operate.verify import Verdict, Verification
from scim_server.reconcile.sealer import Sealer
from scim_server.store.engine import open_engine
from scim_server.store.roster import Roster
from scim_server.store.vault import sealing, vault
from scim_server.store.writer import Writer
from tests.flows import client as say
from tests.flows.engine_room import SYSTEM, Room

KEY = "a key of the house, outside the database"


class TraceRoom(Room):
    """The engine without threads, and a sealer that seals when it is asked to."""

    key: str | None = None

    def use(self, key: str | None) -> None:
        """From now on the house has that `[audit] key`."""
        self.key = key
        self.writer.close()
        self.writer = Writer(sealing(open_engine(self.url, writing=True), (key, ())))
        self.roster.close()
        self.roster = Roster(self.engine, self.writer, self.clock, [SYSTEM], rules=self.rules)
        self.hire()

    def seal(self) -> int:
        """Seals all there is; returns how many lots that took."""
        sealer = Sealer(sealing(self.engine, (self.key, ())), self.writer, self.clock)
        lots = 0
        while sealer.seal():
            lots += 1
        sealer.close()
        return lots

    def by_hand(self, *statements: str) -> None:
        """Somebody with a client of the database alters it, whatever the house thinks of it."""
        with open_engine(self.url, writing=True).begin() as connection:
            for each in statements:
                connection.execute(text(each))

    def verify(self, head: str | None = None, key: str | None = None) -> Verdict:
        """What `huaming verify` finds."""
        kept = None
        if head is not None:
            number, _, said = head.partition(":")
            kept = int(number), said
        with sealing(open_engine(self.url), (key, ())).begin() as connection:
            return Verification(connection, vault(connection, reading=True)).run(kept)

    def tampered(self, *statements: str) -> Verdict:
        """What `verify` would find after these; they are taken back."""
        with sealing(open_engine(self.url, writing=True), (None, ())).connect() as connection:
            with connection.begin() as transaction:
                for each in statements:
                    connection.execute(text(each))
                verdict = Verification(connection, vault(connection, reading=True)).run()
                transaction.rollback()
            return verdict

    def faults(self) -> list[tuple[str, str, str]]:
        """(where, kind, number) of each fault found."""
        return named(self.verify())


def named(verdict: Verdict) -> list[tuple[str, str, str]]:
    """(where, kind, number) of each fault found."""
    return [(fault.where, fault.kind, fault.at) for fault in verdict.faults]


def town(folder: Path, people: int = 6) -> TraceRoom:
    """People made, one changed, all of it sealed in three lots."""
    room = TraceRoom(folder)
    ids = [room.person(f"p{number}", title="科员") for number in range(people)]
    room.work()
    room.seal()
    room.time += 60
    room.put("User", ids[0], say.user("p0", title="主任"))
    room.work()
    room.seal()
    room.delete("User", ids[1])
    room.work()
    room.seal()
    return room
