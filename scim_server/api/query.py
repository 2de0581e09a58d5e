"""What a list is asked for (RFC 7644 section 3.4.2, RFC 9865 section 2), from the parameters of a GET."""

from collections.abc import Mapping
from dataclasses import dataclass

from scim_server.api.limits import DEFAULT_PAGE, PAGE
from scim_server.scim.errors import InvalidCount, InvalidValue

_DIGITS = 18  # what a database counts to; clients ask for 2147483647 where they want all there is
NAMES = 1_000
"""In attributes or excludedAttributes: several times as many as all schemas have."""


@dataclass(frozen=True, slots=True)
class Query:
    """Both ways of asking end here. `start` is 1-based; `cursor` is None where pages are by index."""

    start: int
    count: int
    filter: str | None = None
    sort_by: str | None = None
    sort_order: str | None = None
    cursor: str | None = None
    attributes: str | None = None
    excluded: str | None = None


def from_parameters(parameters: Mapping[str, str]) -> Query:
    """The query of a GET. Raises InvalidValue, InvalidCount."""
    get = parameters.get
    cursor = get("cursor")
    return Query(
        first(_number("startIndex", get("startIndex")), cursor),
        size(_number("count", get("count"), by_cursor=cursor is not None)),
        get("filter"),
        get("sortBy"),
        get("sortOrder"),
        cursor,
        some(get("attributes")),
        some(get("excludedAttributes")),
    )


def first(start: int | None, cursor: str | None) -> int:
    """The index to begin at: less than 1 means 1. It is one way to page, a cursor the other. Raises InvalidValue."""
    start = max(start or 1, 1)
    if start > 1 and cursor is not None:
        raise InvalidValue("startIndex and cursor are two ways to page: a request uses one of them.")
    return start


def size(count: int | None) -> int:
    """How many resources a page has at most: a negative count means 0, more than `PAGE` are never answered."""
    return DEFAULT_PAGE if count is None else min(max(count, 0), PAGE)


def some(names: str | None) -> str | None:
    """A list of attribute names. Raises InvalidValue for one that would keep the loop busy."""
    if names is not None and names.count(",") >= NAMES:
        raise InvalidValue(f"attributes and excludedAttributes have {NAMES} names at most.")
    return names


def _number(name: str, given: str | None, *, by_cursor: bool = False) -> int | None:
    if not given:
        return None
    sign, digits = (-1, given[1:]) if given.startswith("-") else (1, given)
    if not digits.isascii() or not digits.isdigit() or len(digits) > _DIGITS:
        raise (InvalidCount if by_cursor else InvalidValue)(f"{name} is a whole number.")
    return sign * int(digits)
