"""The sweep on the reference connector: what is found, what is healed, what is left, and when nobody is missing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.errors import Unreachable
from connectors.memory import MemoryConnector
from mappings.model import Kind, Page, Presence
from tests.flows import client as say
from tests.flows.engine_room import SYSTEM
from tests.flows.sweep_room import ByLists, SweptRoom

PEOPLE = ("a", "b", "c", "d", "e", "f", "g")


@pytest.fixture(params=[False, True], ids=["with-memberships", "by-lists"])
def room(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SweptRoom]:
    one = SweptRoom(tmp_path)
    one.lists = request.param  # type: ignore[attr-defined]
    one.govern(lists=request.param)
    furnish(one)
    yield one
    one.close()


def furnish(room: SweptRoom) -> None:
    """Seven people in a team, of whom one is locked; a club with nobody in it."""
    ids = {name: room.person(name, title="科员", active=name != "g") for name in PEOPLE}
    room.team = room.post("Group", say.plain_group("办公室", "T1")).id  # type: ignore[attr-defined]
    room.post("Group", say.plain_group("篮球队", "T2"))
    room.members(room.team, add=tuple(ids.values()))  # type: ignore[attr-defined]
    room.ids = ids  # type: ignore[attr-defined]
    room.work_out()


def edits(room: SweptRoom) -> None:
    """One of each kind, by hand."""
    room.account("a").attributes["title"] = ("局长",)
    del room.directory.accounts[room.account("b").remote_id]
    room.account("c").presence = Presence.LOCKED
    room.account("d").groups.clear()
    room.account("e").groups.add(room.account("T2", Kind.GROUP).remote_id)
    room.account("f").attributes["uid"] = ("root",)
    room.account("f").name = "person/root"
    room.account("g").presence = Presence.ACTIVE


FOUND = {
    ("E-a", "title", "", "other", "heal"),
    ("E-b", "missing", "", "gone", "heal"),
    ("E-c", "presence", "", "locked", "report"),
    ("E-d", "memberships", "T1", "absent", "heal"),
    ("E-e", "memberships", "T2", "extra", "heal"),
    ("E-f", "uid", "", "other", "heal"),
    ("E-g", "presence", "", "active", "heal"),
}


def test_nothing_is_found_where_nobody_touched_anything(room: SweptRoom) -> None:
    assert room.swept() == set()
    assert (room.tally.accounts, room.tally.departments, room.tally.compared) == (7, 2, 9)
    assert room.noted == [], "what was settled is remembered: nothing is compared in detail"
    assert room.rows("SELECT 1 FROM links WHERE due IS NOT NULL") == []


def test_each_kind_of_edit_is_found_and_healed_and_no_door_is_opened(room: SweptRoom) -> None:
    before = room.accounts()
    edits(room)
    assert {each for each in room.swept() if each[1] != "address"} == FOUND
    room.work_out()
    after = room.accounts()
    assert after.pop("E-c")["presence"] == "locked"
    assert before.pop("E-c")["presence"] == "active"
    assert after == before
    assert room.swept() == {("E-c", "presence", "", "locked", "report")}


def test_who_is_locked_by_hand_is_told_by_each_sweep_until_somebody_unlocks(room: SweptRoom) -> None:
    room.account("c").presence = Presence.LOCKED
    room.put("User", room.ids["c"], say.user("c", title="主任"))  # type: ignore[attr-defined]
    room.work_out()  # its own pass has seen it, too
    for _ in range(2):
        assert room.swept() == {("E-c", "presence", "", "locked", "report")}
        room.work_out()
    assert room.link(room.ids["c"]).finding == "locked-by-hand"  # type: ignore[attr-defined]
    room.account("c").presence = Presence.ACTIVE
    assert room.swept(report_only=True) == set()
    assert room.rows("SELECT 1 FROM links WHERE due IS NOT NULL") == []
    assert room.swept() == set()
    room.work_out()
    assert room.link(room.ids["c"]).finding is None  # type: ignore[attr-defined]


def test_what_a_sweep_makes_due_is_one_batch(room: SweptRoom) -> None:
    edits(room)
    room.swept()
    batches = {batch for (batch,) in room.rows("SELECT batch FROM links WHERE state = 'due'")}
    ((sweep,),) = room.rows("SELECT id FROM sweeps")
    assert batches == {f"sweep:{sweep}"}


def test_report_only_changes_nothing(room: SweptRoom) -> None:
    edits(room)
    before = room.accounts()
    found = {each[:4] for each in room.swept(report_only=True) if each[1] != "address"}
    assert found == {each[:4] for each in FOUND}
    room.work_out()
    assert room.accounts() == before


def test_foreign_accounts_and_memberships_are_counted_and_left(room: SweptRoom) -> None:
    stranger = room.directory.put(Kind.PERSON, "X1", "stranger")
    stranger.groups.add(room.account("T1", Kind.GROUP).remote_id)
    foreign = room.directory.put(Kind.GROUP, "vpn", "vpn")
    room.account("a").groups.add(foreign.remote_id)
    room.directory.put(Kind.PERSON, "E-a", "twin")
    assert room.swept() == set()
    assert (room.tally.strange, room.tally.orphans) == (3, 1)
    room.work_out()
    assert stranger.groups
    assert foreign.remote_id in room.directory.accounts[room.link(room.ids["a"]).remote_id].groups  # type: ignore[attr-defined]


def test_a_group_deleted_by_hand_is_made_again_with_its_people(room: SweptRoom) -> None:
    team = room.account("T1", Kind.GROUP).remote_id
    for each in room.directory.accounts.values():
        each.groups.discard(team)
    del room.directory.accounts[team]
    found = room.swept()
    assert ("T1", "missing", "", "gone", "heal") in found
    room.work_out()
    room.swept()
    room.work_out()
    assert {each for each, account in room.accounts().items() if "T1" in account["groups"]} == {
        f"E-{name}" for name in PEOPLE
    }


# what is only reported


def test_what_is_only_reported_stays_in_every_pass_until_the_roster_changes_it(room: SweptRoom) -> None:
    room.govern("title", lists=room.lists)  # type: ignore[attr-defined]
    room.account("a").attributes["title"] = ("局长",)
    for _ in range(2):
        assert room.swept() == {("E-a", "title", "", "other", "report")}
        room.work_out()
        assert room.account("a").attributes["title"] == ("局长",)
    room.put("User", room.ids["a"], say.user("a", title="科员", displayName="甲"))  # type: ignore[attr-defined]
    room.work_out()
    attributes = room.account("a").attributes
    assert (attributes["displayName"], attributes["title"]) == (("甲",), ("局长",)), "the roster changed another value"
    assert room.swept() == {("E-a", "title", "", "other", "report")}, "it stays reported"
    room.put("User", room.ids["a"], say.user("a", title="主任", displayName="甲"))  # type: ignore[attr-defined]
    room.work_out()
    assert room.account("a").attributes["title"] == ("主任",)
    assert room.swept() == set()


@pytest.mark.parametrize("word", ["presence", "memberships", "missing"])
def test_each_word_leaves_its_kind_alone_and_tells_of_it_again(room: SweptRoom, word: str) -> None:
    room.govern(word, lists=room.lists)  # type: ignore[attr-defined]
    edits(room)
    mine = {(*each[:4], "report") for each in FOUND if each[1] == word}
    for _ in range(3):
        assert {each for each in room.swept() if each[1] == word and each[3] != "locked"} == {
            each for each in mine if each[3] != "locked"
        }
        room.work_out()
    assert room.account("a").attributes["title"] == ("科员",), "what is not named was healed"


def test_an_account_that_is_missing_and_only_reported_is_made_when_it_comes_to_a_new_life(room: SweptRoom) -> None:
    room.govern("missing", lists=room.lists)  # type: ignore[attr-defined]
    del room.directory.accounts[room.account("b").remote_id]
    room.swept()
    room.work_out()
    room.put("User", room.ids["b"], say.user("b", title="主任"))  # type: ignore[attr-defined]
    room.work_out()
    assert room.directory.find(Kind.PERSON, "E-b") == []
    room.govern(lists=room.lists)  # type: ignore[attr-defined]
    room.swept()
    room.put("User", room.ids["b"], say.user("b", title="科长"))  # type: ignore[attr-defined]
    room.work_out()
    assert room.account("b").attributes["title"] == ("科长",)


# grace


def test_a_change_by_hand_is_left_until_its_grace_is_over(room: SweptRoom) -> None:
    room.govern(grace=1800.0, lists=room.lists)  # type: ignore[attr-defined]
    room.account("a").attributes["title"] = ("局长",)
    room.account("b").attributes["title"] = ("局长",)
    assert {each[4] for each in room.swept()} == {"grace"}
    room.work(900)
    assert room.account("a").attributes["title"] == ("局长",)
    room.account("b").attributes["title"] = ("科员",)
    room.put("User", room.ids["a"], say.user("a", title="科员", displayName="甲"))  # type: ignore[attr-defined]
    room.work()
    assert room.account("a").attributes["displayName"] == ("甲",)
    assert room.account("a").attributes["title"] == ("局长",), "the grace holds in every pass"
    room.work(901)
    room.work_out()
    assert (room.account("a").attributes["title"], room.account("b").attributes["title"]) == (("科员",), ("科员",))
    assert room.swept() == set()


def test_the_grace_counts_from_the_first_sweep_that_saw_it(room: SweptRoom) -> None:
    room.govern(grace=7 * 86_400.0, lists=room.lists)  # type: ignore[attr-defined]
    room.account("a").attributes["title"] = ("局长",)
    first = {each[4] for each in room.swept()}
    room.time += 6 * 86_400
    second = {each[4] for each in room.swept()}
    room.time += 2 * 86_400
    assert (first, second) == ({"grace"}, {"grace"})
    assert room.swept() == {("E-a", "title", "", "other", "heal")}


# partial reads


class Breaks(ByLists):
    """Answers one page of people, and no more."""

    answers = 1

    def observe_all(self, cursor: str | None) -> Page:
        if not self.answers:
            raise Unreachable("连不上")
        self.answers -= 1
        return super().observe_all(cursor)


class Moved(MemoryConnector):
    """Says at the end that the list had moved."""

    def observe_all(self, cursor: str | None) -> Page:
        return replace(super().observe_all(cursor), complete=False)


@pytest.mark.parametrize("kind", [Breaks, Moved])
def test_a_read_that_is_not_whole_makes_nobody_missing(room: SweptRoom, kind: type[MemoryConnector]) -> None:
    edits(room)
    found = room.swept(kind(SYSTEM, room.directory, 3))
    assert not any(each[1] == "missing" for each in found)
    assert ("E-a", "title", "", "other", "heal") in found, "what was found until then stands"
    assert room.error
    assert room.rows("SELECT outcome FROM sweeps ORDER BY began DESC LIMIT 1") == [("partial",)]
    room.work_out()
    assert room.directory.find(Kind.PERSON, "E-b") == []


# while pushes go on


class Behind(MemoryConnector):
    """A list that was made before the last account was."""

    def observe_all(self, cursor: str | None) -> Page:
        page = super().observe_all(cursor)
        return replace(page, accounts=tuple(each for each in page.accounts if each.key != "E-new"))


def test_an_account_written_after_the_read_began_is_not_missing(room: SweptRoom) -> None:
    room.person("new")
    room.work()
    assert room.swept(Behind(SYSTEM, room.directory, 3), after=0) == set()
    assert room.tally.missing == 0


def test_a_row_that_is_under_way_is_left_to_itself(room: SweptRoom) -> None:
    room.put("User", room.ids["a"], say.user("a", title="主任"))  # type: ignore[attr-defined]
    room.account("a").attributes["title"] = ("局长",)
    assert room.swept() == set()
    assert room.tally.compared == 8


def test_rows_of_an_older_version_are_compared_once_and_then_remember(room: SweptRoom) -> None:
    room.writer.write(lambda connection: connection.exec_driver_sql("UPDATE links SET read_back = NULL"))
    room.account("a").attributes["title"] = ("局长",)
    assert room.swept() == {("E-a", "title", "", "other", "heal")}
    assert len(room.noted) == 8
    room.work_out()
    assert room.swept() == set()
    assert room.noted == []


def test_a_sweep_that_never_ended_is_told_by_the_next(room: SweptRoom) -> None:
    room.swept()
    died = "UPDATE sweeps SET outcome = 'running', ended = NULL"
    room.writer.write(lambda connection: connection.exec_driver_sql(died))
    room.swept()
    assert sorted(outcome for (outcome,) in room.rows("SELECT outcome FROM sweeps")) == ["complete", "interrupted"]
