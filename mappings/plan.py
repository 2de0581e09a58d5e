"""Desired against observed: the whole truth table. Decides operations, does none.

| desired         | observed      | ours | plan                                              |
|-----------------|---------------|------|---------------------------------------------------|
| removed         | nothing       |      | -                                                 |
| the root (S7)   | it            |      | -                                                 |
| removed         | an account    | no   | - (S12: reported as an orphan by the sweep)       |
| removed         | an account    | yes  | remove                                            |
| active, locked  | nothing       |      | create; where an account needs a primary          |
|                 |               |      | department, once that is there                    |
| locked for some | nothing       |      | - (S14: for who has left none is made)            |
| days, then gone |               |      |                                                   |
| active, locked  | an account    | no   | - a conflict, for a person to settle (S12)        |
| active, locked  | another spell | yes  | remove (the next pass creates: S6)                |
| locked          | active        | yes  | lock, then what differs                           |
| active          | locked by us  | yes  | what differs, then unlock                         |
| active          | locked by hand| yes  | what differs; the lock stays and is reported (S12)|
| same presence   | same presence | yes  | update what differs, leave, join                  |

Where a system knows primary departments, another one is an update, and joins and leaves concern the others only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from mappings.desired import Desired
from mappings.model import AccountState, Action, Kind, Memberships, Operation, Presence, Ref

LOCKED_BY_HAND = "locked-by-hand"
FOREIGN = "foreign"
REMAINS = "remains"  # the account is gone, and the system has kept something that a person must clear away (S14)


@dataclass(frozen=True, slots=True)
class Known:
    """What the hub has on record about the link at hand.

    `ours`: linked, or our own attempt to create the account is on record. `locked`: our
    own attempt to lock it is on record. `spell`: the spell that the account was made in. `hidden`: the digest of
    the values that were written last and cannot be read back.
    """

    ours: bool
    locked: bool = False
    spell: str | None = None
    hidden: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Operations in the order in which they may be done, and what a person should know besides."""

    operations: tuple[Operation, ...] = ()
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose account is planned, where, and which groups its memberships may name.

    `primary`: the system knows primary departments, and no account is without (`Capabilities.primary`).
    `unreadable`: what is managed and cannot be read back: compared with what was written last.
    """

    system: str
    ref: Ref
    managed: frozenset[str]
    groups: Mapping[str, Ref]
    primary: bool = False
    unreadable: frozenset[str] = frozenset()


def plan(subject: Subject, desired: Desired, observed: AccountState | None, known: Known) -> Plan:
    """The operations that make `observed` what is `desired`; none when it is so already."""
    wanted = desired.state
    if subject.ref.root and (observed is not None or wanted.presence is Presence.REMOVED):
        return Plan()
    if wanted.presence is Presence.REMOVED:
        return _gone(subject, desired, observed, known)
    if observed is None:
        return Plan() if desired.kept else _new(subject, desired)
    if not known.ours:
        return Plan(finding=FOREIGN)
    if known.spell != desired.spell and known.spell is not None:
        return Plan((_operation(subject, desired, Action.REMOVE, observed, None),))
    return _differences(subject, desired, observed, known)


def _new(subject: Subject, desired: Desired) -> Plan:
    """The account to be made is the next one of the subject (S22)."""
    home = _home(subject, desired)
    if subject.primary and subject.ref.kind is Kind.PERSON and home is None:
        return Plan()
    bare = replace(desired.state, memberships=Memberships(home.key) if home else None)
    made = replace(subject, ref=replace(subject.ref, incarnation=subject.ref.incarnation + 1))
    return Plan((replace(_operation(made, desired, Action.CREATE, None, bare), group=home),))


def _home(subject: Subject, desired: Desired) -> Ref | None:
    """The primary department that an account must have, where it is in the system."""
    memberships = desired.state.memberships
    if not subject.primary or memberships is None or memberships.primary is None:
        return None
    return subject.groups.get(memberships.primary)


def _gone(subject: Subject, desired: Desired, observed: AccountState | None, known: Known) -> Plan:
    if observed is None or not known.ours:
        return Plan()
    return Plan((_operation(subject, desired, Action.REMOVE, observed, None),))


def _differences(subject: Subject, desired: Desired, observed: AccountState, known: Known) -> Plan:
    presences = desired.state.presence, observed.presence
    must_unlock = presences == (Presence.ACTIVE, Presence.LOCKED)
    steps: list[Operation] = []
    if presences == (Presence.LOCKED, Presence.ACTIVE):
        steps.append(_presence(subject, desired, Action.LOCK, observed))
    steps += _update(subject, desired, observed, known)
    if subject.ref.kind is Kind.PERSON:
        steps += _memberships(subject, desired, observed)
    if must_unlock and known.locked:
        steps.append(_presence(subject, desired, Action.UNLOCK, observed))
    return Plan(tuple(steps), LOCKED_BY_HAND if must_unlock and not known.locked else None)


def _update(subject: Subject, desired: Desired, observed: AccountState, known: Known) -> list[Operation]:
    wanted = desired.state
    differing = [
        name
        for name in sorted(subject.managed & wanted.attributes.keys() & observed.attributes.keys())
        if sorted(wanted.attributes[name]) != sorted(observed.attributes[name])
    ]
    unseen = _unseen(subject, wanted, known)
    before, after = _only(observed, differing), _only(wanted, [*differing, *unseen])
    home = _home(subject, desired)
    if home is not None and observed.memberships is not None and observed.memberships.primary != home.key:
        before = replace(before, memberships=Memberships(observed.memberships.primary))
        after = replace(after, memberships=Memberships(home.key))
    elif not differing and not unseen:
        return []
    else:
        home = None
    return [replace(_operation(subject, desired, Action.UPDATE, before, after), group=home)]


def _unseen(subject: Subject, wanted: AccountState, known: Known) -> list[str]:
    """What cannot be read back, where it is no longer what was written last."""
    names = sorted(subject.managed & subject.unreadable & wanted.attributes.keys())
    return names if names and known.hidden != hidden_digest(wanted, subject.unreadable) else []


def hidden_digest(state: AccountState, unreadable: frozenset[str]) -> str | None:
    """Of the values that cannot be read back; None: there are none."""
    values = [(name, state.attributes[name]) for name in sorted(unreadable & state.attributes.keys())]
    return blake2b(repr(values).encode(), digest_size=16).hexdigest() if values else None


def _memberships(subject: Subject, desired: Desired, observed: AccountState) -> list[Operation]:
    if desired.state.memberships is None or observed.memberships is None:
        return []
    want, have = desired.state.memberships, observed.memberships
    if subject.primary:
        wanted, held = want.concurrent - {want.primary}, have.concurrent - {want.primary}
    else:
        wanted, held = _all(want), _all(have)
    moves = [(Action.LEAVE, key) for key in sorted(held - wanted)] + [
        (Action.JOIN, key) for key in sorted(wanted - held)
    ]
    return [_move(subject, desired, action, key, observed) for action, key in moves if key in subject.groups]


def _move(subject: Subject, desired: Desired, action: Action, key: str, observed: AccountState) -> Operation:
    member = replace(_only(observed, ()), memberships=Memberships(concurrent=frozenset({key})))
    before, after = (None, member) if action is Action.JOIN else (member, None)
    return replace(_operation(subject, desired, action, before, after), group=subject.groups[key])


def _presence(subject: Subject, desired: Desired, action: Action, observed: AccountState) -> Operation:
    return _operation(subject, desired, action, _only(observed, ()), _only(desired.state, ()))


def _operation(
    subject: Subject, desired: Desired, action: Action, before: AccountState | None, after: AccountState | None
) -> Operation:
    return Operation(subject.system, action, subject.ref, before, after, desired.why(action))


def _only(state: AccountState, names: Sequence[str]) -> AccountState:
    return replace(state, attributes={name: state.attributes[name] for name in names}, memberships=None)


def _all(memberships: Memberships) -> frozenset[str]:
    primary = frozenset({memberships.primary}) if memberships.primary else frozenset[str]()
    return memberships.concurrent | primary
