"""`letter_gate` (A02): what gives waits for its letter, what takes away never does. Pure.

With `open` an account waits; with `all` an unlock under 二(四) or 二(五) and a concurrent role too. Nothing
older than `letter_gate_from` waits; the primary post never does. The first letter opens the gate, also
where two departments owe one (A03).
"""

from mappings.facts import Marks
from mappings.policy.days import NEVER, day_after, day_before
from mappings.policy.readings import Readings
from mappings.policy.spells import Spell


def recorded(marks: Marks, covers: str, kind: str, phase: str = "start") -> str:
    """The day on which the first such letter was recorded; NEVER without one."""
    days = [
        each.recorded for each in marks.letters if each.covers == covers and each.kind == kind and each.phase == phase
    ]
    return min(days, default=NEVER)


def opened_on(spell: Spell, marks: Marks, readings: Readings) -> str:
    """The first day on which accounts of the spell may exist; NEVER while the letter is missing."""
    if readings.letter_gate == "none" or _older(spell.start, readings):
        return spell.start
    return max(spell.start, recorded(marks, spell.id, "open"))


def unlocked_after(ref: str, end: str | None, marks: Marks, readings: Readings) -> str | None:
    """The last day of a lock whose fact ends on `end`; None: no end in sight."""
    if end is None or readings.letter_gate != "all" or _older(day_after(end), readings):
        return end
    letter = recorded(marks, ref, "change", "end")
    return None if letter == NEVER else max(end, day_before(letter))


def joined_on(start: str, letter: str, readings: Readings) -> str:
    """The first day of a concurrent role that starts on `start`, its letter recorded on `letter`."""
    if readings.letter_gate != "all" or _older(start, readings):
        return start
    return max(start, letter)


def _older(day: str, readings: Readings) -> bool:
    return readings.letter_gate_from is not None and day < readings.letter_gate_from
