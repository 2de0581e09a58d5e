"""What the report lists of a person: accepted, acted on as the decision table says, and named (section 6). Pure."""

from collections.abc import Iterator

from mappings.facts import Assignment, Span
from mappings.policy import posts
from mappings.policy.departments import same_top
from mappings.policy.departures import DELETED, REPLY
from mappings.policy.memberships import Departments, unlettered
from mappings.policy.readings import STAFF
from mappings.policy.service import Service

RESTRICTED = frozenset({"exit-barred-during-investigation", "investigation-ended-without-outcome"})
POSTINGS = ("secondment", "attachment")


def of_leaver(service: Service) -> Iterator[str]:
    """What is listed of anybody, also of those who have left."""
    if service.spell.idle_hires:
        yield "hire-without-departure"
    if not service.ways_out:
        return
    day, shown = service.day, service.shows_departure
    if any(each.barred_by(day) for each in service.ways_out):
        yield "exit-barred-during-investigation"
    for source, name in ((DELETED, "no-reason"), (REPLY, "reply-says-left")):
        if not shown and _named(source, service):
            yield name


def of_employed(service: Service, departments: Departments) -> Iterator[str]:
    """What is listed besides of somebody in service."""
    yield from of_leaver(service)
    yield from _of_posts(service, departments)
    yield from _of_locks(service, departments)
    needs = service.facts.needs
    if service.facts.category not in STAFF and (needs.oa, needs.wecom, needs.attendance) == (None, None, None):
        yield "needs-missing"
    if service.marks.added_members and unlettered(service):
        yield "concurrent-without-letter"


def _of_posts(service: Service, departments: Departments) -> Iterator[str]:
    day, living = service.day, service.assignments
    main = posts.open_primaries(living, day)
    if len(main) > 1:
        yield "several-primary"
    if not main and posts.host(living, day) is None and not service.held:
        yield "no-primary"
    postings = [each for each in living if each.kind in POSTINGS and each.start <= day]
    if any(each.end is None and each.planned_end is not None and each.planned_end < day for each in postings):
        yield "secondment-overdue"
    if any(_orphaned(each, service, departments.primary) for each in postings):
        yield "secondment-orphaned"


def _orphaned(post: Assignment, service: Service, primary: str | None) -> bool:
    """Lent by a department that is no longer home, and not to home itself (A25)."""
    if post.scope != "internal" or primary is None or not post.open_on(service.day):
        return False
    org = service.org
    return not same_top(org, post.sending_department, primary) and not same_top(org, post.department, primary)


def _of_locks(service: Service, departments: Departments) -> Iterator[str]:
    day = service.day
    if service.marks.bare_locks and service.bare_locks:
        yield "bare-lock"
    if any(each.end is not None and each.end < day and each.outcome is None for each in service.cases):
        yield "investigation-ended-without-outcome"
    if departments.waiting or any(each.waits(day) for each in (*service.absences, *service.suspensions)):
        yield "change-waits-for-letter"


def _named(source: str, service: Service) -> bool:
    """Whether a mark of that kind is in force, held back or not."""
    return any(each.source == source and Span(each.recorded, each.end).holds(service.day) for each in service.ways_out)
