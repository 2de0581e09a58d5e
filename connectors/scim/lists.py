"""Long lists by index (RFC 7644, 3.4.2.4), page by page: a service may give less than asked for, or move meanwhile."""

from collections.abc import Iterator, Mapping

from connectors.errors import Unreadable
from connectors.scim.codes import Declined
from connectors.scim.resource import ENDPOINTS, Resource, at, each_resource
from connectors.scim.wire import Wire
from mappings.model import Kind


class Closed(Unreadable):
    """The service refuses to give a list: a wrong address, or a filter that it does not know."""


MOST = 100_000  # pages; a service that never ends is not read for ever


class Listing:
    """A list that is being read. The next page begins after what has come, not after what was asked for.

    `sound`: no resource came twice, the count stood still, and as many came as were counted. The count alone is not
    believed, for some services count the page at hand: the end is where a further page has nothing new. A `short` list
    should fit on one page: there the count is believed as long as the page is not full.
    """

    def __init__(
        self, wire: Wire, kind: Kind, size: int, query: Mapping[str, str] = {}, *, short: bool = False
    ) -> None:
        self.sound = True
        self._short = short
        self._wire, self._kind, self._size, self._query = wire, kind, size, query
        self._seen: set[str] = set()
        self._came = self._pages = 0
        self._total: int | None = None
        self._counted = True  # whether the count is that of the whole list
        self._kept: list[Resource] | None = None  # the page that was read to see whether this is the end

    def turn(self) -> tuple[list[Resource], bool]:
        """The next page, and whether it is the last. Raises ConnectorError."""
        try:
            fresh = self._take(self._ask() if self._kept is None else self._kept)
        except Declined as no:
            raise Closed(f"读不到 SCIM 系统的名单 {ENDPOINTS[self._kind]}：{no.sentence}") from no
        self._kept = None
        if fresh and self._counted and self._came < (self._total or 0):
            return fresh, False
        ends = not fresh or (self._short and self._came == self._total and len(fresh) < self._size)
        ahead = [] if ends else self._beyond()
        if not ahead:
            self.sound = self.sound and (not self._counted or self._total == len(self._seen))
            return fresh, True
        self._counted, self._kept = False, ahead
        return fresh, False

    def everything(self) -> Iterator[Resource]:
        """All of it, to the end. Raises Unreadable where it moved underneath."""
        last = False
        while not last:
            page, last = self.turn()
            yield from page
        if not self.sound:
            raise Unreadable("SCIM 系统的名单在读取途中有变动")

    def _take(self, page: list[Resource]) -> list[Resource]:
        """What is new on a page."""
        fresh = [each for each in {each.id: each for each in page}.values() if each.id not in self._seen]
        self.sound = self.sound and len(fresh) == len(page)
        self._seen |= {each.id for each in fresh}
        self._came += len(page)
        return fresh

    def _ask(self) -> list[Resource]:
        self._pages += 1
        if self._pages > MOST:
            raise Unreadable("SCIM 系统的名单没有尽头")
        query = {**self._query, "startIndex": str(self._came + 1), "count": str(self._size)}
        answer = self._wire.read(ENDPOINTS[self._kind], query)[0]
        total, listed = at(answer, "totalResults"), at(answer, "Resources")
        if type(total) is not int:
            raise Unreadable("SCIM 系统的名单没有 totalResults")
        self._total = total if self._total is None else self._total
        self.sound = self.sound and (not self._counted or total == self._total)
        return list(each_resource(self._kind, [] if listed is None else listed))

    def _beyond(self) -> list[Resource]:
        """What stands after the last that was counted; none where that is nothing new."""
        sound = self.sound
        try:
            page = self._ask()
        except Declined:  # an index beyond the end may be refused
            page = []
        self.sound = sound  # and this look is not part of the list
        return page if any(each.id not in self._seen for each in page) else []
