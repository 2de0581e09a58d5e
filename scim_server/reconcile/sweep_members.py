"""Who is in a group against who must be in it, in numbers of eight bytes: a hash of each name (S17).

Of a group of 100,000 that is one set of as many numbers. What does not match is told by its number, and one pass over
the links finds out whose it is; a name that is no account of ours is foreign, and nobody asks about it (S12).
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from connectors.base import MemberLists
from mappings.model import AccountState

NUMBERS = "q"  # signed, eight bytes


def number_of(name: str) -> int:
    """Of a name, whatever the case of its letters and the blanks after its commas: good for this process only."""
    folded = name.casefold()
    return hash(folded.replace(", ", ",") if ", " in folded else folded)


class Numbers:
    """A large set of numbers in little room: added first, asked afterwards."""

    def __init__(self) -> None:
        self._all = array(NUMBERS)
        self._sorted = True

    def add(self, number: int) -> None:
        self._all.append(number)
        self._sorted = False

    def __contains__(self, number: int) -> bool:
        if not self._sorted:
            self._all = array(NUMBERS, sorted(self._all))
            self._sorted = True
        place = bisect_left(self._all, number)
        return place < len(self._all) and self._all[place] == number

    def __len__(self) -> int:
        return len(self._all)


class Expected:
    """Who must be in which group, by its key, as accounts are read; and all the names that are ours."""

    def __init__(self) -> None:
        self._groups: dict[str, array[int]] = {}
        self._ours = Numbers()
        self.doubtful: set[int] = set()  # the numbers of those to look at

    def add(self, name: str, groups: Iterable[str]) -> None:
        """An account of ours, and the keys of the groups that it must be in."""
        number = number_of(name)
        self._ours.add(number)
        for key in groups:
            if key:
                self._groups.setdefault(key, array(NUMBERS)).append(number)

    def add_unsettled(self, name: str) -> None:
        """An account of ours that moves: nobody can say where it must be."""
        self._ours.add(number_of(name))

    def compare(self, key: str, names: Iterable[str]) -> int:
        """Notes who is in a group and must not be, and the other way round; returns how many are in it."""
        absent = set(self._groups.get(key, ()))
        count = 0
        for count, name in enumerate(names, 1):  # noqa: B007 - the last number is how many there were
            number = number_of(name)
            if number in absent:
                absent.discard(number)
            elif number in self._ours:
                self.doubtful.add(number)
        self.doubtful |= absent
        return count

    def lost(self, key: str) -> None:
        """The group itself is gone: everybody who must be in it."""
        self.doubtful |= set(self._groups.get(key, ()))

    @property
    def keys(self) -> frozenset[str]:
        """Of the groups that somebody must be in."""
        return frozenset(self._groups)


def members(connector: MemberLists, group: AccountState) -> Iterator[str]:
    """Everybody in a group, page by page. Raises ConnectorError."""
    cursor: str | None = None
    while True:
        page = connector.members(group, cursor)
        yield from page.names
        cursor = page.cursor
        if cursor is None:
            return
