"""Which open marks count: those of the running spell, else of the next one; older ones ended with theirs (S3, S4)."""

from collections.abc import Iterable
from typing import TypeVar

from mappings.facts import Span
from mappings.model import Org
from mappings.policy.readings import Readings
from mappings.policy.states import in_service
from scim_server.store.situations import Situation

S = TypeVar("S", bound=Span)


def in_force(seen: Situation, spans: Iterable[S], day: str, org: Org, readings: Readings) -> list[S]:
    """Those of this person's marks."""
    running = [each for each in spans if each.end is None or each.end >= day]
    service = in_service(seen.person, day, org, readings) if running else None
    if service is None:
        return running
    if service.leaving is not None:
        left_on = service.leaving.effective or day
        return [each for each in running if each.start >= left_on]
    return [each for each in running if service.spell.has(each.start)]
