"""Users without facts, day by day (S1): when the answer changes, and that it says so beforehand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.model import Department, Org, Person, Presence
from mappings.plain import ARTICLE, NOT_YET, group_presence, person_presence, primary_department

ACTIVE, LOCKED, REMOVED = Presence.ACTIVE, Presence.LOCKED, Presence.REMOVED
ORG = Org({key: Department(f"s-{key}", key, key, code=key if key[0] == "D" else None) for key in ("D1", "D2", "P1")})


def person(**values: object) -> Person:
    return Person(subject="s1", key="E1", user_name="a", **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "keep_days", "presence", "review_on"),
    [
        ("2026-01-04", 0, REMOVED, "2026-01-05"),
        ("2026-01-05", 0, ACTIVE, None),
        ("2026-03-01", 0, ACTIVE, None),
        ("2026-03-02", 0, REMOVED, None),
        ("2026-03-02", 1, LOCKED, "2026-03-03"),
        ("2026-03-03", 1, REMOVED, None),
        ("2026-03-31", 30, LOCKED, "2026-04-01"),
        ("2026-04-01", 30, REMOVED, None),
        ("2028-02-28", 9999, LOCKED, "2053-07-17"),
    ],
)
def test_the_days_of_one_person(day: str, keep_days: int, presence: Presence, review_on: str | None) -> None:
    one = person(created="2026-01-05", removed="2026-03-02")
    found = person_presence(one, day, keep_days)
    assert (found[0], found[2]) == (presence, review_on)


def test_a_keep_of_days_crosses_a_leap_day() -> None:
    one = person(created="2028-01-05", removed="2028-02-28")
    assert person_presence(one, "2028-02-29", 2)[::2] == (LOCKED, "2028-03-01")
    assert person_presence(one, "2028-03-01", 2)[0] is REMOVED


def test_who_was_deleted_on_the_day_of_the_entry_has_no_account_that_day() -> None:
    one = person(created="2026-01-05", removed="2026-01-05")
    assert person_presence(one, "2026-01-05")[0] is REMOVED


DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(created=DAYS, stays=st.none() | st.integers(0, 400), active=st.booleans(), keep=st.integers(0, 60), look=DAYS)
def test_the_answer_changes_by_itself_on_the_day_that_was_announced_and_on_no_other(
    created: date, stays: int | None, active: bool, keep: int, look: date
) -> None:
    removed = None if stays is None else (created + timedelta(days=stays)).isoformat()
    one = person(created=created.isoformat(), removed=removed, active=active)
    presence, reason, review_on = person_presence(one, look.isoformat(), keep)
    assert reason.article in (ARTICLE, NOT_YET)
    assert reason.text
    if removed is not None and look.isoformat() < removed:
        return  # a deletion is an event of its own day: it wakes the row itself
    if review_on is None:
        assert person_presence(one, "2099-12-31", keep)[0] is presence
    else:
        before = (date.fromisoformat(review_on) - timedelta(days=1)).isoformat()
        assert person_presence(one, before, keep)[0] is presence
        assert person_presence(one, review_on, keep)[0] is not presence or removed == review_on


@pytest.mark.parametrize(
    ("joined", "primary"),
    [
        ((), None),
        (("P1",), None),
        (("D77",), None),
        (("D2", "D1"), "D2"),
        (("D1", "D2"), "D1"),
        (("P1", "D77", "D2", "D1"), "D2"),
    ],
)
def test_the_first_department_joined_is_primary(joined: tuple[str, ...], primary: str | None) -> None:
    home = primary_department(person(groups=joined), ORG)
    assert (home.key if home else None) == primary


def test_a_group_is_there_until_it_is_deleted() -> None:
    assert group_presence(ORG.departments["D1"])[0] is ACTIVE
    assert group_presence(Department("s", "D1", "D1", removed=True))[0] is REMOVED
