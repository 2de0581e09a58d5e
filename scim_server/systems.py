"""THE table of systems: kind -> mapping and connector. The only file that names them (design: Adding a system)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from connectors.base import Connector
from connectors.ldap.config import LdapConfig
from connectors.ldap.connector import LdapConnector
from mappings import ldap
from mappings.model import Department, Desired, Org, Person, Presence, Ref
from scim_server.clock import Clock
from scim_server.reconcile.target import Target
from scim_server.settings import BadSettings, Settings, SystemSettings

PersonMapping = Callable[[Person, str, Org, int], Desired]
GroupMapping = Callable[[Department, str, Org, Ref | None], Desired]
Opening = Callable[[str, dict[str, Any], Clock], Connector]


@dataclass(frozen=True, slots=True)
class SystemKind:
    """One row of the table: what must be in such a system, and who brings it there."""

    person: PersonMapping
    group: GroupMapping
    managed: frozenset[str]
    connect: Opening


def _ldap(name: str, own: dict[str, Any], clock: Clock) -> Connector:
    config = LdapConfig.model_validate(own)
    return LdapConnector(name, config, clock.monotonic, lambda: datetime.fromtimestamp(clock.now(), UTC))


TABLE: Mapping[str, SystemKind] = {
    "ldap": SystemKind(ldap.desired, ldap.desired_group, ldap.MANAGED, _ldap),
}

# the four systems that every answer about states names, configured or not
NAMED = ("ldap", "oa", "wecom", "attendance")
LOCKLESS = frozenset({"attendance"})  # no lock of its own: for plain users locked is spelled removed (S1)
PLAIN = frozenset({"ldap"})  # open to plain users unless told otherwise (S1)


def targets(settings: Settings, clock: Clock) -> list[Target]:
    """What is configured, checked. Raises BadSettings naming the table and the key."""
    return [_target(name, system, clock) for name, system in settings.systems.items()]


def serves_plain(system: SystemSettings) -> bool:
    """Whether plain users get an account there (S1)."""
    return system.kind in PLAIN if system.plain is None else system.plain


def shown(configured: Mapping[str, SystemSettings]) -> list[str]:
    """The systems in an answer about states: the named four, then further ones by name."""
    return [*NAMED, *sorted(set(configured) - set(NAMED))]


def plain_presence(name: str, configured: Mapping[str, SystemSettings], presence: Presence) -> Presence:
    """What a plain user's presence means in one system (S1)."""
    system = configured.get(name) or SystemSettings(kind=name)
    if not serves_plain(system) or (system.kind in LOCKLESS and presence is Presence.LOCKED):
        return Presence.REMOVED
    return presence


def _target(name: str, system: SystemSettings, clock: Clock) -> Target:
    row = TABLE.get(system.kind)
    if row is None:
        raise BadSettings(f"systems.{name}: kind {system.kind!r} is unknown; known: {', '.join(sorted(TABLE))}")
    target = Target(
        name=name,
        kind=system.kind,
        managed=row.managed,
        person=lambda person, day, org: row.person(person, day, org, system.keep_days),
        group=row.group,
        connect=lambda: row.connect(name, system.connector, clock),
        mode=system.mode,
        protected=system.protected,
        lanes=system.lanes,
    )
    _try(target)
    return target


def _try(target: Target) -> None:
    """A connector's settings are checked before anything starts; making one opens no connection."""
    try:
        target.connect().close()
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'settings'}: {each['msg']}" for each in error.errors())
        raise BadSettings(f"systems.{target.name}: {faults}") from error
    except BadSettings as error:
        raise BadSettings(f"systems.{target.name}: {error}") from error
