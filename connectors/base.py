"""What a connector is: the hand that reads and writes one system, and decides nothing.

A connector owns its wire and its table of codes to outcomes (an unlisted code is
Refused, never Retry). It owns no database, no sleep and no clock: `now` and
`monotonic` are handed to its constructor. One connector serves one thread.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from connectors.errors import ConnectorError
from mappings.model import AccountState, Capabilities, Finding, Operation, Outcome, Page, Ref


class Connector(Protocol):
    """The small protocol that every system's connector fulfils and the contract suite demands."""

    def describe(self) -> Capabilities:
        """What the system can do. No I/O."""
        ...

    def check(self) -> Iterable[Finding]:
        """What `doctor` shows. May write a test account, and leaves nothing behind."""
        ...

    def observe(self, ref: Ref) -> AccountState | None:
        """The account as it is; None only when it is surely absent. Raises ConnectorError when in doubt."""
        ...

    def observe_all(self, cursor: str | None) -> Page:
        """All persons' accounts, a page at a time."""
        ...

    def departments(self, cursor: str | None) -> Page:
        """All groups, a page at a time."""
        ...

    def apply(self, operation: Operation) -> Outcome:
        """Does one operation. Idempotent: what is so already is AlreadySo."""
        ...

    def close(self) -> None:
        """Ends the connection; the next call opens it again."""
        ...


@runtime_checkable
class Pipelined(Protocol):
    """Optional: many requests in flight on one connection. Results come in the order of the arguments."""

    def observe_each(self, refs: Sequence[Ref]) -> list[AccountState | ConnectorError | None]:
        """Like `observe`, each; an error stands in its place in the list instead of being raised."""
        ...

    def apply_each(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Like `apply`, each; operations of one call concern different accounts, or different groups of one."""
        ...
