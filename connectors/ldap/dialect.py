"""What one family of directory servers does its own way, as data and a few functions (`dialects.py` lists them)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectors.ldap.config import LdapConfig
from connectors.ldap.logins import Logins
from connectors.ldap.messages import ONE, Equal, Found, Search, Write
from connectors.ldap.pipeline import Talk
from connectors.ldap.shape import STANDARD, Shape, Values
from mappings.model import Done, Finding, Kind, Operation, Outcome, Refused

if TYPE_CHECKING:
    from connectors.ldap.entry import Tree

Change = tuple[int, str, tuple[str, ...]]
Changes = tuple[Change, ...]


def as_text(raw: bytes) -> str:
    """A stable id that the server tells as text."""
    return raw.decode(errors="replace")


def as_given(tree: "Tree", shape: Shape, values: Values, entry: Found | None) -> Values:
    """Nothing needs to be checked or added."""
    return values


def never(entry: Found) -> bool:
    """Every entry is made in one step."""
    return False


def in_one_step(tree: "Tree", dn: str, operation: Operation) -> Talk[Outcome]:
    """The add was all."""
    yield from ()
    return Done()


def by_name(tree: "Tree", shape: Shape, values: Values) -> Sequence[Search]:
    """Who has the name in its attribute: a uniqueness overlay or plug-in minds that."""
    wanted = values.get(shape.rdn, ())
    return [
        Search(tree.container(shape.kind), ONE, Equal(shape.rdn, each), ("objectClass", shape.key)) for each in wanted
    ]


def no_advice(tree: "Tree") -> Talk[list[Finding]]:
    """The doctor has nothing to add."""
    yield from ()
    return []


@dataclass(frozen=True, slots=True)
class Remedies:
    """What an administrator pastes. `access` asks the server who the service account is, where it must be told so."""

    access: Callable[["Tree"], Talk[str]]
    limits: Callable[[LdapConfig], str]
    locks: Callable[[LdapConfig], str]  # how accounts come to be lockable
    deaf: Callable[["Tree"], Talk[Finding]]  # why a lock that was written keeps nobody out


@dataclass(frozen=True, slots=True)
class Dialect:
    """A server family. Functions over entries read `lock_attributes` and `further`, asked for by name."""

    name: str
    recognises: Callable[[Found], bool]  # the root DSE
    unique_id: str  # the attribute of the stable id
    longest_rdn: int  # bytes that the usual database can hold; it tells no better than "other" (80). 0: no such limit
    lock_attributes: tuple[str, ...]  # to tell whether an account is locked
    newborn: Callable[[Kind, Values, bool], Values]  # attributes of a new entry, that is to be locked or not
    locked: Callable[[Found], bool]
    lock: Callable[[Found], Changes]
    unlock: Callable[[Found, str], Talk[Changes]]  # entry, base DN
    set_password: Callable[["Tree", Found, str], Talk[Outcome]]  # entry, password
    trial: Callable[["Tree", str, str], Sequence[tuple[str, Write]]]  # name, password -> what the doctor writes
    remedies: Remedies
    logins: Logins
    shapes: Mapping[Kind, Shape] = field(default_factory=lambda: STANDARD)
    further: tuple[str, ...] = ()
    remote_id: Callable[[bytes], str] = as_text
    spelled: Callable[["Tree", Shape, Values, Found | None], Values] = as_given  # ends with Refused
    holders: Callable[["Tree", Shape, Values], Sequence[Search]] = by_name
    unfinished: Callable[[Found], bool] = never
    finish: Callable[["Tree", str, Operation], Talk[Outcome]] = in_one_step
    roams: bool = False  # an entry of ours is ours wherever below the base it was moved to
    links: bool = False  # the server itself keeps references by DN right, before it answers
    empty_groups: bool = False  # a group needs no member
    already: frozenset[int] = frozenset()  # codes besides 16 and 20 that may mean "already so" of a member
    computed_lock: Refused | None = None  # a lock may stay after ours has gone; and how that is told
    needs_tls: bool = False
    advice: Callable[["Tree"], Talk[list[Finding]]] = no_advice
