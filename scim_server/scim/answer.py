"""The bytes of an answer: the stored document with id, groups or members, and meta spliced in.

A stored document is never parsed for it. Every address is made from the configured
base URL, never from a Host header.
"""

from collections.abc import Iterable

import orjson

from scim_server.scim.etag import etag
from scim_server.scim.urns import LIST_RESPONSE


def location(base_url: str, endpoint: str, id: str) -> str:
    """The address of a resource."""
    return f"{base_url}{endpoint}/{id}"


def splice(document: bytes, id: str, inside: bytes, meta: bytes) -> bytes:
    """A resource: `inside` is `b""`, or a whole member such as `,"groups":[...]`."""
    return b'%b,"id":"%b"%b,"meta":%b}' % (document[:-1], id.encode(), inside, meta)


def meta(type: str, where: str, version: int, created: str, modified: str) -> bytes:
    """`meta` (RFC 7643 section 3.1)."""
    return orjson.dumps(
        {
            "resourceType": type,
            "created": created,
            "lastModified": modified,
            "location": where,
            "version": etag(version),
        }
    )


def groups(base_url: str, entries: Iterable[tuple[str, str]]) -> bytes:
    """`,"groups":[...]` of a User from (id, display) in the order of joining; nothing where there are none."""
    return _list(b"groups", [_entry(base_url, "/Groups", id, display, "direct") for id, display in entries])


def members(base_url: str, entries: Iterable[tuple[str, str]]) -> bytes:
    """`,"members":[...]` of a Group, likewise."""
    return _list(b"members", [_entry(base_url, "/Users", id, display, "User") for id, display in entries])


def _entry(base_url: str, endpoint: str, id: str, display: str, kind: str) -> dict[str, str]:
    return {"value": id, "$ref": location(base_url, endpoint, id), "display": display, "type": kind}


def _list(name: bytes, entries: list[dict[str, str]]) -> bytes:
    return b',"%b":%b' % (name, orjson.dumps(entries)) if entries else b""


def list_response(total: int, start: int, resources: list[bytes]) -> bytes:
    """A ListResponse (RFC 7644 section 3.4.2) round resources that are bytes already."""
    head = {"schemas": [LIST_RESPONSE], "totalResults": total, "startIndex": start, "itemsPerPage": len(resources)}
    return b'%b,"Resources":[%b]}' % (orjson.dumps(head)[:-1], b",".join(resources))
