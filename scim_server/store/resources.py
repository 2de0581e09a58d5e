"""What a stored resource is, what a write wants stored, and why one may fail."""

from collections.abc import Sequence
from dataclasses import dataclass

Members = Sequence[str]


class Taken(Exception):
    """Another resource has this value (409 uniqueness). The argument is the attribute: userName or externalId."""


class Moved(Exception):
    """The resource has another version than the write was computed from, or is gone (S19)."""


class NoSuchMember(Exception):
    """A member names no User (400 invalidValue). The argument is the value."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One resource as it is stored. `document` is JSON without id, meta, groups and members.

    `joined`: a User who is in a Group; where it is False, the Groups need not be read.
    """

    id: str
    type: str
    subject: str
    external_id: str | None
    active: bool | None
    version: int
    document: bytes
    created: str
    modified: str
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What a write wants stored, made from a validated document by `scim.resource`."""

    type: str
    name: str  # folded userName or displayName
    title: str  # what reports call it
    external_id: str | None
    active: bool | None
    manager: str | None
    parent: str | None
    document: bytes
    folded: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One end of a membership: the id of the other resource, and its display name."""

    id: str
    display: str
