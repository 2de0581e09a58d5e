"""The guard (S23): which operations are dangerous, how many people an hour may have them, and by which digest a person
approves them (S24). Pure.

Dangerous is what takes from an account that exists: lock, remove, leave of a group, another login. Only people count,
and each once, however much of theirs is taken. An account that is made locked was never open, so that is no lock.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import floor
from typing import Self

from mappings.model import AccountState, Action, Kind, Operation

HOUR = 3600.0  # seconds of the sliding window
URGENT = 20  # locks an hour that rest on a suspension and pass by themselves
TAKING = frozenset({Action.LOCK, Action.REMOVE, Action.LEAVE})

Operations = Iterable[Operation]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many people an hour: of a system, and of each department in it. The larger of a number and a share of the
    accounts that are linked there."""

    floor: int = 20
    share: float = 0.03
    department_floor: int = 5
    department_share: float = 0.30

    def of_system(self, linked: int) -> int:
        """People an hour."""
        return max(self.floor, _part(self.share, linked))

    def of_department(self, linked: int) -> int:
        """People of one department an hour."""
        return max(self.department_floor, _part(self.department_share, linked))


@dataclass(frozen=True, slots=True)
class People:
    """So many people: in all, and of each department by its key. Who has none counts in the whole alone (S23)."""

    number: int = 0
    departments: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, departments: Iterable[str | None]) -> Self:
        """The department of each."""
        counted = Counter(departments)
        return cls(counted.total(), {each: number for each, number in counted.items() if each is not None})


def exceeded(limits: Limits, already: People, more: People, linked: People) -> bool:
    """Whether `more` beside those of the hour that were counted already is too many of the system or a department."""
    if more.number and already.number + more.number > limits.of_system(linked.number):
        return True
    return any(
        already.departments.get(each, 0) + number > limits.of_department(linked.departments.get(each, 0))
        for each, number in more.departments.items()
    )


def is_dangerous(operation: Operation, login: str | None) -> bool:
    """`login`: the attribute that is the login there; None: the system has none that could change."""
    if operation.ref.kind is not Kind.PERSON:
        return False
    return operation.action in TAKING or _changes(operation, login)


def dangerous(operations: Operations, login: str | None) -> list[Operation]:
    """Those that are."""
    return [each for each in operations if is_dangerous(each, login)]


def harmless(operations: Operations, login: str | None) -> list[Operation]:
    """Without those that are; of an update that changes the login the rest of it stays."""
    kept = [_without(each, login) if _changes(each, login) else each for each in operations]
    return [each for each in kept if each is not None and not is_dangerous(each, login)]


def digest(operation: Operation, login: str | None) -> str:
    """Of one dangerous operation: who, where, what, before, after. Of a change of login the login alone counts."""
    sides = [operation.before, operation.after]
    if operation.action is Action.UPDATE and login is not None:
        sides = [_only(side, login) for side in sides]
    group = operation.group.key if operation.action is Action.LEAVE and operation.group else None
    said = [operation.ref.subject, operation.system, operation.action.value, group, *map(_canonical, sides)]
    return _hash(json.dumps(said, ensure_ascii=False, separators=(",", ":")))[:32]


def of_row(operations: Operations, login: str | None) -> str:
    """Of all of a row's dangerous operations: their digests, sorted, with blanks between them. None: the empty text."""
    return " ".join(sorted(digest(each, login) for each in dangerous(operations, login)))


def of_rows(rows: Iterable[str]) -> str:
    """Of the rows that one approval is for (S24), as `of_row` gives them, in any order."""
    return _hash("\n".join(sorted(rows)))


def _changes(operation: Operation, login: str | None) -> bool:
    after = operation.after
    return operation.action is Action.UPDATE and after is not None and login in after.attributes


def _without(operation: Operation, login: str | None) -> Operation | None:
    """None: it changes nothing else."""
    before, after = (_less(side, login) for side in (operation.before, operation.after))
    if after is None or (not after.attributes and after.memberships is None):
        return None
    return replace(operation, before=before, after=after)


def _less(state: AccountState | None, login: str | None) -> AccountState | None:
    if state is None:
        return None
    return replace(state, attributes={name: value for name, value in state.attributes.items() if name != login})


def _only(state: AccountState | None, login: str) -> AccountState | None:
    if state is None:
        return None
    kept = {name: value for name, value in state.attributes.items() if name == login}
    return replace(state, attributes=kept, memberships=None)


def _canonical(state: AccountState | None) -> Sequence[object] | None:
    """Presence, attributes that have a value, groups: all that a report shows of it."""
    if state is None:
        return None
    attributes = {name: sorted(values) for name, values in sorted(state.attributes.items()) if values}
    at = state.memberships
    return [state.presence.value, attributes, None if at is None else [at.primary, sorted(at.concurrent)]]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _part(share: float, number: int) -> int:
    """A share of 0.03 of 700 is 21, although 0.03 is no binary number."""
    return floor(share * number + 1e-9)
