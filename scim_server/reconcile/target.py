"""One configured system as the engine sees it: mapping and connector, bound together by `systems`."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from connectors.base import Connector
from mappings.correlate import Identity
from mappings.desired import Desired
from mappings.guard import Limits
from mappings.model import Capabilities, Department, Org, Person, Ref
from scim_server.reconcile.read_back import compared
from scim_server.reconcile.tolerance import HEALS, Tolerance

NO_IDENTITY = Identity()
ANY = Capabilities()
LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Target:
    """A system to bring to the desired state.

    `person` and `group` are the mapping's pure functions for one ISO day; `connect`
    makes a connector for one thread, with the secrets as they are at that moment.
    `policy` is the fingerprint of what `person` rests on (S21). `healed`: what is compared and written of
    an adopted account, besides its state and departments (S13). `identity`: by which attributes accounts are
    recognised. `default_department`: the key of the Group for who has none (S1). `follows`: the named system whose
    state tells who must have an account (item 六); `plain`: users without facts may have one too.
    `limits`: how many people an hour may have something dangerous (S23).
    `slip_key` tells, each time, what seals first passwords; None: nobody gets one from the hub (S15).
    `drift`: what is left as somebody changed it by hand (S17).
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
    policy: str | None = None
    capabilities: Capabilities = ANY
    healed: frozenset[str] = frozenset()
    identity: Identity = NO_IDENTITY
    default_department: str | None = None
    follows: str = "ldap"
    plain: bool = True
    takes_passwords: bool = False
    slip_key: Callable[[], str] | None = None
    limits: Limits = LIMITS
    drift: Tolerance = HEALS

    def __post_init__(self) -> None:
        names = compared(self.managed, self.capabilities)
        object.__setattr__(self, "drift", replace(self.drift, names=names))
