"""Attendance may fall but not rise while work is suspended or an exit is held (Precedence 8, A06, C01, C06). Pure.

A block, a deletion or a reply that ends gives back what it took, and so takes no part here.
"""

from mappings.facts import Span
from mappings.policy.days import day_before, unbroken_since
from mappings.policy.departures import GONE_HOME
from mappings.policy.service import Service


def kept_down(service: Service) -> bool:
    """Whether something took attendance away that a suspension or a held exit does not let it regain."""
    freezing = [*service.suspensions, *(each.held for each in service.ways_out if each.barred)]
    since = unbroken_since(freezing, service.day) if freezing else None
    if since is None:
        return False
    eve = day_before(since)
    if eve < service.opened_on:  # it never was open: a spell that begins under a suspension opens none
        return True
    home = [each.out for each in service.ways_out if each.source == GONE_HOME]
    return any(_meets(each, eve, service.day) for each in [*service.absences, *home])


def _meets(span: Span, start: str, end: str) -> bool:
    return span.start <= end and (span.end is None or span.end >= start)
