"""The guard at the door: how much of a request is read at all, and for how long."""

from collections.abc import Iterable

from scim_server.scim.errors import TooManyHeaders

BODY = 2 * 1024 * 1024
DRAIN, DRAIN_SECONDS = 32 * 1024 * 1024, 2.0  # of a body that is too large, read and thrown away
DEPTH = 64
HEADERS, HEADER_BYTES = 100, 64 * 1024
SECONDS = 30.0
PAGE, DEFAULT_PAGE = 1_000, 100


def demand_headers(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Raises TooManyHeaders (431): the HTTP parser itself does not count them."""
    count = size = 0
    for name, value in headers:
        count += 1
        size += len(name) + len(value)
    if count > HEADERS or size > HEADER_BYTES:
        raise TooManyHeaders(f"A request has {HEADERS} header fields and 64 KB of them at most.")
