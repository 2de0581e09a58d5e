"""Stamps and periods as people in China read them.

The store's stamps are ISO 8601 UTC with milliseconds and Z, so they sort as text;
a person's day begins at 00:00 Asia/Shanghai (S9).
"""

from datetime import datetime

from scim_server.clock import SHANGHAI, stamp

_UNITS = ((86400, "天", 3600, "小时"), (3600, "小时", 60, "分"), (60, "分", 1, "秒"))


def since_stamp(text: str) -> str:
    """The store's stamp for what a person typed as the beginning of a period.

    An ISO day means its 00:00 in Asia/Shanghai, a date-time without an offset is local
    there. Raises ValueError with a sentence when it is neither.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=SHANGHAI)
        return stamp(moment.timestamp())
    except (ValueError, OverflowError) as error:
        raise ValueError(f"“{text}”不是日期或时间，请写成 2026-07-01 或 2026-07-01T08:30") from error


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
