"""The record of changes as moments: what one write did to whom, put together from the rows that it left."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from mappings.model import Presence
from mappings.policy.posts import primary
from scim_server.clock import civil_day, stamp
from scim_server.reports.lifecycle.departments import Departments
from scim_server.reports.lifecycle.turns import Presences, Slot
from scim_server.scim.facts import facts
from scim_server.scim.urns import ROSTER_USER
from scim_server.store.kept import REQUIRED

APART = 2.0  # seconds after which no further row of a write is to come, where several nodes write at once
NOWHERE: Presences = {}


@dataclass(slots=True)
class Moment:
    """One write: a request's, or a roll's. `people` by the id of the User; `subjects` where a row told."""

    at: str
    actor: str
    request: str | None
    people: dict[str, Slot] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)

    def slot(self, id: str) -> Slot:
        """Of one person, new where there is none yet."""
        return self.people.setdefault(id, Slot())


def moments(rows: Iterable[Any], departments: Departments) -> Iterator[Moment]:
    """The rows of `changes` in their order as moments in theirs; rows of several writes may lie between each other."""
    under_way: dict[tuple[str, str, str | None], Moment] = {}
    limit = ""  # of the oldest of them
    for row in rows:
        while under_way and row.at > limit:
            yield under_way.pop(next(iter(under_way)))
            limit = _later(next(iter(under_way))[0]) if under_way else ""
        key = (row.at, row.actor, row.request)
        moment = under_way.get(key)
        if moment is None:
            moment = under_way[key] = Moment(*key)
            limit = limit or _later(row.at)
        if row.action == "members":
            _take_members(moment, departments.key_of(row.subject), row.after)
        else:
            moment.subjects[row.resource_id] = row.subject
            _take_user(moment.slot(row.resource_id), row, departments)
    yield from under_way.values()


def _later(at: str) -> str:
    """The stamp after which no row of a write of that moment is to come."""
    return stamp(_seconds(at) + APART)


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def _take_members(moment: Moment, department: str | None, after: bytes) -> None:
    """A plain Group is no department."""
    if department is None:
        return
    moved = orjson.loads(after)
    for id in moved["added"]:
        moment.slot(id).added.append(department)
    for id in moved["removed"]:
        moment.slot(id).removed.append(department)


def _take_user(slot: Slot, row: Any, departments: Departments) -> None:
    before, after = (orjson.loads(each) if each else {} for each in (row.before, row.after))
    had = NOWHERE if row.action == "create" else _presences(before)
    has = NOWHERE if row.action == "delete" else _presences(after)
    if had is None and has is not None:
        had = dict.fromkeys(has, Presence.ACTIVE.value)  # facts given to a plain user
    slot.had = had if slot.had is None else slot.had
    slot.has = slot.has if has is None else has
    home = _home(before, after, row.at, departments)
    if home is not None:
        slot.home = (slot.home[0] if slot.home else home[0], home[1])


def _presences(part: Mapping[str, Any]) -> Presences | None:
    required: Presences | None = part.get(REQUIRED) or part.get(ROSTER_USER, {}).get(REQUIRED)
    if required or ROSTER_USER in part or "active" not in part:
        return required
    return {"": Presence.ACTIVE.value if part["active"] else Presence.LOCKED.value}


def _home(
    before: Mapping[str, Any], after: Mapping[str, Any], at: str, departments: Departments
) -> tuple[str | None, str | None] | None:
    """A settlement names the Groups, the primary one first; anything else the posts."""
    if "groups" in before or "groups" in after:
        was, now = (departments.first(each.get("groups", ())) for each in (before, after))
        return was, now
    if ROSTER_USER not in before and ROSTER_USER not in after:
        return None
    day = civil_day(_seconds(at))
    return _post(before, day), _post(after, day)


def _post(part: Mapping[str, Any], day: str) -> str | None:
    told = facts(part)
    post = primary(told.assignments, day) if told else None
    return post.department if post else None
