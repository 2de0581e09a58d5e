"""What a row remembers of the moment at which it was settled: the sweep compares with it (S17). Pure.

    ["5f0c2b9e61d04a77", ["", "D01", "T1"], {"title": "9a0c11e2"}]

a digest of the account as it was read back, its departments and groups (the primary one first, "" where there is
none; null of a department), and of what is only reported when it drifts what the roster wanted it to be. An empty
digest equals nothing: something was left as it was found, so each sweep looks closely and tells of it again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import orjson

from mappings.desired import Desired
from mappings.model import AccountState, Capabilities, Memberships

PRESENCE, MEMBERSHIPS, MISSING, ADDRESS = "presence", "memberships", "missing", "address"  # beside attributes
WORDS = frozenset({PRESENCE, MEMBERSHIPS, MISSING})  # of them, what a policy may name
NOTHING = ""  # a digest that equals none
_UNREAD = "\x00"  # of an attribute that the read does not carry; no value has that character


@dataclass(frozen=True, slots=True)
class Record:
    """One row's memory. `groups` is None where memberships do not matter."""

    digest: str = NOTHING
    groups: tuple[str, ...] | None = None
    wanted: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str | None) -> "Record":
        """From the column. What is not a record is one that equals nothing."""
        if not text:
            return _NONE
        try:
            digest, groups, wanted = orjson.loads(text)
        except ValueError:
            return _NONE
        return cls(digest, None if groups is None else tuple(groups), wanted)

    def __str__(self) -> str:
        return orjson.dumps([self.digest, self.groups, self.wanted]).decode()


_NONE = Record()


def compared(managed: Iterable[str], can: Capabilities) -> tuple[str, ...]:
    """The attributes that a digest covers: managed, readable, and carried by a complete read."""
    return tuple(sorted(frozenset(managed) - can.unreadable - can.unlisted))


def digest_of(state: AccountState, names: Sequence[str]) -> str:
    """Of presence, address and these attributes; the order of several values does not matter."""
    attributes = state.attributes
    parts: list[str] = [state.presence, state.name or ""]
    for name in names:
        values = attributes.get(name)
        if values is None:
            parts.append(_UNREAD)
        elif len(values) == 1:
            parts.append(values[0])
        else:
            parts.append("\x1e".join(sorted(values)))
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def groups_of(memberships: Memberships | None) -> tuple[str, ...] | None:
    """Keys of our Groups, the primary department first."""
    if memberships is None:
        return None
    return (memberships.primary or "", *sorted(memberships.concurrent))


def wanted_of(desired: Desired, what: str) -> str:
    """A digest of what the roster wants of an attribute, the presence, the memberships; of `missing`: an account."""
    state = desired.state
    if what == PRESENCE:
        said: Sequence[str] = (state.presence,)
    elif what == MISSING:
        said = (desired.spell or "",)
    elif what == MEMBERSHIPS:
        said = groups_of(state.memberships) or ()
    else:
        said = sorted(state.attributes.get(what, ()))
    return blake2b("\x1f".join(said).encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
