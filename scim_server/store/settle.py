"""What the policy makes of people, written down (S8): `active`, memberships, required states, standings.

In the open transaction of the write that changed a fact, or of the day roll. Only what differs is written, so a
second settlement of the same day writes nothing. A version, `modified` and a change are due where a client may
see a difference; links are woken wherever anything differs.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, select

from mappings.policy.readings import DEFAULT, Readings
from scim_server.clock import stamp
from scim_server.sections import LetterSettings
from scim_server.settings import Settings
from scim_server.store import rolls
from scim_server.store.materialise import Moment, write_verdicts
from scim_server.store.prepared import execute_many
from scim_server.store.situations import read_situations
from scim_server.store.tables import resources, subjects
from scim_server.store.tree import lots
from scim_server.store.verdicts import verdict
from scim_server.store.wakes import WAKE, woken

_PEOPLE = select(subjects.c.resource_id).where(subjects.c.subject.in_(bindparam("of", expanding=True)))
# what is computed from a document must not be written over another one that a node has committed meanwhile
_HOLD = select(resources.c.id).where(resources.c.id.in_(_PEOPLE)).order_by(resources.c.id).with_for_update()


@dataclass(frozen=True, slots=True)
class Rules:
    """How the policy reads the regulation.

    Of letters: `codes`, 机关代字 by key of a top department; `calendar`, the folder with the plans of years; `letters`,
    who writes them.
    """

    readings: Readings = DEFAULT
    codes: Mapping[str, str] = field(default_factory=dict)
    calendar: str | None = None
    letters: LetterSettings = field(default_factory=LetterSettings)


READ_BY_DEFAULT = Rules()


def rules_of(settings: Settings, readings: Readings) -> Rules:
    """By what commands go, besides the clock."""
    return Rules(readings, settings.letters.codes, settings.policy.calendar, settings.letters)


def settle(
    connection: Connection,
    wanted: Sequence[str],
    day: str,
    now: float,
    actor: str,
    rules: Rules,
    under_way: Collection[str] = (),
) -> list[str]:
    """Materialises what must be of these subjects on an ISO day; returns those that changed.

    Who has no facts is passed over; a plain user with marks is woken, since rulings hold for everybody (S28).
    `now`: seconds since the epoch, for stamps. `under_way`: subjects whose next version this very transaction
    makes: what is computed goes into that one, and its change is the caller's. A day before the last one that was
    rolled is that one: a clock that was set back takes nobody back with it (S8).
    """
    changed: list[str] = []
    day = max(day, rolls.rolled(connection) or "")
    moment = Moment(stamp(now), actor)
    for lot in lots(dict.fromkeys(wanted)):
        _hold(connection, lot)
        read = read_situations(connection, lot)
        made = [(seen, verdict(seen, day, read.branches, rules.readings)) for seen in read.situations]
        changed += write_verdicts(connection, made, moment, under_way)
        changed += read.plain
    execute_many(connection, WAKE, [woken(subject, now) for subject in changed])
    return changed


def _hold(connection: Connection, lot: Sequence[str]) -> None:
    """Until the transaction ends nobody else writes these resources. SQLite has one writer anyway."""
    if connection.dialect.name != "sqlite":
        connection.execute(_HOLD, {"of": list(lot)}).all()
