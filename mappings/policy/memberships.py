"""Departments of a person in service: primary and concurrent (Precedence 9, S4, A25, A27). Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from mappings.facts import AddedMember, Assignment, mark_name
from mappings.policy import gates, posts
from mappings.policy.days import NEVER, day_after, day_before
from mappings.policy.service import Service


class Departments(NamedTuple):
    """Keys of Groups; `waiting`: those whose letter is missing (A02)."""

    primary: str | None
    concurrent: tuple[str, ...]
    waiting: tuple[str, ...]


NONE = Departments(None, (), ())


class Ended(NamedTuple):
    """A concurrent role that is over. `kind`: of the assignment, or `member`; `out_since`: the first day without it."""

    out_since: str
    kind: str
    ref: str


def departments(service: Service) -> Departments:
    """The departments on the day, each once."""
    home = posts.primary(service.assignments, service.day)
    primary = home.department if home else None
    if home is not None and len(service.assignments) == 1 and not service.marks.added_members:
        return Departments(primary, (), ())
    joined, waiting = set[str](), set[str]()
    for key, since in _roles(service, home):
        (joined if since <= service.day else waiting).add(key)
    joined.discard(primary or "")
    waiting -= joined | {primary or ""}
    return Departments(primary, tuple(sorted(joined)), tuple(sorted(waiting)))


def _roles(service: Service, home: Assignment | None) -> Iterator[tuple[str, str]]:
    """The department of every other open post and added member, and the first day of the membership."""
    for post in posts.others(service.assignments, service.day, home):
        if post.department:
            yield post.department, _joined_on(post, service)
    for member in service.added_members:
        yield member.department, gates.joined_on(member.start, member.letter_on or NEVER, service.readings)


def _joined_on(post: Assignment, service: Service) -> str:
    """A main post and a host never wait; a concurrent role in the district may."""
    if posts.is_primary(post) or post.scope != "internal":
        return post.start
    letter = gates.recorded(service.marks, post.value, "change")
    return gates.joined_on(post.start, letter, service.readings)


def roles(service: Service) -> list[Assignment]:
    """Posts in other departments of the district, open on the day."""
    return [each for each in service.assignments if each.scope == "internal" and each.open_on(service.day)]


def role_over(service: Service) -> Ended | None:
    """The concurrent role that ended last."""
    day = service.day
    lent = [each for each in service.assignments if each.scope == "internal" and each.kind != "primary"]
    found = [Ended(day_after(each.end), each.kind, each.value) for each in lent if each.end and each.end < day]
    for member in service.spell.marks(service.marks.added_members):
        if isinstance(member, AddedMember) and member.end and member.start <= member.end < day:
            name = mark_name(f"member of {member.department}", member.start)
            found.append(Ended(day_after(member.end), "member", name))
    return max(found, default=None)


def unlettered(service: Service) -> list[AddedMember]:
    """Members that SCIM added, with no letter on record by the day and no post that covers them."""
    return [
        each
        for each in service.added_members
        if (each.letter_on is None or each.letter_on > service.day) and not _covered(each.department, service)
    ]


def _covered(department: str, service: Service) -> bool:
    return any(each.department == department for each in posts.others(service.assignments, service.day, None))


def moves(service: Service) -> list[posts.Move]:
    """Every change of the primary post in the spell until the day, in order."""
    starts = [
        each
        for each in service.assignments
        if posts.is_primary(each) and service.spell.start < each.start <= service.day
    ]
    found = []
    for post in sorted(starts, key=lambda each: (each.start, each.value)):
        before = posts.primary(service.assignments, day_before(post.start))
        if before is not None and posts.primary(service.assignments, post.start) is post:
            found.append(posts.Move(post, before))
    return found
