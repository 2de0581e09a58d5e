"""Stamps and periods as people in China read them.

The store's stamps are ISO 8601 UTC with milliseconds and Z, so they sort as text;
a person's day begins at 00:00 Asia/Shanghai (S9).
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scim_server.clock import SHANGHAI, day_start, stamp

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAMED = re.compile(r"(?P<year>\d{4})(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])))?")
_UNITS = ((86400, "天", 3600, "小时"), (3600, "小时", 60, "分"), (60, "分", 1, "秒"))


def since_stamp(text: str) -> str:
    """The store's stamp for what a person typed as the beginning of a period.

    An ISO day means its 00:00 in Asia/Shanghai, a date-time without an offset is local
    there. Raises BadPeriod when it is neither.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=SHANGHAI)
        return stamp(moment.timestamp())
    except (ValueError, OverflowError) as error:
        raise BadPeriod(f"“{text}”不是日期或时间，请写成 2026-07-01 或 2026-07-01T08:30") from error


class BadPeriod(ValueError):
    """What was typed is no day, time or period. The argument is a sentence."""


@dataclass(frozen=True, slots=True)
class Period:
    """From a stamp of the store on, before another; None: open on that side."""

    since: str | None = None
    until: str | None = None

    @property
    def words(self) -> str:
        """As it stands at the head of a report; days where both ends are days, the last one included."""
        begin = (local(self.since)[:16] or "有记录以来").removesuffix(" 00:00")
        end = local(self.until)[:16]
        if end.endswith(" 00:00"):
            end = (date.fromisoformat(end[:10]) - timedelta(days=1)).isoformat() + " 止"
        return f"{begin} 至 {end or '制表时'}"


EVER = Period()


def period_of(since: str | None, until: str | None, named: str | None = None) -> Period:
    """The period that a person typed. Raises BadPeriod.

    `until`: an ISO day is its last one, a date-time ends it at that moment. `named`: a year, a month or a quarter,
    `2026`, `2026-10`, `2026-Q4`, instead of the two.
    """
    if named is None:
        begin = None if since is None else since_stamp(since)
        found = Period(begin, None if until is None else _until_stamp(until))
    elif since is None and until is None:
        found = _named(named.strip())
    else:
        raise BadPeriod("--period 与 --since、--until 不能同时使用")
    if found.since and found.until and found.since >= found.until:
        raise BadPeriod("期间的结束早于开始")
    return found


def _until_stamp(text: str) -> str:
    typed = text.strip()
    if not _DAY.fullmatch(typed):
        return since_stamp(typed)
    since_stamp(typed)
    try:
        return stamp(day_start((date.fromisoformat(typed) + timedelta(days=1)).isoformat()))
    except OverflowError as error:
        raise BadPeriod(f"“{text}”之后没有日期") from error


def _named(text: str) -> Period:
    match = _NAMED.fullmatch(text)
    if match is None:
        raise BadPeriod(f"“{text}”不是年、季或月，请写成 2026、2026-Q4 或 2026-10")
    year, month, quarter = (int(match[name] or 0) for name in ("year", "month", "quarter"))
    first = month or (quarter * 3 - 2 if quarter else 1)
    months = 1 if month else 3 if quarter else 12
    last = first + months - 1
    begin, end = (year, first), (year + last // 12, last % 12 + 1)
    try:
        return Period(*(stamp(day_start(date(*each, 1).isoformat())) for each in (begin, end)))
    except (ValueError, OverflowError) as error:
        raise BadPeriod(f"“{text}”不是年、季或月") from error


def local(moment: str | None) -> str:
    """A stamp as a clock in China shows it, to the second; empty where there is none."""
    if not moment:
        return ""
    return datetime.fromisoformat(moment).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def seconds_between(earlier: str, later: str) -> float:
    """Seconds from one stamp to another; never negative, for two nodes' clocks may differ by a little."""
    return max(0.0, round((datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds(), 3))


def spoken(seconds: float | None) -> str:
    """A length of time in Chinese, to two units."""
    if seconds is None:
        return "—"
    if seconds < 10:
        return f"{seconds:.2f}".rstrip("0").rstrip(".") + " 秒"
    whole = round(seconds)
    for size, name, part_size, part_name in _UNITS:
        if whole >= size:
            count, part = whole // size, whole % size // part_size
            return f"{count} {name} {part} {part_name}" if part else f"{count} {name}"
    return f"{whole} 秒"
