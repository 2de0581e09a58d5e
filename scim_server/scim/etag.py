"""Versions and conditions (RFC 7644 section 3.14, RFC 9110 section 13.1).

The ETag is the weak validator W/"n", n being the resource's version. Comparison is
weak throughout: SCIM sends weak tags in If-Match too.
"""

import re

from scim_server.scim.errors import PreconditionFailed

_TAGS = re.compile(r'\s*(?:,\s*)*(?:W/)?"(?P<opaque>[\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')


def etag(version: int) -> str:
    """The header's spelling of a version."""
    return f'W/"{version}"'


def matches(field: str, version: int) -> bool:
    """Whether `*` or a tag of the list names the version. What is no list of entity tags names nothing."""
    if field.strip() == "*":
        return True
    found, at = False, 0
    while at < len(field):
        tag = _TAGS.match(field, at)
        if tag is None:
            return False
        found = found or tag["opaque"] == str(version)
        at = tag.end()
    return found


def demand(if_match: str | None, if_none_match: str | None, version: int) -> None:
    """Raises PreconditionFailed where a write's conditions do not hold for the stored version."""
    if if_match is not None and not matches(if_match, version):
        raise PreconditionFailed(f"The resource has version {etag(version)}, which If-Match does not name.")
    if if_none_match is not None and matches(if_none_match, version):
        raise PreconditionFailed(f"The resource has version {etag(version)}, which If-None-Match excludes.")
