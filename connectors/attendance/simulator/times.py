"""Instants as the platform writes them: ISO 8601 with an offset, its own always +08:00."""

import math
import re
from datetime import datetime, timedelta, timezone

from connectors.attendance.simulator.codes import MALFORMED, MISSING, OUT_OF_RANGE, Refusal

HERE = timezone(timedelta(hours=8))
SHAPE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)")


def show(at: float) -> str:
    """2026-05-06T12:00:00.000+08:00: the millisecond that has begun. What is rounded first may show the next one."""
    return datetime.fromtimestamp(tick(at), HERE).isoformat(timespec="milliseconds")


def tick(at: float) -> float:
    """The instant as it will be shown: the platform keeps milliseconds."""
    return math.floor(at * 1000) / 1000


def read(name: str, text: str, zulu_refused: bool) -> float:
    """Seconds since the epoch. A time without an offset is refused, and one in Z where the site does not read it."""
    if not SHAPE.fullmatch(text) or (zulu_refused and text.endswith("Z")):
        raise Refusal(MALFORMED, name)
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise Refusal(MALFORMED, name) from None


def months_later(at: float, months: int) -> float:
    """The same day and hour, months later; the last day of a month where that day is missing."""
    day = datetime.fromtimestamp(at, HERE)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return day.replace(year=year, month=month + 1, day=last).timestamp()
        except ValueError:
            continue
    raise ValueError(at)


def stretch(body: dict[str, str], names: tuple[str, str], zulu_refused: bool) -> tuple[float, float] | None:
    """A pair of times of a request; None when neither is there. One alone, or in the wrong order, is refused."""
    present = [name for name in names if name in body]
    if not present:
        return None
    if len(present) == 1:
        raise Refusal(MISSING, next(name for name in names if name not in body))
    start, end = (read(name, body[name], zulu_refused) for name in names)
    if end < start:
        raise Refusal(OUT_OF_RANGE, names[1])
    return start, end
