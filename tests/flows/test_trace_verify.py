"""`verify` names the first row that was altered, removed, truncated, reordered or inserted (S26, row 50)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.trace_room import KEY, TraceRoom, named, town


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TraceRoom]:
    """What is done to it by hand is taken back."""
    one = town(tmp_path_factory.mktemp("town"))
    assert one.verify().ok
    yield one
    assert one.verify().ok
    one.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[TraceRoom]:
    """A town that a test may change."""
    one = town(tmp_path)
    yield one
    one.close()


def swapped(table: str, column: str, one: object, other: object) -> tuple[str, str, str]:
    """Two rows change places: nothing else of them does."""
    free = "'swapping'" if isinstance(one, str) else "-1"
    first, second = (f"'{each}'" if isinstance(each, str) else str(each) for each in (one, other))
    return (
        f"UPDATE {table} SET {column} = {free} WHERE {column} = {first}",
        f"UPDATE {table} SET {column} = {first} WHERE {column} = {second}",
        f"UPDATE {table} SET {column} = {second} WHERE {column} = {free}",
    )


def moved(table: str, since: int, by: int) -> tuple[str, str]:
    """Every row from that number on gets another number."""
    return (
        f"UPDATE {table} SET seq = -(seq + {by}) WHERE seq >= {since}",
        f"UPDATE {table} SET seq = -seq WHERE seq < 0",
    )


FORGED = (
    "INSERT INTO trace (seq, at, kind, attempt, outcome, read_back) VALUES (9, '2030-01-01', 'end', 'x', 'done', '1')"
)
PUSHED = (
    "INSERT INTO changes (seq, at, actor, action, type, resource_id, subject, version) "
    "VALUES (3, '2030-01-01', 'hr', 'patch', 'User', 'x', 'x', 2)"
)
OF_TRACE = "chain = 'trace' AND"

TAMPERED = [
    (("UPDATE trace SET outcome = 'refused' WHERE seq = 8",), ("trace", "altered", "8")),
    (("UPDATE trace SET sealed = sealed || sealed WHERE seq = 3",), ("trace", "altered", "3")),
    (("DELETE FROM trace WHERE seq = 9",), ("trace", "removed", "9")),
    (("DELETE FROM trace WHERE seq IN (9, 10)",), ("trace", "removed", "9")),
    (("DELETE FROM trace WHERE seq = 9", *moved("trace", 10, -1)), ("trace", "removed", "9")),
    (("DELETE FROM trace WHERE seq >= 14",), ("trace", "truncated", "14")),
    (swapped("trace", "seq", 8, 11), ("trace", "reordered", "8")),
    (swapped("trace", "seq", 8, 9), ("trace", "reordered", "8")),
    ((*moved("trace", 9, 1), FORGED), ("trace", "inserted", "9")),
    (("UPDATE changes SET actor = 'somebody else' WHERE seq = 7",), ("changes", "altered", "7")),
    (("UPDATE changes SET after = before WHERE seq = 7",), ("changes", "altered", "7")),
    (("UPDATE changes SET before = NULL, after = NULL WHERE seq = 7",), ("changes", "altered", "7")),
    (("UPDATE changes SET before = after WHERE seq = 2",), ("changes", "altered", "2")),
    (("DELETE FROM changes WHERE seq = 3",), ("changes", "removed", "3")),
    (("DELETE FROM changes WHERE seq >= 6",), ("changes", "truncated", "6")),
    (swapped("changes", "seq", 2, 5), ("changes", "reordered", "2")),
    ((*moved("changes", 3, 1), PUSHED), ("changes", "inserted", "3")),
    (("UPDATE seals SET seal = bound WHERE chain = 'changes' AND seq = 2",), ("seals", "altered", "2")),
    (("UPDATE seals SET bound = seal WHERE chain = 'changes' AND seq = 2",), ("seals", "altered", "2")),
    ((f"DELETE FROM seals WHERE {OF_TRACE} seq = 5",), ("seals", "removed", "5")),
    (("DELETE FROM seals WHERE chain = 'changes' AND seq IN (5, 6)",), ("seals", "removed", "5")),
    ((f"DELETE FROM seals WHERE {OF_TRACE} seq >= 13",), ("seals", "truncated", "13")),
    (swapped("seals", "seq", 4, 6), ("seals", "reordered", "4")),
    (
        ("INSERT INTO seals (chain, seq, seal) SELECT chain, 99, seal FROM seals WHERE seq = 1",),
        ("seals", "inserted", "99"),
    ),
    (("UPDATE seal_lots SET at = '2030-01-01' WHERE number = 2",), ("lots", "altered", "2")),
    (("UPDATE seal_lots SET signature = hash WHERE number = 1",), ("lots", "altered", "1")),
    (("DELETE FROM seal_lots WHERE number = 2",), ("lots", "removed", "2")),
    (("DELETE FROM seal_lots WHERE number = 3",), ("seals", "inserted", "15")),
    (swapped("seal_lots", "number", 1, 2), ("lots", "altered", "1")),
]


@pytest.mark.parametrize(("statements", "fault"), TAMPERED)
def test_the_first_bad_row_is_named(room: TraceRoom, statements: tuple[str, ...], fault: tuple[str, str, str]) -> None:
    assert fault in named(room.tampered(*statements))


def test_what_was_not_touched_is_not_blamed(room: TraceRoom) -> None:
    found = room.tampered("UPDATE trace SET outcome = 'refused' WHERE seq = 8")
    assert {fault.where for fault in found.faults} == {"trace", "attempts"}
    assert found.rows == {"trace": 7, "changes": 8}
    assert all(fault.text for fault in found.faults)


# -- the attempts that reports are made of


def attempts(room: TraceRoom) -> list[str]:
    return [id for (id,) in room.rows("SELECT id FROM attempts ORDER BY id")]


@pytest.mark.parametrize("column", ["after", "article", "reason", "key", "outcome", "settled_at", "cause", "detail"])
def test_an_attempt_that_was_altered_is_found(room: TraceRoom, column: str) -> None:
    id = attempts(room)[2]
    value = "x'7b7d'" if column == "after" else "'refused'"
    found = room.tampered(f"UPDATE attempts SET {column} = {_bytes(room, value)} WHERE id = '{id}'")
    assert named(found) == [("attempts", "altered", id)]


def _bytes(room: TraceRoom, value: str) -> str:
    return value.replace("x'7b7d'", "'\\x7b7d'") if room.engine.dialect.name == "postgresql" else value


def test_an_attempt_that_was_removed_is_found(room: TraceRoom) -> None:
    ids = attempts(room)
    assert named(room.tampered(f"DELETE FROM attempts WHERE id = '{ids[3]}'")) == [("attempts", "removed", ids[3])]


def test_attempts_that_were_truncated_are_found(room: TraceRoom) -> None:
    ids = attempts(room)
    assert named(room.tampered(f"DELETE FROM attempts WHERE id >= '{ids[6]}'")) == [("attempts", "truncated", ids[6])]


def test_attempts_that_changed_places_are_found(room: TraceRoom) -> None:
    ids = attempts(room)
    assert named(room.tampered(*swapped("attempts", "id", ids[1], ids[4]))) == [("attempts", "reordered", ids[1])]


def test_an_attempt_that_was_inserted_is_found(room: TraceRoom) -> None:
    columns = "at, system, subject, key, action, article, reason, generation, changed_at, outcome, settled_at"
    found = room.tampered(
        f"INSERT INTO attempts (id, {columns}) SELECT 'forged', {columns} FROM attempts WHERE action = 'remove'"
    )
    assert named(found) == [("attempts", "inserted", "forged")]


def test_a_result_that_no_trace_tells_of_is_found(room: TraceRoom) -> None:
    found = room.tampered("DELETE FROM trace WHERE seq = 16", "DELETE FROM seals WHERE chain = 'trace' AND seq = 16")
    assert ("attempts", "altered", attempts(room)[-1]) in named(found)


# -- the head, and what is not sealed yet


def test_a_record_that_was_rewritten_as_a_whole_is_found_by_a_head_that_was_kept_elsewhere(own: TraceRoom) -> None:
    head = own.verify().head
    assert head is not None
    assert own.verify(head).ok
    own.by_hand("UPDATE changes SET actor = 'nobody' WHERE seq = 7", "DELETE FROM seals", "DELETE FROM seal_lots")
    own.seal()  # with the key that lies in the same database
    assert own.verify().ok
    assert [(fault.where, fault.kind) for fault in own.verify(head).faults] == [("head", "truncated")]
    assert [(fault.where, fault.kind) for fault in own.verify(f"1:{head[2:]}").faults] == [("head", "altered")]


def test_a_record_that_was_rewritten_without_the_key_outside_is_found(own: TraceRoom) -> None:
    own.use(KEY)
    own.seal()
    assert own.verify(key=KEY).ok
    assert own.verify(key=KEY).outside_since == 4
    own.use(None)
    own.by_hand("UPDATE changes SET actor = 'nobody' WHERE seq = 7", "DELETE FROM seals", "DELETE FROM seal_lots")
    own.seal()
    assert [(fault.where, fault.kind) for fault in own.verify(key=KEY).faults] == [("lots", "altered")]


def test_rows_go_on_being_chained_behind_what_was_sealed_before(own: TraceRoom) -> None:
    before = own.rows("SELECT chain, seq, seal FROM seals")
    own.person("late")
    own.work()
    assert own.verify().unsealed == 3  # the push, the intent, its end
    assert own.seal() == 1
    assert own.verify().unsealed == 0
    assert set(before) < set(own.rows("SELECT chain, seq, seal FROM seals"))
    assert own.verify().ok
