"""What `huaming explain` tells of somebody with facts: facts, marks, items, readings, letters. Restricted (S18)."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from mappings.facts import AddedMember, Assignment, Marks, Ruling, Span, StatusEvent
from mappings.model import Person
from mappings.policy.states import decisions
from mappings.policy.states import states as standing_of
from scim_server.operate.desk import Desk
from scim_server.operate.letters import terms_of
from scim_server.operate.points import settings_of
from scim_server.operate.reading import Frame
from scim_server.operate.verdict import Because, reasons
from scim_server.reports.letters.on_record import numbers
from scim_server.reports.letters.rows import letter_rows, letters_of
from scim_server.reports.words import citation

Told = dict[str, Any]


def dossier(desk: Desk, connection: Connection, person: Person, day: str, seen: Frame) -> Told:
    """`{"roster", "marks", "decisions", "because": {system: [...]}, "readings", "letters", "spell", "reviewOn"}`."""
    found = standing_of(person, day, seen.org, seen.readings)
    why = reasons(person, day, found, seen)
    items = decisions(person, day, seen.org, seen.readings)
    cited = {point for each in items for point in each.readings}
    cited |= {point for each in why.values() for one in each for point in one.readings}
    return {
        "roster": _roster(person),
        "marks": list(_marks(person.marks)),
        "decisions": [
            _item(Because(each.item, each.text, each.basis, each.since, each.readings))
            | {"public": each.public.article}
            for each in items
        ],
        "because": {system: [_item(each) for each in those] for system, those in why.items()},
        "readings": settings_of(tuple(sorted(cited)), seen.readings),
        "letters": _letters(desk, connection, person, day),
        "spell": found.spell,
        "reviewOn": found.review_on,
    }


def _item(because: Because) -> Told:
    return asdict(because) | {"citation": citation(because.item), "readings": list(because.readings)}


def _roster(person: Person) -> Told:
    facts = person.facts
    assert facts is not None
    return {
        "category": facts.category,
        "leaderLevel": facts.leader_level,
        "needs": {system: said for system, said in asdict(facts.needs).items() if said is not None},
        "assignments": [_post(each) for each in sorted(facts.assignments, key=lambda each: (each.start, each.value))],
        "events": [_event(each) for each in sorted(facts.events, key=lambda each: (each.effective, each.value))],
    }


def _post(post: Assignment) -> Told:
    return {
        "value": post.value,
        "kind": post.kind,
        "scope": post.scope,
        "start": post.start,
        "end": post.end,
        "plannedEnd": post.planned_end,
        "department": post.department,
        "externalOrganization": post.external_organization,
        "position": post.position,
        "relationTransferred": post.relation_transferred,
        "letterRef": post.letter_ref,
    }


def _event(event: StatusEvent) -> Told:
    return {
        "value": event.value,
        "type": event.type,
        "effective": event.effective,
        "end": event.end,
        "workSuspended": event.work_suspended,
        "outcome": event.outcome,
        "letterRef": event.letter_ref,
    }


def _marks(marks: Marks) -> Iterator[Told]:
    for kind, spans in (("bare-lock", marks.bare_locks), ("deleted", marks.deleted)):
        yield from (_mark(kind, each) for each in spans)
    yield from (_mark("added-member", each) for each in marks.added_members)
    yield from (_mark(each.kind, each) for each in marks.rulings)


def _mark(kind: str, span: Span) -> Told:
    told: Told = {"kind": kind, "start": span.start, "end": span.end}
    if isinstance(span, AddedMember):
        return told | {"department": span.department, "letterOn": span.letter_on, "letterRef": span.letter_ref}
    if isinstance(span, Ruling):
        return (
            told
            | {"by": span.by, "endedBy": span.ended_by or None, "departure": span.departure}
            | ({"systems": list(span.systems)} if kind == "block" else {})
        )
    return told


def _letters(desk: Desk, connection: Connection, person: Person, day: str) -> list[Told]:
    terms = terms_of(desk, connection, day, restricted=True)
    rows = letter_rows(person, letters_of(person, terms), terms, numbers(connection, [person.subject]))
    return [asdict(row) for row in rows]
