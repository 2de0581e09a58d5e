"""What a stored resource is, what a write wants stored, and why one may fail."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Members = Sequence[str]
Action = Literal["replace", "patch"]
"""How a resource came to its next version: PUT or PATCH."""


class Taken(Exception):
    """Another resource has this value (409 uniqueness). The argument is the attribute's name."""


class Moved(Exception):
    """The resource has another version than the write was computed from, or is gone (S19)."""


class NoSuchMember(Exception):
    """A member names no User (400 invalidValue). The argument is the value."""


class Misplaced(Exception):
    """A department cannot stand there in the tree (400 invalidValue). The argument is a sentence."""


class Occupied(Exception):
    """A department that is not empty cannot go (409). The argument is a sentence."""


class Fixed(Exception):
    """A fact that only another statement may change: 400 mutability. The argument is a sentence."""


class Unfit(Exception):
    """A value that the person's facts or the tree forbid: 400 invalidValue. The argument is a sentence."""


class Shown(NamedTuple):
    """What a page needs of a resource. Ten times as cheap to make as a Stored, and there are a hundred on a page."""

    id: str
    type: str
    version: int
    document: bytes
    created: str
    modified: str
    joined: bool
    kept: bytes | None = None


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
    kept: bytes | None = None
    """JSON of what is returned on request only; None: a plain user, or a Group."""

    @property
    def facts(self) -> bool:
        """Whether the user has facts (S1)."""
        return self.kept is not None


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
    uniques: Sequence[tuple[str, str]] | None = None
    """(attribute, value) of what the database keeps unique without a column; None: its type has no such attribute."""

    kept: bytes | None = None
    """JSON of what is returned on request only: `{ROSTER_USER: {"statusEvents": [...]}}`. `requiredStates` there is
    ignored: the store computes it."""

    facts: bool = False
    """Whether the user has facts (S1): `document` and `kept` together then hold the roster's extension."""

    said: bool | None = None
    """What the request said of `active` of a user with facts; None: nothing (S3)."""

    named: bool = False
    """A PATCH operation says it: no echo (S3)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One end of a membership: the id of the other resource, and its display name, empty where it has none."""

    id: str
    display: str
