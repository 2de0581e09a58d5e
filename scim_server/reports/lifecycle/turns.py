"""What one moment of the record did to one person: who came, went, moved, was locked or given back. Pure.

Told with the public face only (S18): a lock is a lock, whatever for; an event of the roster is never read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mappings.model import Presence

Presences = Mapping[str, str]
"""A presence by system; of a plain user one for all, under an empty name. Empty: no account anywhere."""


class Kind(StrEnum):
    """What happened, in the order in which the report tells it."""

    JOINED = "joined"
    LEFT = "left"
    MOVED = "moved"
    PLACED = "placed"
    SECONDED = "seconded"
    RETURNED = "returned"
    LOCKED = "locked"
    RESTORED = "restored"
    SYSTEMS = "systems"


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that happened to one person.

    `before` and `after` are keys of departments for those who came, went or moved, empty where there is none; for the
    others words of presence.
    """

    kind: Kind
    before: str
    after: str


@dataclass(slots=True)
class Slot:
    """One person in one moment, as its rows tell: None is what they do not tell.

    `added` and `removed` are keys of departments. `had` and `has`: what must be, before and after. `home`: the primary
    department before and after.
    """

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    had: Presences | None = None
    has: Presences | None = None
    home: tuple[str | None, str | None] | None = None


def turns(slot: Slot) -> Iterator[Turn]:
    """The turns of somebody with facts: the rows tell the primary department where it may have changed."""
    home = slot.home or (None, None)
    kind = change_of(slot)
    if kind is Kind.JOINED:
        yield Turn(kind, "", home[1] or _first(slot.added))
    elif kind is Kind.LEFT:
        yield Turn(kind, home[0] or _first(slot.removed), "")
    elif slot.has is None or is_there(slot.has):
        yield from _standing(kind, slot)
        yield from _moved(*home)
        yield from _lent(set(slot.added) - {home[1]}, set(slot.removed) - {home[0]})


def plain_turns(slot: Slot, before: Sequence[str], after: Sequence[str]) -> Iterator[Turn]:
    """The turns of a plain user, whose departments are known: the first joined is the primary one (S1)."""
    was, now = (each[0] if each else None for each in (before, after))
    kind = change_of(slot)
    if kind is Kind.JOINED:
        yield Turn(kind, "", now or "")
    elif kind is Kind.LEFT:
        yield Turn(kind, was or "", "")
    else:
        yield from _standing(kind, slot)
        yield from _moved(was, now)
        yield from _lent(set(after) - {*before, now}, set(before) - {*after, was})


def change_of(slot: Slot) -> Kind | None:
    """What became of the accounts; None: nothing, or the rows do not tell."""
    had, has = slot.had, slot.has
    if had is None or has is None or had == has:
        return None
    if not is_there(had):
        return Kind.JOINED if is_there(has) else None
    if not is_there(has):
        return Kind.LEFT
    steps = {(had.get(each, Presence.REMOVED), has.get(each, Presence.REMOVED)) for each in {*had, *has}}
    if (Presence.ACTIVE, Presence.LOCKED) in steps:
        return Kind.LOCKED
    return Kind.RESTORED if (Presence.LOCKED, Presence.ACTIVE) in steps else Kind.SYSTEMS


def is_there(presences: Presences) -> bool:
    """Whether there must be an account anywhere."""
    return any(each != Presence.REMOVED for each in presences.values())


def _standing(kind: Kind | None, slot: Slot) -> Iterator[Turn]:
    if kind in (Kind.LOCKED, Kind.RESTORED):
        pair = (Presence.ACTIVE, Presence.LOCKED)
        yield Turn(kind, *(pair if kind is Kind.LOCKED else reversed(pair)))
    elif kind is Kind.SYSTEMS:
        had, has = slot.had or {}, slot.has or {}
        names = sorted(each for each in {*had, *has} if had.get(each) != has.get(each))
        yield Turn(kind, _spelled(names, had), _spelled(names, has))


def _spelled(names: Sequence[str], presences: Presences) -> str:
    return " ".join(f"{name}={presences.get(name, Presence.REMOVED)}" for name in names)


def _moved(was: str | None, now: str | None) -> Iterator[Turn]:
    if was != now:
        yield Turn(Kind.MOVED if was else Kind.PLACED, was or "", now or "")


def _lent(begun: set[str], ended: set[str]) -> Iterator[Turn]:
    for key in sorted(ended):
        yield Turn(Kind.RETURNED, key, "")
    for key in sorted(begun):
        yield Turn(Kind.SECONDED, "", key)


def _first(keys: Sequence[str]) -> str:
    return keys[0] if keys else ""
