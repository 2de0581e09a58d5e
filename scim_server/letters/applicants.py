"""A row of a department's letter and of its form, from what the roster knows of a person on the day of the event."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mappings.calendar import civil_day
from mappings.facts import Assignment
from mappings.model import Org, Person, Presence
from mappings.policy import posts
from mappings.policy.days import day_before
from mappings.policy.departments import top
from mappings.policy.departures import GONE_HOME
from mappings.policy.letters import Owed
from mappings.policy.readings import TITLES, Readings
from mappings.policy.states import standing
from scim_server.letters.content import Applicant, Change

ASKED = ("oa", "wecom", "attendance")  # the systems that a form names
SORTS: dict[tuple[str, str], Change] = {
    ("二(一)", "start"): "inside",
    ("二(二)", "start"): "between",
    ("二(三)", "start"): "secondment",
    ("二(四)", "start"): "outside",
    ("二(四)", "end"): "return",
    ("二(五)", "start"): "suspension",
    ("二(五)", "end"): "resumption",
}
SANCTIONS = ("三(四)", "三(五)")  # why somebody left is as restricted as a lock (S18)
POSTINGS: dict[str, Literal["借调", "挂职"]] = {"secondment": "借调", "attachment": "挂职"}
ADDED = "member of "
CONTRACTED = "outsourced"
LOCKS = "锁定政务OA、政务微信账号"
NEEDED, OTHER = "工作需要", "其他原因"


@dataclass(frozen=True, slots=True)
class Seen:
    """By what people are looked at. `categories`: 人员类别 in words."""

    org: Org
    readings: Readings
    categories: dict[str, str]

    def name(self, key: str | None) -> str:
        """A department's name; of one that is gone its key."""
        found = self.org.departments.get(key) if key else None
        return found.name if found else key or ""

    def whole(self, key: str | None) -> str:
        """An office with its department before it: many have a 办公室."""
        home = top(self.org, key)
        return self.name(key) if home in (None, key) else f"{self.name(home)}{self.name(key)}"

    def place(self, post: Assignment | None) -> tuple[str, str, str]:
        """Department, office and position of a post."""
        if post is None:
            return "", "", ""
        home = top(self.org, post.department)
        office = "" if home == post.department else self.name(post.department)
        return self.name(home), office, post.position


def sort_of(owed: Owed) -> Change:
    """Which of the eight sorts a change is."""
    return SORTS.get((owed.item, owed.phase), "other")


def restricted(owed: Owed) -> bool:
    """Whether only roles hr and admin may see the letter: every lock alike, its end too, and a sanction."""
    return owed.lock or owed.item in SANCTIONS


def posting(person: Person, owed: Owed) -> Literal["借调", "挂职"] | None:
    """What kind of posting it is about."""
    fact = _post(person, owed)
    return None if fact is None else POSTINGS.get(fact.kind)


def applicant(person: Person, owed: Owed, seen: Seen) -> Applicant:
    """The person as the letter names them."""
    eve = day_before(owed.event)
    held = person.facts.assignments if person.facts else ()
    fact, old, new = _post(person, owed), posts.primary(held, eve), posts.primary(held, owed.event)
    if owed.kind == "cancel":
        new = old
    if sort_of(owed) == "secondment":
        old, new = new, fact
    department, office, position = seen.place(new)
    old_department, old_office, old_position = ("", "", "") if owed.kind != "change" else seen.place(old)
    return Applicant(
        subject=person.subject,
        name=person.formatted or person.display_name or person.user_name,
        number=person.key,
        event=owed.event,
        item=owed.item,
        category=seen.categories.get(person.facts.category if person.facts else "", ""),
        department=department,
        office=office,
        position=position,
        old_department=old_department,
        old_office=old_office,
        old_position=old_position,
        mobile=person.mobile if owed.kind == "open" else "",
        systems=tuple(_systems(person, owed, seen)),
        reason=_reason(owed, fact, new),
        content=_content(person, owed, seen),
        until=_until(person, fact or new, owed),
        organization=_organization(fact or new, owed),
        posting=posting(person, owed),
    )


def _post(person: Person, owed: Owed) -> Assignment | None:
    """The assignment that the letter is owed for; None where it is an event or a mark."""
    held = person.facts.assignments if person.facts else ()
    return next((each for each in held if each.value == owed.covers[0]), None)


def _systems(person: Person, owed: Owed, seen: Seen) -> Iterator[str]:
    """Those in which there is an account, by their titles; of a lock and its end those that it concerns."""
    was, now = (standing(person, day, seen.org, seen.readings).systems for day in (day_before(owed.event), owed.event))
    there = was if owed.kind == "cancel" else now
    for name in ASKED:
        if was[name] is not now[name] if owed.lock else there[name] is not Presence.REMOVED:
            yield TITLES[name]


def _reason(owed: Owed, fact: Assignment | None, last: Assignment | None) -> str:
    """Of a cancellation the item says it, where the regulation has one for it; 三(六) is not always 调任."""
    if owed.kind != "cancel":
        return NEEDED if sort_of(owed) == "other" else ""
    if fact is not None and fact.relation_transferred:
        return f"{POSTINGS.get(fact.kind, '')}到{fact.external_organization}且人事关系转出"
    if owed.covers[0] == GONE_HOME:
        return f"{POSTINGS.get(last.kind, '') if last else ''}期满返回原单位"
    return OTHER if owed.item == "三" else ""


def _content(person: Person, owed: Owed, seen: Seen) -> str:
    if owed.kind != "change" or sort_of(owed) != "other":
        return ""
    if owed.lock:
        return LOCKS
    fact, mark = _post(person, owed), owed.covers[0]
    key = fact.department if fact else mark.removeprefix(ADDED).rpartition(" from ")[0]
    return f"增加{seen.whole(key)}兼任{fact.position if fact else ''}"


def _until(person: Person, post: Assignment | None, owed: Owed) -> str | None:
    """A term. That a main post ended with the next one was none; that of a contractor's people is."""
    if post is None or owed.kind == "cancel" or owed.phase == "end":
        return None
    own = posts.is_primary(post) and not (person.facts and person.facts.category == CONTRACTED)
    end = post.planned_end or (None if own else post.end)
    return civil_day(end) if end else None


def _organization(post: Assignment | None, owed: Owed) -> str:
    return post.external_organization if post is not None and owed.kind != "cancel" else ""
