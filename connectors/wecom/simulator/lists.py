"""user/simplelist, list and list_id: none of them looks into departments below the one that is asked for."""

import base64
import binascii
from collections.abc import Iterator
from itertools import islice
from typing import Any

from connectors.wecom.simulator.answers import Failure, ok
from connectors.wecom.simulator.call import Call
from connectors.wecom.simulator.fields import is_int
from connectors.wecom.simulator.state import Member, World
from connectors.wecom.simulator.users import shown

MOST_IDS = 10_000


def simple_list(world: World, call: Call) -> dict[str, Any]:
    """The members of one department, by id and name (document/path/96259)."""
    rows = ({"userid": m.userid, "name": m.name, "department": list(m.department)} for m in _within(world, call))
    return ok(userlist=list(rows))


def detailed_list(world: World, call: Call) -> dict[str, Any]:
    """The members of one department, as user/get shows them."""
    return ok(userlist=[shown(world, member) for member in _within(world, call)])


def _within(world: World, call: Call) -> Iterator[Member]:
    department = world.department(call.number("department_id", 60003))
    return iter(world.within[department.id].values())


def list_id(world: World, call: Call) -> dict[str, Any]:
    """A page of everybody, one row for each department somebody is in (document/path/96067)."""
    limit = call.body.get("limit", MOST_IDS)
    if not is_int(limit, 1, MOST_IDS):
        raise Failure(40058)
    rows = list(islice(_rows(world, *place(call.body.get("cursor", ""))), limit + 1))
    following = cursor(*rows[limit][:2]) if len(rows) > limit else ""
    found = [{"userid": member.userid, "department": member.department[nth]} for _, nth, member in rows[:limit]]
    return ok(dept_user=found, next_cursor=following)


def _rows(world: World, seq: int, first: int) -> Iterator[tuple[int, int, Member]]:
    """From the row on that had that place: (the member's number, which of his departments, the member)."""
    for member in world.members.values():
        if member.seq >= seq:
            start = first if member.seq == seq else 0
            yield from ((member.seq, nth, member) for nth in range(start, len(member.department)))


def cursor(major: int, minor: int = 0) -> str:
    """A place in a list, as a text that means nothing to whoever gets it."""
    return base64.urlsafe_b64encode(f"{major}:{minor}".encode()).decode()


def place(text: Any) -> tuple[int, int]:
    """The place that a cursor stands for; the beginning when it is empty. Raises Failure 40058."""
    if text == "":
        return 0, 0
    try:
        major, minor = base64.urlsafe_b64decode(text.encode()).decode().split(":")
        return int(major), int(minor)
    except (AttributeError, ValueError, binascii.Error) as strange:
        raise Failure(40058) from strange
