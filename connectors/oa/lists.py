"""The OA's long lists, page by page: where they begin differs from build to build, and they may move meanwhile."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connectors.errors import Unreadable
from connectors.oa.entities import Entity, entities, id_of, there_of
from connectors.oa.wire import Wire

MOST = 100_000  # pages; an OA that never ends is not read for ever


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page. `last`: nothing follows."""

    found: list[Entity]
    last: bool


class Listing:
    """A list that is being read, from the page that is the first one there to a short one.

    `size`: entities a page; `first`: the number of the first page, or "probe"; `counted`: the path that tells how many
    there are, where there is one. `sound`: no entity came twice, and there were as many as the OA counts, before and
    after.
    """

    def __init__(self, wire: Wire, path: str, size: int, first: int | str, counted: str = "") -> None:
        self.sound = True
        self._wire, self._path, self._size, self._first, self._counted = wire, path, size, first, counted
        self._seen: set[str] = set()
        self._there: set[str] = set()
        self._page: int | None = None
        self._before = _ids(())
        self._kept: list[Entity] | None = None  # the page that was read to find out where the list begins
        self._total = self._count()

    def turn(self) -> Sheet:
        """The next page. Raises ConnectorError."""
        page = self._begin() if self._page is None else self._following()
        ids, there = _ids(page), there_of(page)
        if self._seen & ids:
            self.sound = False
        self._seen |= ids
        self._there |= _ids(there)
        last = len(page) != self._size  # longer than asked for: this build gives all at once
        if last and self._counted:
            self._check()
        return Sheet(there, last)

    def everything(self) -> Iterator[Entity]:
        """All of it, to the end."""
        while True:
            sheet = self.turn()
            yield from sheet.found
            if sheet.last:
                return

    def _begin(self) -> list[Entity]:
        if self._first != "probe":
            return self._take(self._ask(int(self._first)), int(self._first))
        zero = self._zero()
        if zero is not None and len(zero) > self._size:
            return self._take(zero, 0)
        one = self._ask(1)
        if zero is None:  # who knows no page 0 refuses it again; an accident on the wire would have lost the first page
            zero = self._zero()
        if not zero or _ids(zero) == _ids(one):
            return self._take(one, 1)
        self._kept = one
        return self._take(zero, 0)

    def _following(self) -> list[Entity]:
        assert self._page is not None
        if self._page > MOST:
            raise Unreadable("OA的名单没有尽头")
        found, self._kept = self._kept, None
        if found is None:
            found = self._ask(self._page + 1)
        if found and _ids(found) == self._before:
            return []  # beyond its end this build shows the last page again
        return self._take(found, self._page + 1)

    def _take(self, found: list[Entity], page: int) -> list[Entity]:
        self._page, self._before = page, _ids(found)
        return found

    def _zero(self) -> list[Entity] | None:
        """Page 0; None where it is refused, or cannot be read."""
        try:
            return self._ask(0)
        except Unreadable:
            return None

    def _ask(self, page: int) -> list[Entity]:
        return entities(self._wire.read(self._path, pageNo=page, pageSize=self._size), deleted=True)

    def _check(self) -> None:
        after = self._count()
        if self._total != after or (after is not None and len(self._there) < after):
            self.sound = False

    def _count(self) -> int | None:
        """How many there are; None where the OA does not tell."""
        try:
            said = self._wire.read(self._counted) if self._counted else None
        except Unreadable:  # a build that does not count
            return None
        if isinstance(said, dict) and len(said) == 1:
            (said,) = said.values()
        if isinstance(said, str) and said.isascii() and said.isdigit():
            said = int(said)
        return said if isinstance(said, int) and not isinstance(said, bool) else None


def _ids(found: Iterable[Entity]) -> frozenset[str]:
    return frozenset(id_of(each["id"]) for each in found)
