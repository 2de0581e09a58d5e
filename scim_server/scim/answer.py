"""The bytes of an answer: the stored document with id, groups or members, and meta spliced in.

A stored document is never parsed for it. Every address is made from the configured
base URL, never from a Host header.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import orjson

from scim_server.scim.urns import LIST_RESPONSE


class Showable(Protocol):
    """What an answer needs of a stored resource."""

    @property
    def id(self) -> str: ...

    @property
    def document(self) -> bytes: ...

    @property
    def version(self) -> int: ...

    @property
    def created(self) -> str: ...

    @property
    def modified(self) -> str: ...


def location(base_url: str, endpoint: str, id: str) -> str:
    """The address of a resource."""
    return f"{base_url}{endpoint}/{id}"


def resource(type: str, address: str, shown: Showable, inside: bytes) -> bytes:
    """A resource with its `meta` (RFC 7643 section 3.1). `inside` is `b""`, or a member such as `,"groups":[...]`.

    `address` is that of the type's resources: JSON without its closing quote, written once for all of them. Ids and
    stamps are our own and need no escapes.
    """
    id = shown.id
    meta = (
        f',"meta":{{"resourceType":"{type}","created":"{shown.created}","lastModified":"{shown.modified}",'
        f'"location":{address}{id}","version":"W/\\"{shown.version}\\""}}}}'
    )
    return b'%b,"id":"%b"%b%b' % (shown.document[:-1], id.encode(), inside, meta.encode())


def address(base_url: str, endpoint: str) -> str:
    """What stands before the id in the locations of a type, as `resource` wants it."""
    return orjson.dumps(location(base_url, endpoint, "")).decode()[:-1]


def groups(base_url: str, entries: Iterable[tuple[str, str]]) -> bytes:
    """`,"groups":[...]` of a User from (id, display) in the order of joining; nothing where there are none."""
    return _list(b"groups", [_entry(base_url, "/Groups", id, display, "direct") for id, display in entries])


def members(base_url: str, entries: Iterable[tuple[str, str]]) -> bytes:
    """`,"members":[...]` of a Group, likewise."""
    return _list(b"members", [_entry(base_url, "/Users", id, display, "User") for id, display in entries])


def _entry(base_url: str, endpoint: str, id: str, display: str, kind: str) -> dict[str, str]:
    entry = {"value": id, "$ref": location(base_url, endpoint, id), "display": display, "type": kind}
    if not display:
        del entry["display"]
    return entry


def _list(name: bytes, entries: list[dict[str, str]]) -> bytes:
    return b',"%b":%b' % (name, orjson.dumps(entries)) if entries else b""


def list_response(
    total: int, start: int | None, resources: Sequence[bytes], cursors: Mapping[str, str] | None = None
) -> bytes:
    """A ListResponse (RFC 7644 section 3.4.2) round resources that are bytes already.

    By cursor it has no startIndex, and `cursors` are nextCursor and previousCursor (RFC 9865 section 2).
    """
    head: dict[str, Any] = {"schemas": [LIST_RESPONSE], "totalResults": total}
    head |= {} if start is None else {"startIndex": start}
    head |= {"itemsPerPage": len(resources), **(cursors or {})}
    return b'%b,"Resources":[%b]}' % (orjson.dumps(head)[:-1], b",".join(resources))
