"""The guard at the door: how much of a request is read at all, and for how long."""

from collections.abc import Iterable

from scim_server.scim.errors import InvalidSyntax, TooManyHeaders

BODY = 2 * 1024 * 1024
DEPTH = 64
HEADERS, HEADER_BYTES = 100, 64 * 1024
SECONDS = 30.0
BULK_BODY = 8 * 1024 * 1024
BULK_SECONDS, BULK_OUT = 100.0, 120.0  # after which no operation is begun; after which the request is given up
PAGE, DEFAULT_PAGE = 1_000, 100


def demand_head(headers: Iterable[tuple[bytes, bytes]], version: str) -> None:
    """What the HTTP parser lets through: too many fields (431), and heads that another server might read otherwise.

    Raises TooManyHeaders, InvalidSyntax. RFC 9112 sections 3.2 (Host) and 6.1 (Transfer-Encoding).
    """
    count = size = hosts = 0
    for name, value in headers:
        count += 1
        size += len(name) + len(value)
        if name == b"host":
            hosts += 1
        elif name == b"transfer-encoding" and (value.lower() != b"chunked" or version != "1.1"):
            raise InvalidSyntax("A body is sent chunked or with its length.", {"Connection": "close"})
    if count > HEADERS or size > HEADER_BYTES:
        raise TooManyHeaders(f"A request has {HEADERS} header fields and 64 KB of them at most.")
    if hosts != 1 and (hosts or version == "1.1"):
        raise InvalidSyntax("A request has one Host field.", {"Connection": "close"})
    if version not in ("1.1", "1.0"):
        raise InvalidSyntax("HTTP/1.1 is spoken here.", {"Connection": "close"})
