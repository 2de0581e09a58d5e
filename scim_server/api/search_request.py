"""The SearchRequest message (RFC 7644 section 3.4.3, RFC 9865 section 3): a query in the body of a POST.

Names compare without case, a value of null is one that is missing (RFC 7643 section
2.5), and members that the message does not have are ignored.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scim_server.api.query import Query, first, size, some
from scim_server.scim.errors import InvalidCount, InvalidSyntax, InvalidValue
from scim_server.scim.urns import SEARCH_REQUEST

_NAMES = ("startIndex", "excludedAttributes", "sortBy", "sortOrder")
_SPELLED = {name.lower(): name for name in _NAMES}
_LARGEST = 10**18

Number = Annotated[int, Field(gt=-_LARGEST, lt=_LARGEST)]


class SearchRequest(BaseModel):
    """The message's members in their types; `true` is no number, and a number no string."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    schemas: list[str] | None = None
    attributes: list[str] | None = None
    excludedAttributes: list[str] | None = None
    filter: str | None = None
    sortBy: str | None = None
    sortOrder: str | None = None
    startIndex: Number | None = None
    count: Number | None = None
    cursor: str | None = None


def from_body(body: Any) -> Query:
    """The query of a SearchRequest. Raises InvalidSyntax, InvalidValue, InvalidCount."""
    asked = _message(body)
    return Query(
        first(asked.startIndex, asked.cursor),
        size(asked.count),
        asked.filter,
        asked.sortBy,
        asked.sortOrder,
        asked.cursor,
        _names(asked.attributes),
        _names(asked.excludedAttributes),
    )


def _message(body: Any) -> SearchRequest:
    if not isinstance(body, dict):
        raise InvalidSyntax("A SearchRequest is a JSON object.")
    words = {_SPELLED.get(name.lower(), name.lower()): value for name, value in body.items()}
    if len(words) != len(body):
        raise InvalidSyntax("A name is given twice.")
    try:
        asked = SearchRequest.model_validate(words)
    except ValidationError as error:
        raise _refused(error, by_cursor=isinstance(words.get("cursor"), str)) from None
    if asked.schemas is not None and SEARCH_REQUEST not in asked.schemas:
        raise InvalidSyntax(f"schemas does not name {SEARCH_REQUEST}.")
    return asked


def _refused(error: ValidationError, *, by_cursor: bool) -> InvalidSyntax | InvalidValue | InvalidCount:
    """A sentence about the first thing that is wrong; the message itself is never repeated."""
    wrong = error.errors(include_url=False, include_input=False, include_context=False)[0]
    name = str(wrong["loc"][0])
    if name == "count" and by_cursor:
        return InvalidCount("count is a whole number.")
    if wrong["type"] in ("greater_than", "less_than"):
        return InvalidValue(f"{name} is out of range.")
    if name in ("schemas", "attributes", "excludedAttributes"):
        return InvalidSyntax(f"{name} is a list of strings.")
    return InvalidSyntax(f"{name} is a {'whole number' if name in ('startIndex', 'count') else 'string'}.")


def _names(given: list[str] | None) -> str | None:
    return some(",".join(given)) if given else None
