"""One claimed row on its way through a pass: what is desired, what was seen, what was sent, how it ends."""

from dataclasses import dataclass, field, replace
from hashlib import blake2b

from mappings.desired import Desired
from mappings.model import (
    AccountState,
    Action,
    Memberships,
    Operation,
    Outcome,
    Presence,
    Reason,
    Ref,
)
from mappings.plan import REMAINS, Known, Plan, Subject, hidden_digest, plan
from scim_server.reconcile.guarded import Guarded
from scim_server.reconcile.steps import ENTRY_FIRST, LOGIN_CHANGES, mends, renames, taking_away
from scim_server.reconcile.tolerance import Left
from scim_server.store.attempts import Open, Settled, state_json
from scim_server.store.finish import Finish
from scim_server.store.links import Claim


@dataclass(slots=True)
class Task:
    """A row of one pass. `blocker` is the subject it waits for; `blocked` says that nothing can be done before."""

    claim: Claim
    ref: Ref
    desired: Desired
    managed: frozenset[str]
    healed: frozenset[str] = frozenset()  # what is managed of an adopted account (S13)
    primary: bool = False  # the system knows primary departments
    unreadable: frozenset[str] = frozenset()  # what is managed and cannot be read back
    settles: float = 0.0  # seconds in which a removed account of the same name may still take something with it
    leaves: bool = False  # a removal leaves something for a person to do there
    missing: str | None = None  # the key of a department that the roster does not know yet
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
    followed: bool = False  # who named the former address names the present one
    finish: Finish | None = None
    spell: str | None = None  # in which the account that is there was made (S6)
    adopted: bool = False
    hidden: str | None = None  # the digest of what was written last and cannot be read back
    settled_as: str | None = None  # the fingerprint of what the account that is there was settled as
    private: str | None = None  # what the connector has said for itself (S22)
    made: bool = False  # in this pass
    withheld: Outcome | None = None  # why a first password is not set yet (S15)
    guarded: Guarded = field(default_factory=Guarded)
    stranded: str = ""  # of a Group that cannot go while nobody of ours is on the way out of it (S7): why
    left: Left = field(default_factory=Left)  # what is left as somebody changed it by hand (S17)

    def __post_init__(self) -> None:
        claim = self.claim
        self.creating, self.locking, self.spell = claim.creating, claim.locking, claim.spell
        self.adopted, self.private, self.settled_as = claim.adopted, claim.private, claim.fingerprint
        self.hidden = claim.hidden
        self.ref = replace(self.ref, incarnation=claim.incarnation, private=claim.private)
        if claim.creating and claim.remote_id is None:
            self.ref = replace(self.ref, sought=self.desired.state)

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
        ours = linked or self.ref.root or (self.creating and self.rival is None)
        return Known(ours, self.locking, self.spell, self.hidden)

    def plan(self) -> Plan:
        """Plans from what was observed last."""
        wanted = self.left.desired(self, self._reachable())
        self.planned = plan(self._subject(), wanted, self.observed, self.known)
        if self.ref.former is not None:
            self.planned = self._with_followers(self.planned)
        if self.desired.unfit is not None:
            self.planned = replace(self.planned, operations=tuple(taking_away(self.planned.operations)))
        return self.planned

    def plan_ahead(self) -> Plan:
        """Plans, and goes on from the account that a create would make: nothing was sent, so nothing can be read."""
        self.groups = self.to_come | self.groups
        first = self.plan()
        if [each.action for each in first.operations] == [Action.CREATE]:
            born = first.operations[0].after
            made = replace(self.desired.state, memberships=(born.memberships if born else None) or Memberships())
            then = plan(self._subject(), self._reachable(), made, Known(ours=True, hidden=self._digest()))
            self.planned = replace(first, operations=first.operations + then.operations)
        return self.planned

    def _subject(self) -> Subject:
        managed = self.healed if self.adopted else self.managed
        return Subject(self.claim.system, self.ref, managed, self.groups, self.primary, self.unreadable)

    def _digest(self) -> str | None:
        return hidden_digest(self.desired.state, self.unreadable)

    def wrote(self, operation: Operation) -> None:
        """The system has taken it: what it holds of what cannot be read back is what was desired."""
        after = operation.after
        if operation.action in LOGIN_CHANGES and after is not None and self.unreadable & after.attributes.keys():
            self.hidden = self._digest()

    def creates(self) -> None:
        """A create is about to be sent: the account is the subject's next one, and found as it is asked for."""
        self.creating, self.adopted, self.private, self.settled_as = True, False, None, None
        self.hidden, self.made = None, True
        number = self.ref.incarnation + 1
        self.ref = replace(self.ref, incarnation=number, private=None, sought=self.desired.state)

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
        if observed is None:
            self.spell = None  # what is made from here on is made in the spell that runs
            if self.ref.remote_id is not None:
                self.ref = replace(self.ref, remote_id=None, name=None)
        else:
            former = self.claim.name if self._moved(observed) else None
            self.ref = replace(self.ref, remote_id=observed.remote_id, name=observed.name, former=former)

    def _moved(self, observed: AccountState) -> bool:
        """It has another address than the one on record, and nobody has seen to those who name the old one."""
        known = observed.remote_id is not None and observed.remote_id == self.claim.remote_id
        return known and not self.followed and self.claim.name not in (None, observed.name)

    def _with_followers(self, planned: Plan) -> Plan:
        """A rename whose answer was lost may have left groups that name the old address: an update mends them."""
        if any(each.action in LOGIN_CHANGES or each.action is Action.REMOVE for each in planned.operations):
            return planned
        if self.observed is None or not self.known.ours:
            return planned
        same = replace(self.observed, attributes={}, memberships=None)
        mend = Operation(self.claim.system, Action.UPDATE, self.ref, same, same, self.desired.why(Action.UPDATE))
        return replace(planned, operations=(mend, *planned.operations))

    @property
    def succeeds(self) -> bool:
        """Whether it was just made under a name that an account of its own, or of whom it waited for, had until now."""
        return self.made and (self.claim.remote_id is not None or self.claim.blocker is not None)

    def id_of(self, operation: Operation) -> str | None:
        """Under which id the system is at that very operation already: it stays one attempt until it is settled."""
        return next((each.id for each in self._open_of(operation)), None)

    def is_begun(self, operation: Operation) -> bool:
        """Whether the system has taken that very operation on and is still at it."""
        return any(each.pending for each in self._open_of(operation))

    def _open_of(self, operation: Operation) -> list[Open]:
        group = operation.group.key if operation.group else None
        return [each for each in self.open if (each.action, each.group_key) == (operation.action, group)]

    def is_under_way(self, id: str) -> bool:
        """Whether an attempt of that id is on record and not settled."""
        return any(each.id == id for each in self.open)

    def next_operations(self) -> list[Operation]:
        """What may be sent before the account is read again: its address must not change under a later one."""
        operations = self.guarded.sendable(self.planned.operations)
        for position, operation in enumerate(operations):
            if operation.action in ENTRY_FIRST or renames(operation):
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
            fingerprint=self.fingerprint() if settled else self.settled_as,
            spell=None if self.was_read and seen is None else self.spell or self.desired.spell,
            private=None if settled else self.private,
            hidden=self.hidden,
            blocker=blocker,
            error=error,
            finding=self._finding(state),
            login=self.desired.login if linked else None,
            read_back=self.left.record(self) if settled else claim.read_back,
            stirred=(name, remote_id) != (claim.name, claim.remote_id),
            doubted=doubted,
            weighed=state != "due" or attempts > claim.attempts,
            unmarked=settled and (self.guarded.marked or bool(claim.hold or claim.permit)),
            department=self.desired.department or claim.department if settled else claim.department,
        )

    def _finding(self, state: str) -> str | None:
        """Who was not read shows nothing new: what a person should know of it stands (an outage, a pace)."""
        return self.planned.finding or self._remains(state) if self.was_read else self.claim.finding

    def _remains(self, state: str) -> str | None:
        """What was ours is gone, and the system keeps something of it until a person has cleared it away (S14)."""
        if state != "gone" or not self.leaves:
            return None
        return REMAINS if self.claim.remote_id is not None or self.claim.finding == REMAINS else None

    def why(self, operation: Operation) -> Reason | None:
        """The public reason; what completes an account that was just made rests on what it was made for."""
        just_made = self.settled_as is None and not self.adopted and self.known.ours
        if operation.action is Action.UPDATE and just_made:
            return self.desired.why(Action.CREATE)
        return operation.reason

    def took_effect(self, action: Action, group_key: str | None) -> bool:
        """Whether what was read shows the operation's effect."""
        seen = self.observed
        if action is Action.REMOVE:
            return seen is None
        if seen is None:
            return False
        if action in (Action.JOIN, Action.LEAVE):
            member = seen.memberships is not None and group_key in seen.memberships.concurrent | {
                seen.memberships.primary
            }
            return member is (action is Action.JOIN)
        if action is Action.LOCK:
            return seen.presence is Presence.LOCKED
        if action is Action.UNLOCK:
            return seen.presence is Presence.ACTIVE
        return action is Action.CREATE or not any(
            each.action is action and not mends(each) for each in self.guarded.sendable(self.planned.operations)
        )

    def fingerprint(self) -> str:
        """Of what is desired: the same again means that the difference was made in the system (drift)."""
        state = self.desired.state
        return blake2b(state.key.encode() + (state_json(state) or b""), digest_size=16).hexdigest()
