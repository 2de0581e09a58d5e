"""What is left as somebody changed it by hand: for good where a policy only reports it, else until the grace is over.

It holds in every pass, and only as long as the roster wants what it wanted when the row was settled: a value that the
roster changes is written, whatever stood there (S12, S17). Nothing here ever opens a door.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mappings.desired import Desired
from mappings.model import AccountState, Kind, Presence
from mappings.plan import LOCKED_BY_HAND
from scim_server.reconcile.read_back import (
    MEMBERSHIPS,
    MISSING,
    NOTHING,
    PRESENCE,
    WORDS,
    Record,
    digest_of,
    groups_of,
    wanted_of,
)

if TYPE_CHECKING:
    from scim_server.reconcile.task import Task


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Of one system. `report`: attributes and WORDS that are never healed; `grace`: seconds before anything is.

    `names`: the attributes that a digest covers (`read_back.compared`).
    """

    report: frozenset[str] = frozenset()
    grace: float = 0.0
    names: tuple[str, ...] = ()

    @property
    def heals_at_once(self) -> bool:
        """Whether nothing is left as it is found."""
        return not self.report and not self.grace

    @property
    def marks(self) -> frozenset[str]:
        """What a person's row must remember the roster's wish of, at least."""
        return self.report | ({PRESENCE} if self.grace else frozenset())

    def outcome(self, what: str, age: float) -> str:
        """What becomes of a drift that was first seen `age` seconds ago: heal, report or grace."""
        if what in self.report:
            return "report"
        return "heal" if age >= self.grace else "grace"


HEALS = Tolerance()


@dataclass(slots=True)
class Left:
    """What one pass leaves alone. `ripe`: what was first seen so long ago that the grace is over.

    `ripens`: when the next grace is over, in seconds since the epoch.
    """

    tolerance: Tolerance = HEALS
    ripe: frozenset[str] = frozenset()
    remembered: Record = field(default_factory=Record)
    ripens: float | None = None

    @property
    def candidates(self) -> frozenset[str]:
        """What may be left, if the roster has not changed it."""
        if self.tolerance.heals_at_once:
            return frozenset()
        graced = {*self.tolerance.names, *WORDS} - self.ripe if self.tolerance.grace else frozenset[str]()
        return self.tolerance.report | graced

    def names(self, task: "Task") -> frozenset[str]:
        """What this pass leaves as it is: nothing of an account that it made, or that is not known to have been."""
        known = task.claim.remote_id is not None or MISSING in self.remembered.wanted
        if task.made or not known or not self.candidates:
            return frozenset()
        away = {MISSING} if task.ref.kind is Kind.GROUP else set[str]()  # people could not join what is not there
        return frozenset(what for what in self.candidates - away if self._unmoved(task, what))

    def _unmoved(self, task: "Task", what: str) -> bool:
        """Whether the roster wants what it wanted when the row was settled last."""
        was = self.remembered.wanted.get(what)
        if was is not None:
            return was == wanted_of(task.desired, what)
        return task.claim.fingerprint is not None and task.claim.fingerprint == task.fingerprint()

    def desired(self, task: "Task", desired: Desired) -> Desired:
        """What is desired, less what is left."""
        seen, names = task.observed, self.names(task)
        if not names or desired.state.presence is Presence.REMOVED:
            return desired
        state = desired.state
        if seen is None:
            return replace(desired, state=replace(state, presence=Presence.REMOVED)) if MISSING in names else desired
        if MEMBERSHIPS in names and seen.memberships is not None and state.memberships is not None:
            state = replace(state, memberships=seen.memberships)
        if PRESENCE in names and (state.presence, seen.presence) == (Presence.LOCKED, Presence.ACTIVE):
            state = replace(state, presence=seen.presence)
        attributes = {name: values for name, values in state.attributes.items() if name not in names}
        return replace(desired, state=replace(state, attributes=attributes))

    def record(self, task: "Task") -> str | None:
        """What the row is to remember, now that it is settled."""
        seen = task.observed
        if seen is None and (task.desired.state.presence is Presence.REMOVED or MISSING not in self.names(task)):
            return None
        wanted = remembered(self.tolerance, task)
        if seen is None:
            return str(Record(NOTHING, None, wanted))
        digest = NOTHING if self._differs(task, seen) else digest_of(seen, self.tolerance.names)
        must = task.desired.state if MEMBERSHIPS in self.names(task) else seen
        return str(Record(digest, groups_of(must.memberships), wanted))

    def _differs(self, task: "Task", seen: AccountState) -> bool:
        """Whether something that the roster wants otherwise was left, by a policy or because it would open a door."""
        if task.planned.finding == LOCKED_BY_HAND:
            return True
        names, wanted = self.names(task), task.desired.state
        moved = MEMBERSHIPS in names and groups_of(seen.memberships) != groups_of(wanted.memberships)
        unlocked = PRESENCE in names and seen.presence is not wanted.presence
        return moved or unlocked or differing(names, wanted.attributes, seen.attributes)


def remembered(tolerance: Tolerance, task: "Task") -> dict[str, str]:
    """What the roster wants of all that may be left: as long as it wants that, it is left.

    Of an adopted account also of what was healed when it was settled: a sweep tells by it what was named since (S13).
    """
    desired = task.desired
    everything = tolerance.report | ({*tolerance.names, *WORDS} if tolerance.grace else frozenset())
    known = sorted(what for what in everything if what in WORDS or what in desired.state.attributes)
    healed = sorted(task.healed) if task.adopted else []
    return {what: wanted_of(desired, what) for what in dict.fromkeys([*known, *healed])}


def differing(names: Iterable[str], wanted: Mapping[str, tuple[str, ...]], seen: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether one of these attributes, as far as it was read, is other than it should be (S17)."""
    return any(sorted(wanted[name]) != sorted(seen[name]) for name in frozenset(names) & wanted.keys() & seen.keys())
