"""`huaming ruling list`: who ruled what, when, of whom (S28)."""

from typing import Any

from mappings.policy.readings import TITLES
from scim_server.operate.desk import Desk
from scim_server.operate.fact_words import EVENTS, RULINGS
from scim_server.store.marks import list_rulings

Shown = dict[str, Any]


def rulings(desk: Desk) -> list[Shown]:
    """`{"id", "externalId", "name", "kind", "start", "end", "by", "endedBy", "systems", "departure"}`, oldest first."""
    with desk.reader() as connection:
        found = [_shown(row) for row in list_rulings(connection)]
    desk.look("ruling list")
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
    until = f"至 {found['end']}，由{found['endedBy']}撤销" if found["end"] else "仍然有效"
    said = f"{found['name']}（{found['externalId']}）{RULINGS[found['kind']]}{about}"
    return f"{found['id']} {said}：{found['start']} 起，由{found['by']}作出，{until}"
