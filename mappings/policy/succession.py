"""Which spell of service runs (Precedence 3): a hire starts one where it is the first, or follows a departure. Pure."""

from dataclasses import replace

from mappings.facts import Facts, Marks, StatusEvent
from mappings.policy.days import day_before, unbroken_since
from mappings.policy.departures import departures
from mappings.policy.readings import Readings
from mappings.policy.spells import Spell


def spells(facts: Facts, marks: Marks, day: str, readings: Readings) -> list[Spell]:
    """The spells that have begun by that day, in their order."""
    hires = [each for each in facts.events if each.type == "hire" and each.effective <= day]
    if len(hires) > 1:
        hires.sort(key=lambda hire: (hire.effective, hire.value))
    found: list[Spell] = []
    for hire in hires:
        following = _following(facts, marks, found[-1], hire, readings) if found else Spell(hire)
        if following is None:
            found[-1] = replace(found[-1], idle_hires=found[-1].idle_hires + 1)
        else:
            found.append(following)
    return found


def _following(facts: Facts, marks: Marks, spell: Spell, hire: StatusEvent, readings: Readings) -> Spell | None:
    """The spell that the hire starts, where a departure of the one before stood on its day or on its eve."""
    if hire.effective == spell.start:
        return None
    ways_out = departures(facts, marks, spell, readings)
    since = unbroken_since([each.out for each in ways_out], day_before(hire.effective))
    if since is None and not any(each.stands(hire.effective) for each in ways_out):
        return None
    return Spell(hire, since or hire.effective)
