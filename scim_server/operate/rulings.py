"""`huaming ruling list`: who ruled what, when, of whom (S28)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from mappings.policy.departures import REPLY
from mappings.policy.readings import TITLES
from mappings.policy.succession import spells
from scim_server.operate.desk import Desk
from scim_server.operate.fact_words import EVENTS, RULINGS
from scim_server.store.marks import list_rulings
from scim_server.store.people import read_roll

Shown = dict[str, Any]


def rulings(desk: Desk) -> list[Shown]:
    """`{"id", "externalId", "name", "kind", "start", "end", "by", "endedBy", "systems", "departure", "hiredAnew"}`.

    Oldest first. `hiredAnew`: the day of a later hire by which a reply is over, though nobody has ended it; or None.
    """
    with desk.reader() as connection:
        rows = list_rulings(connection)
        hired = _hired_anew(desk, connection, rows)
        found = [_shown(row) | {"hiredAnew": hired.get(row["id"])} for row in rows]
    desk.look("ruling list")
    return found


def _hired_anew(desk: Desk, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The first day of the spell under which a reply no longer counts, by the ruling's id."""
    open_ones = [row for row in rows if row["kind"] == REPLY and row["end"] is None]
    people = read_roll(connection, [row["subject"] for row in open_ones], "").people
    found = {}
    for row in open_ones:
        person = people.get(row["subject"])
        if person is not None and person.facts is not None:
            begun = spells(person.facts, person.marks, desk.clock.today(), desk.readings())
            if begun and begun[-1].start >= row["start"]:
                found[row["id"]] = begun[-1].start
    return found


def _shown(row: dict[str, Any]) -> Shown:
    return {
        "id": row["id"],
        "externalId": row["key"],
        "name": row["title"],
        "kind": row["kind"],
        "start": row["start"],
        "end": row["end"],
        "by": row["by"],
        "endedBy": row["ended_by"],
        "systems": row["systems"],
        "departure": row["departure"],
    }


def line(found: Shown) -> str:
    """The same as a person reads it."""
    what = "、".join(TITLES[each] for each in found["systems"] or ())
    left = EVENTS[found["departure"]] if found["departure"] else ""
    about = f"（{what or left}）" if what or left else ""
    said = f"{found['name']}（{found['externalId']}）{RULINGS[found['kind']]}{about}"
    return f"{found['id']} {said}：{found['start']} 起，由{found['by']}作出，{_until(found)}"


def _until(found: Shown) -> str:
    """One that ended on its first day was in force on no day."""
    if not found["end"]:
        return f"因 {found['hiredAnew']} 再次入职不再适用" if found["hiredAnew"] else "仍然有效"
    last = "当日" if found["end"] < found["start"] else f"至 {found['end']}，"
    return f"{last}由{found['endedBy']}撤销"
