"""Civil days as ISO text: they compare as text, so that only a step needs a calendar. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from mappings.facts import Span

NEVER = "9999-99-99"  # after every day: the day after the last one that a date can name
_FIRST, _LAST = "0001-01-01", "9999-12-31"
_ONE = timedelta(days=1)


@lru_cache(maxsize=65_536)
def day_after(day: str) -> str:
    """The next civil day; NEVER after the last one (rosters write 9999-12-31 for "open")."""
    return NEVER if day >= _LAST else (date.fromisoformat(day) + _ONE).isoformat()


@lru_cache(maxsize=65_536)
def day_before(day: str) -> str:
    """The civil day before; of NEVER the last one, of the first one no day at all."""
    if day <= _FIRST:
        return ""
    return _LAST if day >= NEVER else (date.fromisoformat(day) - _ONE).isoformat()


@lru_cache(maxsize=65_536)
def days_after(day: str, number: int) -> str:
    """So many civil days later; NEVER past the last one."""
    try:
        return (date.fromisoformat(day) + timedelta(days=number)).isoformat()
    except OverflowError:
        return NEVER


def unbroken_since(spans: Sequence[Span], day: str) -> str | None:
    """The first day of the stretch, without a gap, in which one of them holds until that day; None: none holds then."""
    since = None
    while starts := [each.start for each in spans if each.holds(day)]:
        since = min(starts)
        day = day_before(since)
    return since
