"""`huaming letter draft`: what departments owe, drawn up for them; they sign it, number it and send it.

A letter for all people of one department, one kind and one sort. A fact for which a draft exists that is not void is
passed over, so a second run draws up what is new.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection

from mappings.model import Org, Person
from mappings.policy.letters import Owed
from mappings.policy.punctuality import case
from scim_server.commands import NoSuchDepartment, subject_of, writes
from scim_server.letters.applicants import Seen, applicant, posting, restricted, sort_of
from scim_server.letters.content import Applicant, Application, Cancellation, ChangeLetter
from scim_server.letters.errors import LetterError, TextError
from scim_server.letters.titles import title
from scim_server.operate.desk import Desk, Refused
from scim_server.operate.fact_words import CATEGORIES
from scim_server.operate.letters import terms_of
from scim_server.reports.letters.rows import Terms, letters_of
from scim_server.store import register_reads
from scim_server.store.people import all_subjects, read_roll

Shown = dict[str, Any]
Fact = tuple[str, str, str]  # subject, value, phase
MOST = 40  # people in one letter
READER = "区科工信局"  # by the regulation, where no bureau is configured

OfPeople = Application | ChangeLetter | Cancellation


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose letters, of which kind, about whom, for events from which day on; `restricted`: those of locks too."""

    since: str
    department: str | None = None
    person: str | None = None
    kind: str | None = None
    restricted: bool = False


class Sort(NamedTuple):
    """What goes into one letter."""

    senders: tuple[str, ...]
    kind: str
    sort: str
    posting: str
    restricted: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody in a letter, and the fact for which it is owed."""

    fact: Fact
    applicant: Applicant


def draft(desk: Desk, asked: Asked, by: str) -> Iterator[Shown]:
    """`{"id", "number", "title", "sender", "kind", "people", "restricted", "drawn", "error"}` of each letter.

    What cannot be drawn is told with its `error` and takes no number. Raises Refused, NoSuchDepartment, NoSuchPerson.
    """
    if asked.restricted:
        desk.look("letter draft")
    with desk.reader() as connection:
        terms = terms_of(desk, connection, desk.clock.today(), asked.restricted, asked.since)
        _demand_sender(asked.department, terms.org)
        lots = _gathered(connection, terms, asked)
    for sort, lines in sorted(lots.items()):
        for each in _letters(lines):
            yield _drawn(desk, terms, sort, each, by)


def _demand_sender(key: str | None, org: Org) -> None:
    """That nothing is owed would be no answer about a department that nobody knows."""
    if key is not None and not writes(key, org):
        raise NoSuchDepartment(key)


def _letters(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    """Nobody stands in a letter twice: it says how many people it is about (李明等2名同志)."""
    times: Counter[str] = Counter()
    rounds: dict[int, list[Line]] = defaultdict(list)
    for each in lines:
        rounds[times[each.fact[0]]].append(each)
        times[each.fact[0]] += 1
    for found in rounds.values():
        yield from (found[start : start + MOST] for start in range(0, len(found), MOST))


def _gathered(connection: Connection, terms: Terms, asked: Asked) -> Mapping[Sort, list[Line]]:
    """Who is to stand in which letter, by a walk through the roster."""
    one = None if asked.person is None else subject_of(connection, asked.person)
    drafted = register_reads.drafted(connection)
    seen = Seen(terms.org, terms.readings, CATEGORIES)
    found: dict[Sort, list[Line]] = defaultdict(list)
    for lot in all_subjects(connection, "person"):
        people = read_roll(connection, lot, "").people
        for person in (people[subject] for subject in lot):
            if one not in (None, person.subject):
                continue
            for owed, senders in _missing(person, terms, asked):
                fact = (person.subject, owed.covers[0], owed.phase)
                if fact not in drafted:
                    found[_sort(person, owed, senders)].append(Line(fact, applicant(person, owed, seen)))
    return found


def _missing(person: Person, terms: Terms, asked: Asked) -> Iterator[tuple[Owed, tuple[str, ...]]]:
    """What is owed, and by whom; not what the roster already gives a number for, nor what is on record."""
    for owed in letters_of(person, terms):
        if asked.kind not in (None, owed.kind) or (restricted(owed) and not asked.restricted) or _stated(person, owed):
            continue
        judged = case(owed, person.marks, terms.day, terms.calendar, terms.readings)
        senders = tuple(each.sender for each in judged.shares if each.sent is None)
        if senders and asked.department in (None, *senders):
            yield owed, senders


def _stated(person: Person, owed: Owed) -> bool:
    """Whether the roster names the letter: it has been written, and only waits to be recorded."""
    if person.facts is None or owed.phase == "end":
        return False
    known = {each.value: each.letter_ref for each in person.facts.assignments}
    known |= {each.value: each.letter_ref for each in person.facts.events}
    return any(known.get(each) for each in owed.covers)


def _sort(person: Person, owed: Owed, senders: tuple[str, ...]) -> Sort:
    sort = sort_of(owed) if owed.kind == "change" else ""
    return Sort(senders, owed.kind, sort, posting(person, owed) or "", restricted(owed))


def _drawn(desk: Desk, terms: Terms, sort: Sort, lines: Sequence[Line], by: str) -> Shown:
    told: Shown = {"id": None, "number": None, "title": None, "sender": sort.senders[0], "kind": sort.kind}
    told |= {"people": len(lines), "restricted": sort.restricted, "drawn": False, "error": None}
    if gone := [key for key in sort.senders if not writes(key, terms.org)]:
        return told | {"error": f"名册中已没有部门 {'、'.join(gone)}，应由承接其职责的部门发函"}
    content = _content(desk, terms, sort, [each.applicant for each in lines])
    try:
        told["title"] = title(content, desk.settings.letters.wordings)
    except (LetterError, TextError) as error:
        return told | {"error": str(error)}
    sheet = {"key": _key(desk, sort, lines), "title": told["title"], "by": by} | _sheet(desk, sort, lines, content)
    try:
        drawn = desk.run("letter-draw", **sheet)
    except Refused as error:
        if error.args[0] != "NotNow":
            raise
        return told | {"error": error.args[1]}
    return told | {"id": drawn["id"], "number": drawn["doc_number"], "drawn": drawn["drawn"]}


def _sheet(desk: Desk, sort: Sort, lines: Sequence[Line], content: OfPeople) -> dict[str, Any]:
    bureau = desk.settings.letters.bureau
    return {
        "kind": sort.kind,
        "sender": sort.senders[0],
        "addressees": [bureau] if bureau else [],
        "restricted": sort.restricted,
        "day": content.day,
        "content": content.model_dump(mode="json"),
        "review": None,
        "people": list(dict.fromkeys(each.fact[0] for each in lines)),
        "covers": [list(each.fact) for each in lines],
    }


def _content(desk: Desk, terms: Terms, sort: Sort, people: list[Applicant]) -> OfPeople:
    bureau = terms.org.departments.get(desk.settings.letters.bureau or "")
    names = [terms.org.departments[key].name for key in sort.senders]
    said: dict[str, Any] = {
        "sender": names[0],
        "joint": tuple(names[1:]),
        "doc_number": "",
        "day": terms.day,
        "addressees": (bureau.name if bureau else READER,),
        "people": tuple(people),
    }
    if sort.kind == "open":
        return Application(**said)
    if sort.kind == "cancel":
        return Cancellation(**said)
    return ChangeLetter.model_validate(said | {"change": sort.sort})


def _key(desk: Desk, sort: Sort, lines: Sequence[Line]) -> str:
    """By what the letter covers; one that is drawn up anew after it was void has a key of its own."""
    facts = sorted(each.fact for each in lines)
    base = f"owed {hashlib.sha256(orjson.dumps([sort.kind, sort.senders, facts])).hexdigest()}"
    with desk.reader() as connection:
        void = register_reads.voided(connection, base)
    return f"{base} {void}" if void else base


def line(letter: Shown) -> str:
    """The same as a person reads it."""
    if letter["error"]:
        return f"{letter['sender']}（{letter['people']} 人）：不能拟稿：{letter['error']}"
    return f"{letter['number']}《{letter['title']}》（{letter['people']} 人）{'' if letter['drawn'] else '：先前已拟'}"
