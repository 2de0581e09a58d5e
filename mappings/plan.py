"""Desired against observed: the whole truth table. Decides operations, does none.

| desired         | observed      | ours | plan                                              |
|-----------------|---------------|------|---------------------------------------------------|
| removed         | nothing       |      | -                                                 |
| removed         | an account    | no   | - (S12: reported as an orphan by the sweep)       |
| removed         | an account    | yes  | remove                                            |
| active, locked  | nothing       |      | create                                            |
| active, locked  | an account    | no   | - a conflict, for a person to settle (S12)        |
| active, locked  | another spell | yes  | remove (the next pass creates: S6)                |
| locked          | active        | yes  | lock, then what differs                           |
| active          | locked by us  | yes  | what differs, then unlock                         |
| active          | locked by hand| yes  | what differs; the lock stays and is reported (S12)|
| same presence   | same presence | yes  | update what differs, leave, join                  |
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mappings.model import AccountState, Action, Desired, Kind, Memberships, Operation, Presence, Ref

LOCKED_BY_HAND = "locked-by-hand"
FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Known:
    """What the hub has on record about the link at hand.

    `ours`: linked, or our own attempt to create the account is on record. `locked`: our
    own attempt to lock it is on record. `spell`: the spell that the account was made in.
    """

    ours: bool
    locked: bool = False
    spell: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Operations in the order in which they may be done, and what a person should know besides."""

    operations: tuple[Operation, ...] = ()
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose account is planned, where, and which groups its memberships may name."""

    system: str
    ref: Ref
    managed: frozenset[str]
    groups: Mapping[str, Ref]


def plan(subject: Subject, desired: Desired, observed: AccountState | None, known: Known) -> Plan:
    """The operations that make `observed` what is `desired`; none when it is so already."""
    wanted = desired.state
    if wanted.presence is Presence.REMOVED:
        return _gone(subject, desired, observed, known)
    if observed is None:
        return Plan((_operation(subject, desired, Action.CREATE, None, _bare(wanted)),))
    if not known.ours:
        return Plan(finding=FOREIGN)
    if known.spell != desired.spell and known.spell is not None:
        return Plan((_operation(subject, desired, Action.REMOVE, observed, None),))
    return _differences(subject, desired, observed, known)


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
    steps += _update(subject, desired, observed)
    if subject.ref.kind is Kind.PERSON:
        steps += _memberships(subject, desired, observed)
    if must_unlock and known.locked:
        steps.append(_presence(subject, desired, Action.UNLOCK, observed))
    return Plan(tuple(steps), LOCKED_BY_HAND if must_unlock and not known.locked else None)


def _update(subject: Subject, desired: Desired, observed: AccountState) -> list[Operation]:
    wanted = desired.state
    differing = [
        name
        for name in sorted(subject.managed & wanted.attributes.keys() & observed.attributes.keys())
        if sorted(wanted.attributes[name]) != sorted(observed.attributes[name])
    ]
    if not differing:
        return []
    before, after = _only(observed, differing), _only(wanted, differing)
    return [_operation(subject, desired, Action.UPDATE, before, after)]


def _memberships(subject: Subject, desired: Desired, observed: AccountState) -> list[Operation]:
    if desired.state.memberships is None or observed.memberships is None:
        return []
    want, have = _all(desired.state.memberships), _all(observed.memberships)
    moves = [(Action.LEAVE, key) for key in sorted(have - want)] + [(Action.JOIN, key) for key in sorted(want - have)]
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


def _bare(state: AccountState) -> AccountState:
    return replace(state, memberships=None)


def _all(memberships: Memberships) -> frozenset[str]:
    primary = frozenset({memberships.primary}) if memberships.primary else frozenset[str]()
    return memberships.concurrent | primary
