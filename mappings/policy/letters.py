"""Who owes which letter, and from which day (一 to 三, A03, A25). Pure.

A top department writes, never an office. Needs have no date in the facts (R206): whoever receives such a
change asks `needs_letter`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from mappings.facts import AddedMember, Assignment, Marks, Span, StatusEvent, mark_name
from mappings.model import Org, Person
from mappings.policy import chains, posts
from mappings.policy.days import NEVER, day_after, day_before
from mappings.policy.decision import public_article
from mappings.policy.departments import same_top, top
from mappings.policy.departures import first
from mappings.policy.memberships import moves
from mappings.policy.readings import DEFAULT, Readings
from mappings.policy.service import Service, service
from mappings.policy.succession import spells


@dataclass(frozen=True, slots=True)
class Owed:
    """A letter that is due by reason of one fact or mark.

    `item`: the exact item, restricted where it is a `lock` (its end too) or a departure; `event`: the ISO day
    from which the deadline counts; `rule`: of `mappings.calendar`; `senders`: keys of top departments, each
    of which owes it; `covers`: the values and marks by which a letter on record is recognised.
    """

    item: str
    kind: str
    covers: tuple[str, ...]
    event: str
    senders: tuple[str, ...]
    rule: str = "workdays-3"
    phase: str = "start"
    lock: bool = False

    @property
    def public(self) -> str:
        """The article as everybody may see it (S18)."""
        return public_article(self.item) if self.lock or self.kind == "cancel" else self.item


def owed(person: Person, day: str, org: Org, readings: Readings = DEFAULT) -> list[Owed]:
    """Every letter owed until that day, all spells, in the order of their events."""
    facts, marks = person.facts, person.marks
    if facts is None or (marks.facts_from is not None and day < marks.facts_from):
        return []
    begun = spells(facts, marks, day, readings)
    found: list[Owed] = []
    for spell, following in zip_longest(begun, begun[1:]):
        seen = service(facts, marks, spell, day if following is None else following.start, org, readings)
        if following is not None and seen.leaving is None:  # a departure that was undone on the eve of the hire
            seen = replace(seen, leaving=first(seen.ways_out, day_before(following.start)))
        out = (seen.leaving and seen.leaving.effective) or NEVER
        until = min(out, day_after(day), following.start if following else NEVER)
        found += [each for each in _in_service(seen) if each.event < until]
        found += _cancellation(seen)
    return sorted(found, key=lambda each: (each.event, each.covers, each.phase))


def needs_letter(person: Person, day: str, org: Org, readings: Readings = DEFAULT) -> Owed | None:
    """The letter owed for needs that changed on that day (R206); None for somebody not in service then."""
    if person.facts is None:
        return None
    begun = spells(person.facts, person.marks, day, readings)
    if not begun:
        return None
    seen = service(person.facts, person.marks, begun[-1], day, org, readings)
    return None if seen.leaving else Owed("二(六)", "change", (mark_name("needs", day),), day, own(seen, day))


def own(seen: Service, day: str) -> tuple[str, ...]:
    """The top department of the primary, else inbound post open on the day, else of the last one before."""
    main = [each for each in seen.assignments if posts.is_primary(each) or each.scope == "inbound"]
    begun = [each for each in main if each.start <= day]
    post = posts.latest(posts.open_primaries(main, day)) or posts.host(main, day) or posts.latest(begun)
    return _tops(seen.org, [post.department] if post else [])


def _tops(org: Org, keys: Sequence[str | None]) -> tuple[str, ...]:
    found = dict.fromkeys(top(org, key) for key in keys)
    return tuple(key for key in found if key)


def _in_service(seen: Service) -> Iterator[Owed]:
    yield from _opening(seen)
    yield from _moved(seen)
    for post in seen.assignments:
        yield from _posting(seen, post)
    for event in seen.facts.events:
        yield from _locked(seen, event)
    yield from _marked(seen, seen.marks)


def _opening(seen: Service) -> Iterator[Owed]:
    reason, start = chains.first(chains.OPENING, seen), seen.spell.start
    yield Owed(reason.item if reason else "一", "open", (seen.spell.id,), start, own(seen, start), "same-day")


def _moved(seen: Service) -> Iterator[Owed]:
    """二(一) its department, 二(二) the receiving one; a post that changes nothing is no change."""
    for move in moves(seen):
        post, before = move
        if (post.department, post.position) == (before.department, before.position):
            continue
        item = "二(一)" if same_top(seen.org, before.department, post.department) else "二(二)"
        yield Owed(item, "change", (post.value,), post.start, _tops(seen.org, [post.department]))


def _posting(seen: Service, post: Assignment) -> Iterator[Owed]:
    start = max(post.start, seen.spell.start)
    if post.scope == "outbound" and not post.relation_transferred:
        yield Owed("二(四)", "change", (post.value,), start, _sending(seen, post), lock=True)
        if post.end is not None:
            back = day_after(post.end)
            yield Owed("二(四)", "change", (post.value,), back, own(seen, back), phase="end", lock=True)
    elif post.scope == "internal" and post.kind in ("secondment", "attachment"):
        borrowing = [post.department] if seen.readings.internal_secondment_senders == "both" else []
        senders = _tops(seen.org, [post.sending_department, *borrowing])
        yield Owed("二(三)", "change", (post.value,), start, senders)
    elif post.scope == "internal" and post.kind == "concurrent":
        yield Owed("二(六)", "change", (post.value,), start, own(seen, start))


def _sending(seen: Service, post: Assignment) -> tuple[str, ...]:
    """Only a department of the district can write in the district's OA (A03)."""
    return _tops(seen.org, [post.sending_department]) or own(seen, post.start)


def _locked(seen: Service, event: StatusEvent) -> Iterator[Owed]:
    """二(五), 二(六). A suspension that goes on from an earlier spell has had its letter."""
    start = max(event.effective, seen.spell.start)
    if event.type == "other-lock" and seen.spell.has(event.effective):
        yield Owed("二(六)", "change", (event.value,), start, own(seen, start), lock=True)
    lock = next((each for each in seen.suspensions if each.ref == event.value), None)
    if lock is None or event.type != "investigation":
        return
    if seen.spell.has(event.effective):
        yield Owed("二(五)", "change", (event.value,), start, own(seen, start), lock=True)
    if lock.own_end is not None:
        back = day_after(lock.own_end)
        yield Owed("二(五)", "change", (event.value,), back, own(seen, back), phase="end", lock=True)


def _marked(seen: Service, marks: Marks) -> Iterator[Owed]:
    bare, members = seen.spell.marks(marks.bare_locks), seen.spell.marks(marks.added_members)
    for span in (*bare, *members):
        if span.end is None or span.start <= span.end:
            event = max(span.start, seen.spell.start)
            lock = not isinstance(span, AddedMember)
            yield Owed("二(六)", "change", (_name(span),), event, own(seen, event), lock=lock)


def _name(span: Span) -> str:
    kind = f"member of {span.department}" if isinstance(span, AddedMember) else "bare-lock"
    return mark_name(kind, span.start)


def _cancellation(seen: Service) -> Iterator[Owed]:
    """三: from the first day out, a held exit's too; any departure on record is recognised in the letter."""
    leaving = seen.leaving
    if leaving is None or leaving.effective is None:
        return
    reason = chains.first(chains.CANCELLATION, seen)
    covers = (leaving.ref, *sorted(each.ref for each in seen.ways_out if each.ref != leaving.ref))
    senders = own(seen, day_before(leaving.effective)) or own(seen, leaving.effective)
    yield Owed(reason.listed if reason else "三", "cancel", covers, leaving.effective, senders)
