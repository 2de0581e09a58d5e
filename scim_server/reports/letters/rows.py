"""What the letters report tells: one row for each department that owes a letter (article five)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mappings.calendar import Calendar
from mappings.model import Org, Person
from mappings.policy.letters import Owed, owed
from mappings.policy.punctuality import Case, Share, case
from mappings.policy.readings import POINTS, Readings
from scim_server.reports.letters.on_record import Numbers

IN_FORCE = next(point.default for point in POINTS if point.id == "A22")  # nothing older is owed a letter

STATES = {"missing": "逾期未到", "late": "逾期送达", "open": "未到期", "on-time": "按时"}
KINDS = {"open": "开通函", "change": "变更函", "cancel": "注销函"}


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter as one department owes it.

    `article` is the public face, but the exact item for those who may see it. `event`: the ISO day from which
    the deadline counts; `sent`: the day that counts, None while nothing is on record; `state`: of this department,
    `whole`: of the letter, which is open until all have written; `stated`: the number that the roster gives for it.
    """

    sender: str
    sender_name: str
    external_id: str
    name: str
    article: str
    kind: str
    event: str
    due: str
    provisional: bool
    state: str
    sent: str | None
    number: str
    stated: str
    whole: str
    covers: str
    phase: str


FIELDS: Mapping[str, str] = {
    "sender": "部门代码",
    "sender_name": "应发函部门",
    "external_id": "人员编号",
    "name": "姓名",
    "article": "条款",
    "kind": "函别",
    "event": "事由日",
    "due": "期限",
    "provisional": "期限暂定",
    "state": "本部门",
    "sent": "送达日",
    "number": "文号",
    "stated": "名册所记文号",
    "whole": "整件",
    "covers": "事项编号",
    "phase": "事项始末",
}
"""The fields under the names that scripts rely on, with their headings."""


@dataclass(frozen=True, slots=True)
class Terms:
    """By what letters are judged: the day that is asked for, the tree, the readings, the calendar.

    `since`: events before that ISO day are left out. `restricted`: letters of a lock too, exact items (S18).
    """

    day: str
    org: Org
    readings: Readings
    calendar: Calendar
    since: str = IN_FORCE
    restricted: bool = False


def letters_of(person: Person, terms: Terms) -> list[Owed]:
    """Everything that the person's facts and marks have made somebody owe by that day, whoever may see it."""
    found = owed(person, terms.day, terms.org, terms.readings)
    return [each for each in found if each.event >= terms.since]


def shown(found: Sequence[Owed], terms: Terms) -> list[Owed]:
    """Those that the reader may see: all kinds of lock are left out alike, so that none can be told from another."""
    return [each for each in found if terms.restricted or not each.lock]


def letter_rows(person: Person, letters: Sequence[Owed], terms: Terms, numbers: Numbers) -> Iterator[LetterRow]:
    """One row for each department that owes one of them."""
    for letter in letters:
        judged = case(letter, person.marks, terms.day, terms.calendar, terms.readings)
        for share in judged.shares:
            yield _row(person, judged, share, terms, numbers)


def _row(person: Person, judged: Case, share: Share, terms: Terms, numbers: Numbers) -> LetterRow:
    letter = judged.owed
    department = terms.org.departments.get(share.sender)
    return LetterRow(
        sender=share.sender,
        sender_name=department.name if department else share.sender,
        external_id=person.key,
        name=person.formatted or person.display_name or person.user_name,
        article=letter.item if terms.restricted else letter.public,
        kind=letter.kind,
        event=letter.event,
        due=judged.deadline.due,
        provisional=judged.deadline.provisional,
        state=share.state,
        sent=share.sent,
        number=_number(person.subject, letter, share, numbers),
        stated=_stated(person, letter, terms.restricted),
        whole=judged.state,
        covers=letter.covers[0] if terms.restricted else "",
        phase=letter.phase,
    )


def _number(subject: str, letter: Owed, share: Share, numbers: Numbers) -> str:
    """Of the letter that settled it: of this department's, or the joint one, the first that came."""
    found = [
        sheet
        for covers in letter.covers
        for sheet in numbers.get((subject, covers, letter.kind, letter.phase), ())
        if sheet.sender in (None, share.sender) and sheet.sent == share.sent
    ]
    return found[0].number if found else ""


def _stated(person: Person, letter: Owed, restricted: bool) -> str:
    """What the roster says of it is a fact of the roster's; on record is what the house received.

    A status event's number is as restricted as the event (S18).
    """
    facts = person.facts
    if facts is None or letter.phase == "end":
        return ""
    found = {each.value: each.letter_ref for each in facts.assignments}
    if restricted:
        found |= {each.value: each.letter_ref for each in facts.events}
    return next((found[each] for each in letter.covers if found.get(each)), "")
