"""What the guard has said of one row of a pass (S23): which of its operations may go, and why the others may not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mappings import guard
from mappings.model import Operation

Operations = Sequence[Operation]


class Kept(StrEnum):
    """Why what is dangerous of a row is not sent now."""

    HELD = "held"  # a person has to approve it
    REJECTED = "rejected"  # a person has said no
    WEIGHED = "weighed"  # its batch has not been looked at as a whole
    MOVED = "moved"  # something else has become desired meanwhile


@dataclass(slots=True)
class Guarded:
    """`login` is the attribute that is the login there. `approval`: by which it is held; `passed`: digests of what was
    let through in this pass, `passing` of what is in the open transaction; `marked`: something of it stands in the row,
    to be cleared once it is settled.
    """

    login: str | None = None
    kept: Kept | None = None
    approval: str | None = None
    passed: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    marked: bool = False

    def dangerous(self, operations: Operations) -> list[Operation]:
        """Those that are."""
        return guard.dangerous(operations, self.login)

    def sendable(self, operations: Operations) -> list[Operation]:
        """All of them; only what is harmless where the rest is kept."""
        return list(operations) if self.kept is None else guard.harmless(operations, self.login)

    def digests(self, operations: Iterable[Operation]) -> frozenset[str]:
        """Of dangerous ones."""
        return frozenset(guard.digest(each, self.login) for each in operations)

    def row(self, operations: Operations) -> str:
        """The digest of all that is dangerous of these."""
        return guard.of_row(operations, self.login)

    def keep(self, why: Kept, approval: str | None = None) -> None:
        """What is dangerous is not sent now."""
        self.kept, self.approval, self.marked = why, approval, True

    def let(self, operations: Iterable[Operation]) -> None:
        """These may go."""
        self.passing |= self.digests(operations)
        self.marked = self.marked or bool(self.passing)

    def judged_anew(self) -> None:
        """Nothing has been said in this transaction, which may be the second try of it."""
        self.kept, self.passing = None, frozenset()

    def committed(self) -> None:
        """What was let through in the transaction stays so in this pass."""
        self.passed |= self.passing
