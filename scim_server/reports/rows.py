"""What the sync report tells: one SyncRow an operation, one OpenRow for what stands open now."""

from dataclasses import dataclass
from enum import StrEnum

from scim_server.reports.period import seconds_between

READ_BACK = frozenset({"done", "already-so"})
PROTECTED = "protected"  # the code with which a connector refuses, at the head of what it said
FAILED = frozenset({"refused", "conflict", "unknown", "lost", "retry"})


@dataclass(frozen=True, slots=True)
class SyncRow:
    """One operation on record. Stamps are those of the store; `before` and `after` are its JSON.

    `outcome` is None while the operation is under way; `settled_at` is the time of the
    read-back where the outcome is one that was read back (READ_BACK).
    """

    id: str
    time: str
    system: str
    external_id: str
    action: str
    article: str
    outcome: str | None
    name: str
    kind: str
    group_key: str | None
    group_name: str | None
    reason: str
    detail: str | None
    changed_at: str
    settled_at: str | None
    before: bytes | None
    after: bytes | None
    cause: str | None = None  # the correlation id of the push, or of whatever else asked for it
    caused_by: str | None = None  # whose push it was
    caused_at: str | None = None
    policy: str | None = None  # the fingerprint of the policy that asked for it (S21)
    tries: int = 1  # the how manieth try in a row, as far as the report reaches back

    @property
    def read_back_at(self) -> str | None:
        """When the system had shown the result; None until then."""
        return self.settled_at if self.outcome in READ_BACK else None

    @property
    def is_protected(self) -> bool:
        """Whether it was refused because the account must never be written (S16)."""
        return self.outcome == "refused" and (self.detail or "").startswith(PROTECTED)

    @property
    def seconds(self) -> float | None:
        """From the change in the roster to the read-back; None until it was read back."""
        if self.outcome not in READ_BACK or self.settled_at is None:
            return None
        return seconds_between(self.changed_at, self.settled_at)


class Standing(StrEnum):
    """Why something stands open, in the order in which a person should look at it."""

    CONFLICT = "conflict"  # parked, because something that is not ours stands in the way
    PARKED = "parked"
    FINDING = "finding"
    HELD = "held"
    WAITING = "waiting"
    LATE = "late"  # due, and not done for longer than it should take


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One account that is not as the roster demands, and stays so until a person or a department moves."""

    system: str
    external_id: str
    name: str
    standing: Standing
    sentence: str
    blocker: str | None  # the name of what a waiting one waits for
    since: str | None  # when the oldest change that is not applied yet was written
    approval: str | None = None  # the id of the one that a held one waits for
    rejected: bool = False  # it waits for nobody any more, but for another wish of the roster


@dataclass(frozen=True, slots=True)
class SystemRow:
    """How a system as a whole stands. `failing_since` is a stamp: no call is sent meanwhile but to try again."""

    name: str
    mode: str | None
    failing_since: str | None
    error: str | None
    due: int
