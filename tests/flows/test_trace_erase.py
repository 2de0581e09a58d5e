"""Erasing a person: nothing of them is left in the store, reports still count, and the chain still verifies (S26)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from scim_server.store import trace
from scim_server.store.engine import open_engine
from scim_server.store.erasure import NotErasable, erase
from scim_server.store.metadata import metadata
from scim_server.store.trace import Counted
from scim_server.store.vault import Sealed, vault
from tests.flows import client as say
from tests.flows.trace_room import TraceRoom, named
from tests.servers.stores import ON_POSTGRESQL

CANARIES = ("canary-login", "CANARY-9271", "金丝雀", "canary@yazhou.example", "canary-nick")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[TraceRoom]:
    one = TraceRoom(tmp_path)
    yield one
    one.close()


def canary(room: TraceRoom) -> str:
    """Somebody with a name that is easily found, made, renamed, and beside others."""
    room.person("other", title="科员")
    body = say.user("canary-login", "CANARY-9271", title="金丝雀科员") | {"nickName": "canary-nick"}
    body |= {"emails": [{"value": "canary@yazhou.example", "type": "work"}], "name": {"formatted": "金丝雀"}}
    id = room.post("User", body).id
    room.work()
    room.put("User", id, body | {"title": "金丝雀主任"})
    room.work()
    room.seal()
    return id


def gone(room: TraceRoom, id: str) -> None:
    room.delete("User", id)
    room.work()
    room.seal()


def erased(room: TraceRoom) -> int:
    number: int = room.writer.write(lambda connection: erase(connection, "CANARY-9271", "王主任", room.time))
    return number


def left(room: TraceRoom) -> set[str]:
    """Which canaries stand anywhere in the store: in every column, and in the files as they lie on the disk."""
    with room.engine.connect() as connection:
        if not ON_POSTGRESQL:
            assert connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0] == 0
        whole = "\n".join(
            repr([bytes(each) if isinstance(each, memoryview) else each for each in row])
            for table in metadata.sorted_tables
            for row in connection.execute(table.select())
        ).encode()
        whole += b"".join(
            bytes(each)
            for table in metadata.sorted_tables
            for row in connection.execute(table.select())
            for each in row
            if isinstance(each, bytes)
        )
    if not ON_POSTGRESQL:
        whole += b"".join(path.read_bytes() for path in Path(room.engine.url.database or "").parent.glob("room.db*"))
    return {each for each in CANARIES if each.encode() in whole}


def test_nothing_personal_is_left_and_the_chain_still_verifies(room: TraceRoom) -> None:
    id = canary(room)
    gone(room, id)
    assert left(room) == set(CANARIES)
    with room.engine.connect() as connection:
        before = list(trace.recount(connection))
    assert erased(room) == 3
    assert left(room) == set()
    assert room.verify().ok
    room.seal()
    assert room.verify().ok
    with room.engine.connect() as connection:
        assert list(trace.recount(connection)) == before
    assert sum(each.number for each in before) == room.rows("SELECT count(*) FROM attempts")[0][0]
    assert Counted("memory", "remove", "plain", "done", 1) in before


def test_the_key_is_gone_and_so_is_what_it_sealed(room: TraceRoom) -> None:
    id = canary(room)
    attempt, sealed = room.rows("SELECT attempt, sealed FROM trace WHERE kind = 'intent' AND subject = :id", id=id)[0]
    with room.engine.connect() as connection:
        values = vault(connection, reading=True).open(id, sealed, attempt.encode())
        assert values["key"] == "CANARY-9271"
    gone(room, id)
    erased(room)
    with room.engine.connect() as connection, pytest.raises(Sealed):
        vault(connection, reading=True).open(id, sealed, attempt.encode())


def test_whoever_is_in_the_roster_or_in_a_system_is_not_erased(room: TraceRoom) -> None:
    id = canary(room)
    with pytest.raises(NotErasable, match="仍在名册中"):
        erased(room)
    room.delete("User", id)
    with pytest.raises(NotErasable, match="memory 的账号尚未读回为已注销"):
        erased(room)
    room.work()
    assert erased(room) == 3
    with pytest.raises(NotErasable, match="从未有过"):
        erased(room)


def test_blanked_without_an_erasure_is_found(room: TraceRoom) -> None:
    id = canary(room)
    gone(room, id)
    key = f"DELETE FROM subject_keys WHERE subject = '{id}'"
    found = named(room.tampered(key, f"UPDATE changes SET before = NULL, after = NULL WHERE subject = '{id}'"))
    assert {(where, kind) for where, kind, _ in found} == {("changes", "altered"), ("attempts", "removed")}


def test_what_comes_back_after_an_erasure_is_found(room: TraceRoom) -> None:
    id = canary(room)
    gone(room, id)
    erased(room)
    room.seal()
    found = named(room.tampered(f"UPDATE attempts SET key = 'CANARY-9271' WHERE subject = '{id}'"))
    assert [(where, kind) for where, kind, _ in found] == [("attempts", "altered")]


def test_the_number_may_be_somebody_elses_afterwards(room: TraceRoom) -> None:
    id = canary(room)
    gone(room, id)
    erased(room)
    again = room.person("canary-login", externalId="CANARY-9271")
    room.work()
    assert again != id
    assert room.link(again).state == "done"
    room.seal()
    assert room.verify().ok


def test_every_table_is_known_to_the_erasure() -> None:
    """A new table is looked at by whoever adds it: what it holds of a person must go with them, or be nobody's."""
    from scim_server.store import erasure

    blanked = {
        "subjects",
        "attempts",
        "changes",
        "uniques",
        "members",
        "plan_rows",
        "approval_rows",
        "register",
        "cases",
    }
    erases = blanked | {table.name for table in erasure.OWN}
    assert set(metadata.tables) - erases == erasure.NOBODYS


def test_a_fresh_connection_finds_the_values_overwritten(room: TraceRoom) -> None:
    if ON_POSTGRESQL:
        pytest.skip("PostgreSQL has no such switch: VACUUM, as the guide says")
    with open_engine(room.url, writing=True).connect() as connection:
        assert connection.execute(text("PRAGMA secure_delete")).scalar() == 1
