"""What one moment did to one person, and what makes two sentences one problem."""

import pytest

from scim_server.reports.lifecycle.turns import Kind, Slot, Turn, plain_turns, turns
from scim_server.reports.period import BadPeriod, Period, period_of
from scim_server.reports.rows import OpenRow, Standing
from scim_server.reports.stuck.problems import Problems, shape

ACTIVE = {"ldap": "active", "attendance": "active"}
LOCKED = {"ldap": "locked", "attendance": "removed"}
GONE = {"ldap": "removed", "attendance": "removed"}


@pytest.mark.parametrize(
    ("had", "has", "kind"),
    [
        (GONE, ACTIVE, Kind.JOINED),
        ({}, LOCKED, Kind.JOINED),
        (ACTIVE, GONE, Kind.LEFT),
        (LOCKED, {}, Kind.LEFT),
        (ACTIVE, LOCKED, Kind.LOCKED),
        (LOCKED, ACTIVE, Kind.RESTORED),
        (ACTIVE, {"ldap": "active", "attendance": "removed"}, Kind.SYSTEMS),
    ],
)
def test_a_change_of_presence_is_one_turn(had: dict[str, str], has: dict[str, str], kind: Kind) -> None:
    assert [each.kind for each in turns(Slot(had=had, has=has))] == [kind]


def test_who_is_nowhere_and_stays_nowhere_has_no_turn() -> None:
    assert list(turns(Slot(had=GONE, has={}, home=("A", "B"), added=["B"]))) == []
    assert list(turns(Slot(had=ACTIVE, has=dict(ACTIVE)))) == []
    assert list(turns(Slot())) == []


def test_a_move_is_no_role_elsewhere_and_a_role_elsewhere_no_move() -> None:
    moved = Slot(added=["B"], removed=["A"], home=("A", "B"))
    assert list(turns(moved)) == [Turn(Kind.MOVED, "A", "B")]
    lent = Slot(added=["C"], home=("A", "A"))
    assert list(turns(lent)) == [Turn(Kind.SECONDED, "", "C")]
    both = Slot(added=["B", "C"], removed=["A", "D"], home=("A", "B"))
    assert [each.kind for each in turns(both)] == [Kind.MOVED, Kind.RETURNED, Kind.SECONDED]


def test_a_plain_user_is_at_home_in_the_first_department() -> None:
    assert list(plain_turns(Slot(), [], ["A", "B"])) == [Turn(Kind.PLACED, "", "A"), Turn(Kind.SECONDED, "", "B")]
    assert list(plain_turns(Slot(), ["A", "B"], ["B"])) == [Turn(Kind.MOVED, "A", "B")]
    assert list(plain_turns(Slot(), ["A", "B"], ["A"])) == [Turn(Kind.RETURNED, "B", "")]


def test_periods_by_name_and_by_days() -> None:
    assert period_of(None, None, "2026-10") == Period("2026-09-30T16:00:00.000Z", "2026-10-31T16:00:00.000Z")
    assert period_of(None, None, "2026-Q4") == period_of("2026-10-01", "2026-12-31")
    assert period_of(None, None, "2026") == period_of("2026-01-01", "2026-12-31")
    assert period_of("2026-01-01", "2026-01-02T08:00").until == "2026-01-02T00:00:00.000Z"
    assert period_of("2026-10-01", "2026-10-31").words == "2026-10-01 至 2026-10-31 止"
    assert period_of(None, None) == Period()


@pytest.mark.parametrize(
    "typed",
    [
        ("gestern", None, None),
        (None, "2026-13-01", None),
        (None, "9999-12-31", None),
        (None, None, "2026-13"),
        (None, None, "9999"),
        ("2026-02-01", "2026-01-01", None),
        ("2026-02-01", None, "2026"),
    ],
)
def test_what_is_no_period_is_refused(typed: tuple[str | None, str | None, str | None]) -> None:
    with pytest.raises(BadPeriod):
        period_of(*typed)


def test_sentences_that_differ_in_what_is_one_persons_own_are_one_problem() -> None:
    one = "refused：19：属性 mail 的值「a1@区.cn」不合语法（uid=a1,ou=people）"
    other = "refused：19：属性 mail 的值「b22@区.cn」不合语法（uid=b22,ou=people）"
    assert shape(one) == shape(other)
    assert shape(one) != shape("refused：19：属性 title 的值「a1」不合语法（uid=a1）".replace("title", "职务"))
    assert shape("等待「办公室」先在系统中建立") != shape("等待接口调用额度")


def test_problems_are_bounded_and_their_numbers_are_not() -> None:
    found = Problems(most=3)
    for number in range(50):
        word = chr(0x4E00 + number)
        found.add(OpenRow("ldap", f"E{number}", "人", Standing.PARKED, f"原因{word}", None, None))
    problems = found.worst_first()
    assert sum(each.number for each in problems) == 50
    assert len(problems) == 4
    assert problems[0].number == 47
