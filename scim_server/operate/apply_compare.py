"""A plan that was shown beside the one of now: what is as it was seen, and what has moved (S24). Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scim_server.reports.words import action_word
from scim_server.store.plans import ShownRow

VANISHED, CHANGED, NEW = "vanished", "changed", "new"
_WORDS = {
    VANISHED: "显示过，现已不需要",
    CHANGED: "内容与显示时不同",
    NEW: "显示时没有，是后来出现的",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """An operation that is no longer as it was shown, or was not shown."""

    how: str
    row: ShownRow

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        row = self.row
        group = {"group": row.group_key} if row.group_key else {}
        return {"moved": self.how, "system": row.system, "action": row.action, "externalId": row.key, **group}

    @property
    def sentence(self) -> str:
        """As people read it."""
        row = self.row
        group = f"「{row.group_key}」" if row.group_key else ""
        return f"{row.system} {action_word(row.action)}{group} {row.key}：{_WORDS[self.how]}"


@dataclass(slots=True)
class Comparison:
    """`agreed`: digests of rows that are as they were shown, as often as each may go. `done`: how many of those that
    were shown have been carried out since."""

    agreed: Counter[str] = field(default_factory=Counter)
    moved: list[Moved] = field(default_factory=list)
    done: int = 0

    @property
    def dangerous(self) -> bool:
        """Whether anything that takes away has moved."""
        return any(each.row.dangerous for each in self.moved)


def compare(shown: Sequence[ShownRow], now: Iterable[ShownRow], done: frozenset[tuple[Any, ...]]) -> Comparison:
    """`done`: what was carried out since it was shown, as `ShownRow.about`: that has not moved, it has been done."""
    waiting = Counter(row.digest for row in shown)
    found = Comparison()
    later: list[ShownRow] = []
    for row in now:
        if found.agreed[row.digest] < waiting[row.digest]:
            found.agreed[row.digest] += 1
        else:
            later.append(row)
    unseen = +(waiting - found.agreed)
    _settle(found, _take(shown, unseen), later, done)
    return found


def _take(shown: Sequence[ShownRow], unseen: Counter[str]) -> list[ShownRow]:
    """The rows that were shown and are not there any more."""
    left = Counter(unseen)
    taken = []
    for row in shown:
        if left[row.digest] > 0:
            left[row.digest] -= 1
            taken.append(row)
    return taken


def _settle(
    found: Comparison, gone: Sequence[ShownRow], later: Sequence[ShownRow], done: frozenset[tuple[Any, ...]]
) -> None:
    anew: Mapping[tuple[Any, ...], list[ShownRow]] = defaultdict(list)
    for row in later:
        anew[row.about].append(row)
    for row in gone:
        if anew[row.about]:
            found.moved.append(Moved(CHANGED, _worst(row, anew[row.about].pop())))
        elif row.about in done:
            found.done += 1
        else:
            found.moved.append(Moved(VANISHED, row))
    found.moved += [Moved(NEW, row) for rows in anew.values() for row in rows]


def _worst(one: ShownRow, other: ShownRow) -> ShownRow:
    """Of a change, the side that takes away."""
    return one if one.dangerous else other
