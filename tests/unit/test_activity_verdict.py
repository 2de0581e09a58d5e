"""Operated, silent, no data: what each needs (四, A12, R401n)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mappings.activity import (
    ANY,
    DEVICE,
    EVIDENCE,
    MOBILE,
    PC,
    PROOF,
    UNKNOWN,
    Evidence,
    Known,
    Verdict,
    Watch,
    span,
    unwatched,
    verdict,
)

UNTIL = datetime(2026, 7, 1, 1, tzinfo=UTC)
SINCE = datetime(2026, 6, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
BOTH = (Watch(PC, "log", SINCE, UNTIL), Watch(MOBILE, "log", SINCE, UNTIL))


def used(at: datetime, terminal: str = PC, strength: str = PROOF) -> Evidence:
    return Evidence(terminal, "log", strength, at)


def judged(*evidence: Evidence, watches: tuple[Watch, ...] = BOTH, follows: str = "oa") -> Verdict:
    return verdict(Known(evidence), span(follows, watches, SINCE, UNTIL))


def test_an_operation_at_one_terminal_is_one_of_the_account() -> None:
    seen = used(UNTIL - DAY, MOBILE)
    assert judged(seen, used(SINCE - DAY)) == Verdict("operated", seen)
    assert judged(seen, watches=()) == Verdict("operated", seen)


@pytest.mark.parametrize("at", [SINCE, UNTIL])
def test_both_ends_of_the_window_are_in_it(at: datetime) -> None:
    assert judged(used(at)).state == "operated"


def test_a_second_before_the_window_is_silence_and_is_named() -> None:
    assert judged(used(SINCE - SECOND)) == Verdict("silent", used(SINCE - SECOND))
    assert judged() == Verdict("silent")


def test_the_latest_of_several_is_named_and_of_two_at_once_the_one_that_proves() -> None:
    weak, strong = used(UNTIL - DAY, PC, EVIDENCE), used(UNTIL - DAY, MOBILE)
    assert judged(strong, weak).last == strong
    assert judged(weak, strong).last == strong
    assert judged(used(UNTIL - 2 * DAY), weak).last == weak


@pytest.mark.parametrize("left", [PC, MOBILE])
def test_a_terminal_that_nobody_watched_makes_it_no_data(left: str) -> None:
    watches = tuple(each for each in BOTH if each.terminal != left)
    assert judged(watches=watches) == Verdict("no-data", None, (left,))
    assert judged(used(SINCE - DAY), watches=watches) == Verdict("no-data", used(SINCE - DAY), (left,))


@pytest.mark.parametrize("follows", ["oa", "wecom", "attendance", "ldap"])
def test_without_a_source_there_is_no_data_anywhere(follows: str) -> None:
    assert judged(watches=(), follows=follows).state == "no-data"


def test_stretches_of_several_sources_join() -> None:
    middle = SINCE + 10 * DAY
    pieces = (Watch(PC, "one", SINCE - DAY, middle), Watch(PC, "two", middle - DAY, UNTIL), BOTH[1])
    assert judged(watches=pieces).state == "silent"


@pytest.mark.parametrize(
    "pieces",
    [
        [(SINCE, UNTIL - SECOND)],
        [(SINCE + SECOND, UNTIL)],
        [(SINCE, SINCE + 9 * DAY), (SINCE + 9 * DAY + SECOND, UNTIL)],
        [(SINCE, SINCE + 20 * DAY), (SINCE + DAY, SINCE + 2 * DAY)],
    ],
)
def test_a_gap_is_unwatched(pieces: list[tuple[datetime, datetime]]) -> None:
    watches = (*(Watch(PC, "log", *each) for each in pieces), BOTH[1])
    assert judged(watches=watches) == Verdict("no-data", None, (PC,))


def test_a_source_that_does_not_say_which_terminal_covers_all_of_them() -> None:
    assert judged(watches=(Watch(ANY, "export", SINCE, UNTIL),)).state == "silent"
    assert judged(used(SINCE + DAY, ANY), watches=()).state == "operated"
    half = (Watch(ANY, "export", SINCE, SINCE + 5 * DAY), Watch(PC, "log", SINCE + 5 * DAY, UNTIL))
    assert judged(watches=half) == Verdict("no-data", None, (MOBILE,))


def test_a_door_is_of_attendance_alone() -> None:
    door = used(UNTIL - DAY, DEVICE)
    assert judged(door) == Verdict("silent")
    assert judged(watches=(Watch(DEVICE, "door", SINCE, UNTIL),)).state == "no-data"
    assert judged(door, follows="attendance", watches=()).state == "operated"
    silent = judged(follows="attendance", watches=(Watch(DEVICE, "door", SINCE, UNTIL),))
    assert silent == Verdict("silent")


def test_a_directory_is_watched_by_whoever_sees_its_log_ins() -> None:
    assert judged(follows="ldap", watches=(Watch(ANY, "login", SINCE, UNTIL),)).state == "silent"
    assert judged(follows="ldap", watches=BOTH) == Verdict("no-data", None, (ANY,))


def test_who_was_surely_never_in_is_silent_though_nobody_watched() -> None:
    assert verdict(Known((), UNTIL), span("wecom", (), SINCE, UNTIL)) == Verdict("silent")
    assert verdict(Known((), UNTIL - SECOND), span("wecom", (), SINCE, UNTIL)).state == "no-data"
    seen = used(UNTIL - DAY)
    assert verdict(Known((seen,), UNTIL), span("wecom", (), SINCE, UNTIL)) == Verdict("operated", seen)


def test_an_operation_behind_the_window_shows_that_it_is_in_use() -> None:
    """Only the latest is kept: who has logged in this morning is not asked about for the month until midnight."""
    assert judged(used(UNTIL + SECOND)) == Verdict("operated", used(UNTIL + SECOND))
    assert judged(used(UNTIL + SECOND), watches=()) == Verdict("operated", used(UNTIL + SECOND))
    known = Known((used(UNTIL + DAY, PC), used(UNTIL - DAY, MOBILE)))
    assert verdict(known, span("oa", BOTH, SINCE, UNTIL)) == Verdict("operated", used(UNTIL - DAY, MOBILE))


def test_what_was_noted_loosely_before_the_window_may_have_been_in_it() -> None:
    """A directory that renews its stamp every fortnight."""
    loose = Evidence(ANY, "login", EVIDENCE, SINCE - DAY, 14 * DAY)
    assert judged(loose) == Verdict("no-data", loose)
    assert judged(replace(loose, at=SINCE - 14 * DAY)).state == "no-data"
    assert judged(replace(loose, at=SINCE - 14 * DAY - SECOND)).state == "silent"
    assert judged(replace(loose, at=SINCE)).state == "operated"


def test_nothing_known_and_all_watched_is_silence() -> None:
    assert verdict(UNKNOWN, span("oa", BOTH, SINCE, UNTIL)) == Verdict("silent")


def test_gaps_are_told_in_their_order_and_within_the_window() -> None:
    middle = [Watch(PC, "log", SINCE + DAY, SINCE + 2 * DAY), Watch(PC, "log", UNTIL - DAY, UNTIL + DAY)]
    assert unwatched(middle, SINCE, UNTIL) == [(SINCE, SINCE + DAY), (SINCE + 2 * DAY, UNTIL - DAY)]
    assert unwatched([], SINCE, UNTIL) == [(SINCE, UNTIL)]
    assert unwatched([Watch(PC, "log", UNTIL + DAY, UNTIL + 2 * DAY)], SINCE, UNTIL) == [(SINCE, UNTIL)]
