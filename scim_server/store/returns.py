"""Cases before a planned end (A08, R204): opened some days before, settled by what the roster shows, and by that alone.

Functions on the writer's connection. A case does not change any account: it asks, and what was decided stands beside
it until the roster shows it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import uuid_utils
from sqlalchemy import Connection, func, select, text, tuple_, update

from mappings.policy.days import days_after
from mappings.policy.endings import Ending, endings
from mappings.policy.readings import Readings
from scim_server.store.facts_tables import standings
from scim_server.store.prepared import execute_many
from scim_server.store.review_tables import return_cases
from scim_server.store.situations import read_situations

OPEN, DECIDED, MOOT = "open", "decided", "moot"
BACK, EXTENDED, DEPARTED = "back", "extended", "departed"
CHOICES = (BACK, EXTENDED, DEPARTED)
LOT = 200
_OPEN = text(
    "INSERT INTO return_cases (id, subject, kind, fact, planned_end, department, opened, state) "
    "VALUES (:id, :subject, :kind, :fact, :planned_end, :department, :opened, 'open') "
    "ON CONFLICT (subject, fact, planned_end) DO NOTHING"
)
_LIVE = return_cases.c.state.in_((OPEN, DECIDED))


class NoSuchCase(Exception):
    """There is no case of that id. The argument is the id."""


class NotNow(Exception):
    """The roster has settled the case already. The argument is a sentence."""


class BadChoice(Exception):
    """What was decided cannot be. The argument is a sentence."""


class Place(NamedTuple):
    """How far a look through those whose end is near has come."""

    ends_on: str
    subject: str


def near(connection: Connection, until: str, after: Sequence[str] = ("", "")) -> list[Place]:
    """A lot of those who have a planned end by that ISO day, past ones too, found by the partial index."""
    place = tuple_(standings.c.ends_on, standings.c.subject)
    mine = select(standings.c.ends_on, standings.c.subject).where(standings.c.ends_on <= until, place > tuple(after))
    rows = connection.execute(mine.order_by(standings.c.ends_on, standings.c.subject).limit(LOT))
    return [Place(*row) for row in rows]


def asked_about(connection: Connection, after: str = "") -> list[str]:
    """A lot of the subjects with a case that is not settled."""
    mine = select(return_cases.c.subject).where(_LIVE, return_cases.c.subject > after).distinct()
    return list(connection.scalars(mine.order_by(return_cases.c.subject).limit(LOT)))


class Differences(NamedTuple):
    """What the cases of some people lack: to be opened, (subject, ending) each; to be opened again; settled. Ids."""

    new: list[tuple[str, Ending]]
    again: list[str]
    moot: list[str]


def differences(connection: Connection, wanted: Sequence[str], day: str, until: str, readings: Readings) -> Differences:
    """On an ISO day; a case is due whose planned end is by `until`."""
    found = Differences([], [], [])
    for lot in (wanted[start : start + LOT] for start in range(0, len(wanted), LOT)):
        read = read_situations(connection, lot)
        open_ends = {
            each.row.subject: endings(each.person, day, read.branches.org, readings) for each in read.situations
        }
        there = _cases(connection, lot)
        for subject in lot:
            _compare(found, subject, open_ends.get(subject, ()), there.get(subject, ()), until)
    return found


def _cases(connection: Connection, lot: Sequence[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in connection.execute(select(return_cases).where(return_cases.c.subject.in_(lot))):
        found.setdefault(row.subject, []).append(row)
    return found


def _compare(found: Differences, subject: str, now: Iterable[Ending], rows: Iterable[Any], until: str) -> None:
    there = {(row.fact, row.planned_end): row for row in rows}
    due = _with_extensions(now, there)
    for place, ending in due.items():
        row = there.get(place)
        if row is None and ending.planned_end <= until:
            found.new.append((subject, ending))
        elif row is not None and row.state == MOOT:
            found.again.append(row.id)
    found.moot.extend(row.id for place, row in there.items() if place not in due and row.state != MOOT)


def _with_extensions(now: Iterable[Ending], there: Mapping[tuple[str, str], Any]) -> dict[tuple[str, str], Ending]:
    """An extension that was decided and that the roster does not show has an end of its own."""
    due: dict[tuple[str, str], Ending] = {}
    for ending in now:
        each: Ending | None = ending
        while each is not None:
            place = (each.fact, each.planned_end)
            due[place] = each
            row = there.get(place)
            longer = row is not None and row.choice == EXTENDED and row.until is not None
            each = Ending(each.kind, each.fact, row.until, each.department) if row is not None and longer else None
    return due


def write(connection: Connection, found: Differences, at: str) -> None:
    """Opens and settles; what somebody else has opened meanwhile stays."""
    execute_many(connection, _OPEN, [_row(subject, ending, at) for subject, ending in found.new])
    for id in found.again:
        row = find(connection, id)
        state = OPEN if row.choice is None else DECIDED
        connection.execute(update(return_cases).where(return_cases.c.id == id).values(state=state))
    if found.moot:
        connection.execute(update(return_cases).where(return_cases.c.id.in_(found.moot), _LIVE).values(state=MOOT))


def _row(subject: str, ending: Ending, at: str) -> dict[str, Any]:
    said = {"kind": ending.kind, "fact": ending.fact, "planned_end": ending.planned_end}
    more = {"department": ending.department, "opened": at}
    return {"id": str(uuid_utils.uuid7()), "subject": subject, **said, **more}


def find(connection: Connection, id: str) -> Any:
    """The row of a case. Raises NoSuchCase."""
    row = connection.execute(select(return_cases).where(return_cases.c.id == id).with_for_update()).first()
    if row is None:
        raise NoSuchCase(id)
    return row


def decide(connection: Connection, row: Any, values: Mapping[str, Any]) -> None:
    """Writes down what somebody has decided; the last word stands."""
    connection.execute(update(return_cases).where(return_cases.c.id == row.id).values({**values, "state": DECIDED}))


def horizon(day: str, days: int) -> str:
    """The last planned end whose case is open on an ISO day."""
    return days_after(day, days)


def past(connection: Connection, today: str) -> dict[str, int]:
    """By planned end, how many cases have passed it and are not settled: undecided, or not in the roster yet."""
    of = select(return_cases.c.planned_end, func.count()).where(_LIVE, return_cases.c.planned_end < today)
    return {day: number for day, number in connection.execute(of.group_by(return_cases.c.planned_end))}


def counted(connection: Connection) -> dict[str, int]:
    """`{"open", "decided"}`: how many cases, whatever for."""
    of = select(return_cases.c.state, func.count()).where(_LIVE).group_by(return_cases.c.state)
    return {OPEN: 0, DECIDED: 0} | {state: number for state, number in connection.execute(of)}
