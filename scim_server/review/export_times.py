"""Times as exports of Chinese systems write them, in Asia/Shanghai unless they say otherwise.

2026-06-30 17:31:05, 2026/6/30 5:31 下午, 2026年6月30日17时31分, 2026.06.30, 20260630173105, seconds or milliseconds
since 1970, and a sheet's own dates, as dates or as their numbers. Without a time of day it was some time on that day.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta

from scim_server.clock import SHANGHAI

Moment = tuple[datetime, timedelta]  # aware; and by how much later it may have been
NONE = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "暂无", "空", "null", "none", "nan", "n/a", "0"})
NEVER = ("从未", "从无", "未登录", "未登陆", "没有", "尚未", "never")
DAY = timedelta(days=1) - timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1) - timedelta(milliseconds=1)
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - of a sheet: day 1 is the first of January 1900, and 1900 was no leap year

_WEEKDAY = re.compile(r"(?:星期|周|礼拜)[一二三四五六日天]")
_WRITTEN = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"(?:[T\s]*(?P<early>上午|下午|中午|凌晨|晚上|AM|PM)?\s*(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})分?"
    r"(?::?(?P<second>\d{1,2})秒?(?:[.,](?P<fraction>\d{1,9}))?)?\s*(?P<late>AM|PM|上午|下午)?\s*"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2}))?"
)


def moment(cell: object) -> Moment | None:
    """What a cell says; None: no time is in it. Raises ValueError where it says something that is no time."""
    if cell is None:
        return None
    if isinstance(cell, datetime):  # a sheet knows no days, only midnights
        return _zoned(cell), timedelta() if cell.time() > time() else DAY
    if isinstance(cell, date):
        return _zoned(datetime(cell.year, cell.month, cell.day)), DAY  # noqa: DTZ001 - it gets its zone
    if isinstance(cell, bool):
        raise ValueError(str(cell))
    if isinstance(cell, int | float):
        return _number(float(cell))
    return _text(unicodedata.normalize("NFKC", str(cell)).strip())


def _text(said: str) -> Moment | None:
    if said.casefold() in NONE or said.casefold().startswith(NEVER):
        return None
    bare = " ".join(_WEEKDAY.sub(" ", said).split())
    found = _WRITTEN.fullmatch(bare) or _COMPACT.fullmatch(bare)
    if found:
        return _parts({name: value for name, value in found.groupdict().items() if value is not None})
    if re.fullmatch(r"\d+(?:\.\d+)?", bare):
        return _number(float(bare))
    raise ValueError(said)


def _parts(given: dict[str, str]) -> Moment:
    year, month, day = (int(given[each]) for each in ("year", "month", "day"))
    hour = _hour(int(given.get("hour", 0)), (given.get("early") or given.get("late") or "").upper())
    micro = int((given.get("fraction", "") + "000000")[:6])
    minute, second = int(given.get("minute", 0)), int(given.get("second", 0))
    at = datetime(year, month, day, hour, minute, second, micro)  # noqa: DTZ001 - it gets its zone
    if "zone" in given:
        at = datetime.strptime(f"{at:%Y%m%d%H%M%S}{given['zone'].upper()}", "%Y%m%d%H%M%S%z").replace(microsecond=micro)
    return _zoned(at), DAY if "hour" not in given else timedelta() if "second" in given else MINUTE


def _hour(hour: int, half: str) -> int:
    if half in ("PM", "下午", "晚上") and hour < 12:
        return hour + 12
    if half == "中午" and hour < 6:
        return hour + 12
    return 0 if half in ("AM", "上午", "凌晨") and hour == 12 else hour


def _number(value: float) -> Moment | None:
    """A sheet's day number; else seconds or milliseconds since 1970. 0 is none."""
    if value == 0:
        return None
    if 20_000 <= value < 80_000:
        at = EPOCH + timedelta(seconds=round(value * 86_400))
        return _zoned(at), DAY if value == int(value) else timedelta()
    if 10**8 <= value < 10**10:
        return datetime.fromtimestamp(value, UTC), timedelta()
    if 10**11 <= value < 10**13:
        return datetime.fromtimestamp(value / 1000, UTC), timedelta()
    raise ValueError(f"{value:g}")


def _zoned(at: datetime) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)
