"""Working days and the deadlines counted in them (A09-A11, A20). Pure: the calendar's data is passed in.

Days are ISO civil days in Asia/Shanghai. Past the last year whose plan is published, and in its last week,
which later plans have moved before, a day is only assumed; a deadline whose counting touches one is
provisional, and nothing is late by it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
RULES = ("same-day", "workdays-3", "monthly")
STATUTORY = frozenset({"01-01", "05-01", "05-02", "10-01", "10-02", "10-03"})  # off in any year
UNSETTLED = "12-25"  # from here on the last published year is provisional
_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The plans of the State Council, as published.

    `holidays`: the days off; a Saturday or Sunday among them says nothing new. `makeup`: Saturdays and
    Sundays that are worked. `first_year` to `last_year`: the years whose plans are in them.
    """

    holidays: frozenset[str]
    makeup: frozenset[str]
    first_year: int
    last_year: int

    def is_working(self, day: str) -> bool:
        """Whether it is a working day, as published, else as assumed: Monday to Friday but for statutory days."""
        if self._published(day):
            return day in self.makeup or (day not in self.holidays and _weekday(day))
        return _weekday(day) and day[5:] not in STATUTORY

    def is_provisional(self, day: str) -> bool:
        """Whether a plan to come may still change it."""
        return not self._published(day) or day >= f"{self.last_year}-{UNSETTLED}"

    def _published(self, day: str) -> bool:
        return self.first_year <= int(day[:4]) <= self.last_year


@dataclass(frozen=True, slots=True)
class Deadline:
    """`due`: the last day on which a letter is on time. `rolled`: a day off moved it. `provisional`: see above."""

    due: str
    provisional: bool
    rolled: bool = False


def civil_day(instant: str, closing_time: str = "24:00") -> str:
    """The day, in Asia/Shanghai, on which something of an ISO 8601 instant counts; past closing time the next one.

    A plain day is itself; an instant without an offset is local. Raises ValueError.
    """
    if len(instant) == 10:
        return date.fromisoformat(instant).isoformat()
    at = datetime.fromisoformat(instant)
    local = at.replace(tzinfo=SHANGHAI) if at.tzinfo is None else at.astimezone(SHANGHAI)
    late = local.strftime("%H:%M:%S") > f"{closing_time}:00"
    return (local.date() + (_ONE if late else timedelta())).isoformat()


def deadline(rule: str, event: str, calendar: Calendar, count_start_day: bool = False) -> Deadline:
    """The deadline of an event (an ISO day). `rule`: one of RULES. Raises KeyError for another one."""
    if rule == "workdays-3":
        return workdays_3(event, calendar, count_start_day)
    rules: dict[str, Callable[[str, Calendar], Deadline]] = {"same-day": same_day, "monthly": monthly}
    return rules[rule](event, calendar)


def same_day(event: str, calendar: Calendar) -> Deadline:
    """一: the day itself, on a day off the next working day (A10)."""
    due, touched = _working_day(1, _days(event), calendar)
    return _deadline(due, touched, calendar, rolled=due != event)


def workdays_3(event: str, calendar: Calendar, count_start_day: bool = False) -> Deadline:
    """二, 三, 四: the third working day after the event; its own day counts only where the bureau reads it so (A09)."""
    days = _days(event)
    if not count_start_day:
        next(days)
    due, touched = _working_day(3, days, calendar)
    return _deadline(due, touched, calendar)


def monthly(event: str, calendar: Calendar) -> Deadline:
    """四: the first working day of a month, the first one on or after the event."""
    due, touched = _working_day(1, _days(f"{event[:8]}01"), calendar)
    if due < event:
        due, touched = _working_day(1, _days(_next_month(event)), calendar)
    return _deadline(due, touched, calendar)


def _working_day(number: int, days: Iterator[str], calendar: Calendar) -> tuple[str, list[str]]:
    """The nth working day, and every day that was looked at."""
    touched = []
    for day in days:
        touched.append(day)
        number -= calendar.is_working(day)
        if number == 0:
            return day, touched
    raise OverflowError("no working day is left")


def _deadline(due: str, touched: Iterable[str], calendar: Calendar, rolled: bool = False) -> Deadline:
    return Deadline(due, any(calendar.is_provisional(day) for day in touched), rolled)


def _days(day: str) -> Iterator[str]:
    at = date.fromisoformat(day)
    while True:
        yield at.isoformat()
        at += _ONE


def _next_month(day: str) -> str:
    first = date.fromisoformat(f"{day[:8]}01")
    return (first + timedelta(days=32)).replace(day=1).isoformat()


def _weekday(day: str) -> bool:
    return date.fromisoformat(day).weekday() < 5
