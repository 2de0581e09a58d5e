"""The calendar of working days: the plans that chinesecalendar knows, and one override file a year (A09, A10).

The library's data is copied into sets once: asked day by day it is far too slow for a roster. A file `2027.toml`
in the folder of `[policy] calendar` is the State Council's notice of that year, typed by the bureau on the day
on which it is published; it stands in the place of all that the library knows of the year.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from mappings.calendar import Calendar
from scim_server.settings import BadSettings

WARN_FROM = "11-01"  # the plan of the next year is usually published in November
SEPARATOR = "/"  # between the first and the last day of a stretch (ISO 8601)


class Notice(NamedTuple):
    """What one file says: ISO days off, and Saturdays and Sundays that are worked."""

    year: int
    off: frozenset[str]
    makeup: frozenset[str]


@cache
def published() -> Calendar:
    """What the library knows."""
    from chinese_calendar.constants import holidays, workdays

    off, makeup = (frozenset(day.isoformat() for day in days) for days in (holidays, workdays))
    years = [int(day[:4]) for day in off]
    return Calendar(off, makeup, min(years), max(years))


def load_calendar(folder: str | None = None) -> Calendar:
    """The library's plans under those of the folder. Raises BadSettings naming the file and what is wrong in it."""
    calendar = published()
    for notice in _notices(folder) if folder else ():
        if notice.year > calendar.last_year + 1:
            raise BadSettings(f"[policy] calendar: {notice.year}.toml, but nothing is known of {notice.year - 1}")
        calendar = _with(notice, calendar)
    return calendar


def unknown_year(calendar: Calendar, today: str) -> int | None:
    """The year whose plan is missing and should be entered: this one, or from November 1 on the next."""
    year = int(today[:4])
    wanted = year + 1 if today[5:] >= WARN_FROM else year
    return calendar.last_year + 1 if calendar.last_year < wanted else None


def _with(notice: Notice, calendar: Calendar) -> Calendar:
    """A notice may also move the last days of the year before (2018-12-29, 2022-12-31)."""
    said = notice.off | notice.makeup
    kept = [
        frozenset(day for day in days if day not in said and int(day[:4]) != notice.year)
        for days in (calendar.holidays, calendar.makeup)
    ]
    first, last = min(calendar.first_year, notice.year), max(calendar.last_year, notice.year)
    return Calendar(kept[0] | notice.off, kept[1] | notice.makeup, first, last)


def _notices(folder: str) -> Iterator[Notice]:
    """In the order of the years. A folder that is not there is an error: a typing slip must not go unseen."""
    if not Path(folder).is_dir():
        raise BadSettings(f"[policy] calendar: {folder} is no folder")
    for path in sorted(Path(folder).glob("[0-9][0-9][0-9][0-9].toml")):
        try:
            yield _notice(int(path.stem), tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:  # TOML and Unicode errors are ValueErrors
            raise BadSettings(f"[policy] calendar: {path}: {error}") from error


def _notice(year: int, said: Mapping[str, Any]) -> Notice:
    if unknown := set(said) - {"off", "makeup"}:
        raise ValueError(f"{sorted(unknown)[0]} is unknown; known: off, makeup")
    off, makeup = (frozenset(day for each in _listed(said, key) for day in _stretch(each)) for key in ("off", "makeup"))
    if not off:
        raise ValueError("off is empty: no year is without holidays")
    for day in sorted(off | makeup):
        if day[:4] != str(year) and day[:7] != f"{year - 1}-12":
            raise ValueError(f"{day} is neither in {year} nor in the December before")
    if both := off & makeup:
        raise ValueError(f"{min(both)} is both off and worked")
    if weekdays := sorted(day for day in makeup if date.fromisoformat(day).weekday() < 5):
        raise ValueError(f"makeup: {weekdays[0]} is neither a Saturday nor a Sunday")
    return Notice(year, off, makeup)


def _listed(said: Mapping[str, Any], key: str) -> list[Any]:
    found = said.get(key, [])
    if not isinstance(found, list):
        raise ValueError(f"{key} is no list")
    return found


def _stretch(said: Any) -> Iterator[str]:
    """The days of `2027-02-05/2027-02-11`, of `2027-04-05`, or of a TOML date."""
    first, _, last = str(said).partition(SEPARATOR)
    day, until = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
    if not timedelta() <= until - day < timedelta(days=60):
        raise ValueError(f"{said} is no stretch of days off")
    while day <= until:
        yield day.isoformat()
        day += timedelta(days=1)
