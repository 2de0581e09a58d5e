"""Complete reads, a page at a time: nobody is gone because a list was cut or changed underneath."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from connectors.attendance import api
from connectors.attendance.entry import living, organisation, state_of_organisation, state_of_person
from connectors.attendance.place import Place
from connectors.attendance.wire import listed, total
from connectors.errors import Unreadable
from mappings.model import AccountState, Page

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a read stands: the page to come, what the total was, how many rows came so far, and whether all is well."""

    page: int = 1
    total: int = -1
    seen: int = 0
    whole: bool = True

    @classmethod
    def read(cls, text: str | None) -> Self:
        """From what the last page said. Raises Unreadable."""
        if text is None:
            return cls()
        try:
            page, rows, seen, whole = (int(each) for each in text.split(":"))
        except ValueError:
            raise Unreadable("翻页标记不完整，请从头读取") from None
        return cls(page, rows, seen, bool(whole))

    def __str__(self) -> str:
        return f"{self.page}:{self.total}:{self.seen}:{int(self.whole)}"


def persons(place: Place, cursor: str | None) -> Page:
    """Every living person of ours. Rights are not read here (S17): a person's own turn reads them, at half the cost."""
    place.root()

    def states(rows: list[Mapping[str, Any]]) -> list[AccountState]:
        return [state_of_person(each) for each in living(place.inside(rows))]

    return _page(place, api.PERSON_LIST, cursor, states)


def departments(place: Place, cursor: str | None) -> Page:
    """Every organisation but the root."""
    root = place.root()

    def states(rows: list[Mapping[str, Any]]) -> list[AccountState]:
        found = map(organisation, rows)
        return [state_of_organisation(each, root) for each in found if each.code != root]

    return _page(place, api.ORG_LIST, cursor, states)


def _page(
    place: Place, path: str, text: str | None, states: Callable[[list[Mapping[str, Any]]], list[AccountState]]
) -> Page:
    at = Cursor.read(text)
    told = place.wire.ask(path, {"pageNo": at.page, "pageSize": place.config.page_size})
    rows, now = listed(told), total(told)
    seen = at.seen + len(rows)
    whole = at.whole and at.total in (-1, now) and seen <= now
    if rows and seen < now:
        return Page(tuple(states(rows)), str(Cursor(at.page + 1, now, seen, whole)), complete=False)
    return Page(tuple(states(rows)), None, complete=whole and seen == now)
