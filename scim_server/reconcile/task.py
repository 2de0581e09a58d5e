"""One claimed row on its way through a pass: what is desired, what was seen, what was sent, how it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from mappings.model import (
    AccountState,
    Action,
    Desired,
    Memberships,
    Operation,
    Outcome,
    Presence,
    Ref,
)
from mappings.plan import Known, Plan, Subject, plan
from scim_server.store.attempts import Open, Settled, state_json
from scim_server.store.finish import Finish
from scim_server.store.links import Claim

LOGIN_CHANGES = frozenset({Action.CREATE, Action.UPDATE})
TAKES_AWAY = frozenset({Action.LOCK, Action.LEAVE, Action.REMOVE})  # no fault of another value may hold these up
ENTRY_FIRST = frozenset({Action.CREATE, Action.REMOVE})


@dataclass(slots=True)
class Task:
    """A row of one pass. `blocker` is the subject it waits for; `blocked` says that nothing can be done before."""

    claim: Claim
    ref: Ref
    desired: Desired
    managed: frozenset[str]
    groups: dict[str, Ref] = field(default_factory=dict)
    to_come: dict[str, Ref] = field(default_factory=dict)  # Groups joined that are not in the system yet
    blocker: str | None = None
    blocker_name: str = ""
    blocked: bool = False
    rival: str | None = None  # another subject of ours whose account answers to the key
    open: list[Open] = field(default_factory=list)
    observed: AccountState | None = None
    planned: Plan = field(default_factory=Plan)
    sent: list[tuple[Operation, Outcome]] = field(default_factory=list)
    ends: list[Settled] = field(default_factory=list)
    creating: bool = False
    locking: bool = False
    failure: tuple[Operation, Outcome] | None = None
    was_read: bool = False
    finish: Finish | None = None

    def __post_init__(self) -> None:
        self.creating, self.locking = self.claim.creating, self.claim.locking

    @property
    def under_way(self) -> bool:
        """Whether the pass has more to do for it."""
        return self.finish is None

    @property
    def known(self) -> Known:
        """What is on record of the link, with what this pass has written ahead (S12)."""
        linked = (
            self.observed is not None
            and self.claim.remote_id is not None
            and self.observed.remote_id == self.claim.remote_id
        )
        return Known(linked or (self.creating and self.rival is None), self.locking, self.claim.spell)

    def plan(self) -> Plan:
        """Plans from what was observed last."""
        subject = Subject(self.claim.system, self.ref, self.managed, self.groups)
        self.planned = plan(subject, self._reachable(), self.observed, self.known)
        if self.desired.unfit is not None:
            self.planned = replace(self.planned, operations=tuple(taking_away(self.planned.operations)))
        return self.planned

    def plan_ahead(self) -> Plan:
        """Plans, and goes on from the account that a create would make: nothing was sent, so nothing can be read."""
        self.groups = self.to_come | self.groups
        first = self.plan()
        if [each.action for each in first.operations] == [Action.CREATE]:
            made = replace(self.desired.state, memberships=Memberships())
            subject = Subject(self.claim.system, self.ref, self.managed, self.groups)
            then = plan(subject, self._reachable(), made, Known(ours=True))
            self.planned = replace(first, operations=first.operations + then.operations)
        return self.planned

    def _reachable(self) -> Desired:
        """Only memberships whose group is there; the others are waited for."""
        memberships = self.desired.state.memberships
        if memberships is None:
            return self.desired
        there = frozenset(key for key in memberships.concurrent if key in self.groups)
        primary = memberships.primary if memberships.primary in self.groups else None
        state = replace(self.desired.state, memberships=Memberships(primary, there))
        return replace(self.desired, state=state)

    def saw(self, observed: AccountState | None) -> None:
        """Takes what was read, and addresses the account as it was read."""
        self.observed, self.was_read = observed, True
        if observed is not None:
            self.ref = replace(self.ref, remote_id=observed.remote_id, name=observed.name)

    def next_operations(self) -> list[Operation]:
        """What may be sent before the account is read again: its address must not change under a later one."""
        operations = list(self.planned.operations)
        for position, operation in enumerate(operations):
            if operation.action in ENTRY_FIRST or _renames(operation):
                return operations[: position + 1]
        return operations

    def end(
        self,
        state: str,
        *,
        due: float | None = None,
        settled: bool = False,
        attempts: int = 0,
        blocker: str | None = None,
        error: str | None = None,
        doubted: Ref | None = None,
    ) -> None:
        """Ends the pass for this row; `due` in seconds since the epoch, None until something changes."""
        claim, seen = self.claim, self.observed
        linked = seen is not None and self.known.ours
        remote_id, name = (seen.remote_id, seen.name) if seen and linked else (claim.remote_id, claim.name)
        if self.was_read and seen is None:
            remote_id = name = None
        # what was sent after it was read may have locked it
        unlocked = seen is not None and seen.presence is Presence.ACTIVE and not self.sent
        self.finish = Finish(
            claim,
            state,
            due,
            settled=settled,
            attempts=attempts,
            remote_id=remote_id,
            name=name,
            presence=seen.presence.value if seen and linked else None,
            creating=self.creating and not linked,
            locking=self.locking and not unlocked,
            fingerprint=self.fingerprint() if settled else claim.fingerprint,
            spell=None if self.was_read and seen is None else claim.spell or self.desired.spell,
            blocker=blocker,
            error=error,
            finding=self.planned.finding,
            login=self.desired.login if linked else None,
            stirred=(name, remote_id) != (claim.name, claim.remote_id),
            doubted=doubted,
        )

    def took_effect(self, action: Action, group_key: str | None) -> bool:
        """Whether what was read shows the operation's effect."""
        seen = self.observed
        if action is Action.REMOVE:
            return seen is None
        if seen is None:
            return False
        if action in (Action.JOIN, Action.LEAVE):
            member = seen.memberships is not None and group_key in seen.memberships.concurrent
            return member is (action is Action.JOIN)
        if action is Action.LOCK:
            return seen.presence is Presence.LOCKED
        if action is Action.UNLOCK:
            return seen.presence is Presence.ACTIVE
        return action is Action.CREATE or all(each.action is not action for each in self.planned.operations)

    def fingerprint(self) -> str:
        """Of what is desired: the same again means that the difference was made in the system (drift)."""
        state = self.desired.state
        return blake2b(state.key.encode() + (state_json(state) or b""), digest_size=16).hexdigest()


def taking_away(operations: Sequence[Operation]) -> list[Operation]:
    """Of these, what only takes away."""
    return [operation for operation in operations if operation.action in TAKES_AWAY]


def _renames(operation: Operation) -> bool:
    after = operation.after
    return operation.action is Action.UPDATE and after is not None and bool({"uid", "cn"} & after.attributes.keys())
