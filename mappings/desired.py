"""What must be true of one account on one day: what every mapping answers, and the plan compares with (design 3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mappings.model import AccountState, Action, Reason


@dataclass(frozen=True, slots=True)
class Desired:
    """What must be true of one account on one day.

    `reason` explains the presence; `because` explains operations that rest on something else. `login` is the name
    that the system must not give to two subjects (S5). `spell` is the spell of service (S6). `review_on` is the first
    later ISO day on which the answer may change by itself. `unfit` says in a sentence why the system cannot hold a
    value; such a row is parked before any call (S11). For the guard (S23): `department` is the key of the top
    department among whose people this one counts, `urgent` that the lock must not wait. `kept`: whoever had it has
    left, and it stays locked for some days (S14): where none is there, none is made.
    """

    state: AccountState
    reason: Reason
    because: Mapping[Action, Reason] = field(default_factory=dict)
    login: str | None = None
    spell: str | None = None
    review_on: str | None = None
    unfit: str | None = None
    department: str | None = None
    urgent: bool = False
    kept: bool = False

    def why(self, action: Action) -> Reason:
        """The reason of an operation of that kind."""
        return self.because.get(action, self.reason)
