import pytest

from scim_server.reports.period import local, seconds_between, since_stamp, spoken


@pytest.mark.parametrize(
    ("typed", "stamp"),
    [
        ("2026-07-01", "2026-06-30T16:00:00.000Z"),
        (" 2026-07-01 ", "2026-06-30T16:00:00.000Z"),
        ("2026-07-01T08:30", "2026-07-01T00:30:00.000Z"),
        ("2026-07-01 08:30:15", "2026-07-01T00:30:15.000Z"),
        ("2026-07-01T08:30:00+09:00", "2026-06-30T23:30:00.000Z"),
        ("2026-07-01T08:30:00.250Z", "2026-07-01T08:30:00.250Z"),
    ],
)
def test_a_day_begins_in_shanghai_and_a_stamp_stays_itself(typed: str, stamp: str) -> None:
    assert since_stamp(typed) == stamp


@pytest.mark.parametrize(
    "typed", ["", "昨天", "2026-13-01", "2026-02-30", "07/01/2026", "1719763200", "2026-07-01T25:00"]
)
def test_anything_else_is_refused_with_a_sentence_that_names_it(typed: str) -> None:
    with pytest.raises(ValueError, match="不是日期或时间") as refusal:
        since_stamp(typed)
    assert f"“{typed}”" in str(refusal.value)


def test_stamps_are_read_by_a_clock_in_china() -> None:
    assert local("2026-06-30T16:00:00.999Z") == "2026-07-01 00:00:00"
    assert local(None) == ""


def test_seconds_between_two_stamps_are_never_negative() -> None:
    assert seconds_between("2026-07-01T00:00:00.000Z", "2026-07-01T00:00:01.250Z") == 1.25
    assert seconds_between("2026-07-01T00:00:01.000Z", "2026-07-01T00:00:00.000Z") == 0.0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "—"),
        (0.0, "0 秒"),
        (0.04, "0.04 秒"),
        (1.5, "1.5 秒"),
        (9.999, "10 秒"),
        (42.4, "42 秒"),
        (60, "1 分"),
        (59.7, "1 分"),
        (192, "3 分 12 秒"),
        (7500, "2 小时 5 分"),
        (86400 * 3 + 4 * 3600, "3 天 4 小时"),
    ],
)
def test_a_length_of_time_is_told_in_two_units_at_most(seconds: float | None, text: str) -> None:
    assert spoken(seconds) == text
