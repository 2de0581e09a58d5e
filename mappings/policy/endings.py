"""Planned ends that somebody has to decide about: of postings outside, of stays from outside, and of locks (A08, R204).

A planned end changes nothing by itself; what does is the actual end, an outcome or a departure on record. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mappings.facts import Assignment, Facts, StatusEvent
from mappings.model import Org, Person
from mappings.policy.departments import top
from mappings.policy.letters import own
from mappings.policy.readings import DEFAULT, IN_POST, Readings
from mappings.policy.service import Service
from mappings.policy.states import in_service

Kind = Literal["outbound", "inbound", "lock"]


@dataclass(frozen=True, slots=True)
class Ending:
    """`fact`: the `value` of the assignment or event; `planned_end`: an ISO day, the last one of the state.

    `department`: key of the top department that decides.
    """

    kind: Kind
    fact: str
    planned_end: str
    department: str | None = None


def endings(person: Person, day: str, org: Org, readings: Readings = DEFAULT) -> list[Ending]:
    """Those of somebody in service on an ISO day, past ones too: whatever the roster leaves open."""
    seen = in_service(person, day, org, readings)
    if seen is None or seen.leaving is not None:
        return []
    found = [*_of_posts(seen), *_of_locks(seen)]
    return sorted(found, key=lambda each: (each.planned_end, each.fact))


def first_end(facts: Facts, day: str) -> str | None:
    """The first of them, of any spell: who has none has none of `endings` either."""
    posts = [each.planned_end for each in facts.assignments if _leaves_open(each)]
    locks = [each.end for each in facts.events if _may_end(each, day)]
    return min((each for each in (*posts, *locks) if each), default=None)


def _of_posts(seen: Service) -> Iterator[Ending]:
    for each in seen.assignments:
        if each.planned_end is None or each.start > seen.day or not _leaves_open(each):
            continue
        if each.scope == "inbound":
            yield Ending("inbound", each.value, each.planned_end, top(seen.org, each.department))
        else:
            yield Ending("outbound", each.value, each.planned_end, top(seen.org, each.sending_department) or _own(seen))


def _of_locks(seen: Service) -> Iterator[Ending]:
    live = [*seen.cases, *(each for each in seen.facts.events if seen.spell.has(each.effective))]
    for each in {event.value: event for event in live}.values():
        if each.end is not None and each.effective <= seen.day and _may_end(each, seen.day):
            yield Ending("lock", each.value, each.end, _own(seen))


def _own(seen: Service) -> str | None:
    return next(iter(own(seen, seen.day)), None)


def _leaves_open(post: Assignment) -> bool:
    """Away or here from outside, the end planned and not on record."""
    away = post.scope == "outbound" and not post.relation_transferred
    return (away or post.scope == "inbound") and post.end is None and post.planned_end is not None


def _may_end(event: StatusEvent, day: str) -> bool:
    """A lock that ends on a day to come, or a suspension past its end that no outcome in the post has ended."""
    if event.end is None:
        return False
    if event.type == "other-lock":
        return day <= event.end
    return event.type == "investigation" and event.work_suspended and event.outcome not in IN_POST
