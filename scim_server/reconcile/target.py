"""One configured system as the engine sees it: mapping and connector, bound together by `systems`."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.base import Connector
from mappings.model import Department, Desired, Org, Person, Ref


@dataclass(frozen=True, slots=True)
class Target:
    """A system to bring to the desired state.

    `person` and `group` are the mapping's pure functions for one ISO day; `connect`
    makes a connector for one thread, with the secrets as they are at that moment.
    """

    name: str
    kind: str
    managed: frozenset[str]
    person: Callable[[Person, str, Org], Desired]
    group: Callable[[Department, str, Org, Ref | None], Desired]
    connect: Callable[[], Connector]
    mode: str | None = None  # observe | enforce; None: decided by the first complete read (S13)
    protected: tuple[str, ...] = ()
    lanes: int = 2
    batch: int = 64
