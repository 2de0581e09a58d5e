"""THE table of systems: kind -> mapping and connector. The only file that names them (design: Adding a system).

A connector is imported where a system of its kind is configured: nobody waits for the code of four vendors in vain.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from pydantic import ValidationError

from connectors.base import Connector, Credentials
from connectors.simulation.vendor import Vendor
from mappings import attendance, ldap, oa, scim, wecom
from mappings.correlate import Identity
from mappings.desired import Desired
from mappings.model import Action, Capabilities, Department, Org, Person, Presence, Ref
from mappings.policy.readings import DEFAULT, LOCKLESS, NAMED, Readings
from mappings.terms import Terms
from scim_server.clock import Clock
from scim_server.reconcile.fingerprint import Policy, policy
from scim_server.reconcile.read_back import WORDS
from scim_server.reconcile.slip import demand_seals
from scim_server.reconcile.target import Target
from scim_server.reconcile.tolerance import Tolerance
from scim_server.settings import BadSettings, Settings, SystemSettings

PersonMapping = Callable[[Person, str, Org, Terms], Desired]
GroupMapping = Callable[[Department, str, Org, Ref | None, Terms], Desired]
Opening = Callable[[str, dict[str, Any], Clock], Connector]


def _nothing(own: Mapping[str, Any]) -> None:
    """Most mappings understand nothing beyond the common terms."""


@dataclass(frozen=True, slots=True)
class SystemKind:
    """One row of the table: what must be in such a system, and who brings it there.

    `follows`: which of the four named systems tells whether an account must be there (item 六). `login`: the
    attribute that bears the name to log in by. `own`: from the connector's settings, what the mapping of that
    kind alone understands. `plain`: open to plain users unless told otherwise (S1). `passwords`: its connector wants
    to know whether new accounts get one from the hub (S15).
    """

    person: PersonMapping
    group: GroupMapping
    managed: frozenset[str]
    connect: Opening
    follows: str
    identity: Identity
    login: str | None = None
    own: Callable[[Mapping[str, Any]], Any] = _nothing
    plain: bool = False
    passwords: bool = False


def _part(module: str, name: str) -> Any:
    """What is so called in a module of the connectors."""
    return getattr(import_module(f"connectors.{module}"), name)


def _opening(kind: str) -> Opening:
    """All connectors are made alike: name, configuration, and the two clocks."""

    def connect(name: str, own: dict[str, Any], clock: Clock) -> Connector:
        time_of_day = lambda: datetime.fromtimestamp(clock.now(), UTC)  # noqa: E731 - a clock is a value
        config = _part(f"{kind}.config", f"{kind.capitalize()}Config").model_validate(own)
        connector: Callable[..., Connector] = _part(f"{kind}.connector", f"{kind.capitalize()}Connector")
        return connector(name, config, clock.monotonic, time_of_day)

    return connect


def _oa_terms(own: Mapping[str, Any]) -> oa.OaTerms:
    config = _part("oa.config", "OaConfig").model_validate(own)
    return oa.OaTerms(config.default_post, config.default_level, config.places, frozenset(config.unit_kinds))


def _scim_terms(own: Mapping[str, Any]) -> scim.ScimTerms:
    return scim.ScimTerms(paths=_part("scim.config", "ScimConfig").model_validate(own).group_names == "path")


TABLE: Mapping[str, SystemKind] = {
    "ldap": SystemKind(
        ldap.desired,
        ldap.desired_group,
        ldap.MANAGED,
        _opening("ldap"),
        follows="ldap",
        identity=ldap.IDENTITY,
        login=ldap.LOGIN,
        plain=True,
        passwords=True,
    ),
    "oa": SystemKind(
        oa.desired,
        oa.desired_group,
        oa.MANAGED,
        _opening("oa"),
        follows="oa",
        identity=oa.IDENTITY,
        login=oa.LOGIN,
        own=_oa_terms,
    ),
    "wecom": SystemKind(
        wecom.desired,
        wecom.desired_group,
        wecom.MANAGED,
        _opening("wecom"),
        follows="wecom",
        identity=wecom.IDENTITY,
        own=lambda own: wecom.WecomTerms(_part("wecom.config", "WecomConfig").model_validate(own).extattr),
    ),
    "attendance": SystemKind(
        attendance.desired,
        attendance.desired_group,
        attendance.MANAGED,
        _opening("attendance"),
        follows="attendance",
        identity=attendance.IDENTITY,
    ),
    "scim": SystemKind(
        scim.desired,
        scim.desired_group,
        scim.MANAGED,
        _opening("scim"),
        follows="oa",
        identity=scim.IDENTITY,
        login=scim.LOGIN,
        own=_scim_terms,
        plain=True,
    ),
}

# what plays a system where there is none: for the demonstration, the tests, and people who try
SIMULATORS: Mapping[str, Callable[[Clock], Vendor]] = {
    "oa": lambda clock: _part("oa.simulator.vendor", "Oa")(),
    "wecom": lambda clock: _part("wecom.simulator.vendor", "WecomVendor")(),
    "attendance": lambda clock: _part("attendance.simulator.vendor", "Attendance")(clock.now),
}


def targets(settings: Settings, clock: Clock, readings: Readings = DEFAULT) -> list[Target]:
    """What is configured, checked. Raises BadSettings naming the table and the key."""
    fingerprint = policy_of(settings, readings).fingerprint
    made = [_target(name, system, clock, readings, fingerprint) for name, system in settings.systems.items()]
    return [_with_slips(replace(target, limits=settings.guard.limits), settings) for target in made]


def readings(settings: Settings, gate_set: str) -> Readings:
    """How the regulation is read here. `gate_set`: the ISO day from which a letter gate without one of its own holds.

    A28: a named system that is not configured is open to plain users as its kind is.
    """
    chosen = {name: settings.systems.get(name) or SystemSettings(kind=name) for name in NAMED}
    return settings.policy.readings(gate_set, frozenset(name for name in NAMED if serves_plain(chosen[name])))


def policy_of(settings: Settings, readings: Readings) -> Policy:
    """What everything that is sent rests on (S21): the readings, and of each system what bears on who must be there."""
    systems = {
        name: {
            "kind": system.kind,
            "follows": followed(system),
            "plain": serves_plain(system),
            "remove": system.remove,
            "default_department": system.default_department,
            "own": _own(system),
        }
        for name, system in settings.systems.items()
    }
    return policy(readings, systems)


def _own(system: SystemSettings) -> str:
    """What the mapping alone understands, as text; the secrets beside it stay where they are."""
    row = TABLE.get(system.kind)
    try:
        return repr(row.own(system.model_extra or {})) if row else ""
    except ValueError:  # the settings are refused in a moment, with a sentence
        return ""


def followed(system: SystemSettings) -> str:
    """The named system whose state is that of this one too (item 六)."""
    row = TABLE.get(system.kind)
    return system.follows or (system.kind if row is None else row.follows)


def serves_plain(system: SystemSettings) -> bool:
    """Whether plain users get an account there (S1)."""
    row = TABLE.get(system.kind)
    return (row is not None and row.plain) if system.plain is None else system.plain


def shown(configured: Mapping[str, SystemSettings]) -> list[str]:
    """The systems in an answer about states: the named four, then further ones by name."""
    return [*NAMED, *sorted(set(configured) - set(NAMED))]


def plain_presence(name: str, configured: Mapping[str, SystemSettings], presence: Presence) -> Presence:
    """What a plain user's presence means in one system (S1)."""
    system = configured.get(name) or SystemSettings(kind=name)
    if not serves_plain(system) or (system.kind in LOCKLESS and presence is Presence.LOCKED):
        return Presence.REMOVED
    return presence


def _target(name: str, system: SystemSettings, clock: Clock, readings: Readings, fingerprint: str) -> Target:
    row = TABLE.get(system.kind)
    if row is None:
        raise BadSettings(f"systems.{name}: kind {system.kind!r} is unknown; known: {', '.join(sorted(TABLE))}")
    terms, connector = _checked(name, system, row, clock, readings)
    return Target(
        name=name,
        kind=system.kind,
        managed=row.managed,
        person=lambda person, day, org: row.person(person, day, org, terms),
        group=lambda department, day, org, parent: row.group(department, day, org, parent, terms),
        connect=lambda: row.connect(name, _told(system, row), clock),
        mode=system.mode,
        protected=system.protected,
        lanes=system.lanes,
        policy=fingerprint,
        capabilities=connector.describe(),
        takes_passwords=isinstance(connector, Credentials),
        healed=frozenset({*system.heal, *([row.login] if row.login else [])}),
        identity=row.identity,
        default_department=terms.default_department,
        follows=followed(system),
        plain=serves_plain(system),
        drift=_tolerance(system, row, connector.describe()),
    )


def _tolerance(system: SystemSettings, row: SystemKind, can: Capabilities) -> Tolerance:
    """What is left as somebody changed it by hand."""
    known = (row.managed - can.unreadable) | WORDS
    unknown = sorted(set(system.drift) - known)
    if unknown:
        raise BadSettings(f"drift: {', '.join(unknown)} is not compared here; known: {', '.join(sorted(known))}")
    return Tolerance(frozenset(name for name, word in system.drift.items() if word == "report"), system.grace)


def _with_slips(target: Target, settings: Settings) -> Target:
    """Raises BadSettings where first passwords are asked for and cannot be given (S15)."""
    if not settings.systems[target.name].gives_slips:
        return target
    where = f"systems.{target.name}: initial_password: slip"
    if not target.takes_passwords:
        raise BadSettings(f"{where}: such a system has no passwords that the hub could set")
    demand_seals(settings.slip_key)
    return replace(target, slip_key=lambda: demand_seals(settings.slip_key))


def _checked(
    name: str, system: SystemSettings, row: SystemKind, clock: Clock, readings: Readings
) -> tuple[Terms, Connector]:
    """The terms, and a connector that was tried. Settings are tried before anything starts; that opens no line."""
    try:
        own = _told(system, row)
        connector = row.connect(name, own, clock)
        connector.close()
        _agree(system, row, connector.describe())
        read = _read_for(system, readings)
        department = system.default_department
        return Terms(system.keep_days, read, followed(system), department, row.own(own)), connector
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'settings'}: {each['msg']}" for each in error.errors())
        raise BadSettings(f"systems.{name}: {faults}") from error
    except (BadSettings, ValueError) as error:
        raise BadSettings(f"systems.{name}: {error}") from error


def _told(system: SystemSettings, row: SystemKind) -> dict[str, Any]:
    """What the connector is told of its table, secrets resolved now."""
    return system.connector | ({"initial_password": system.initial_password} if row.passwords else {})


def _agree(system: SystemSettings, row: SystemKind, capabilities: Capabilities) -> None:
    """Raises BadSettings where the common settings ask for what the system cannot do."""
    if system.keep_days and Action.LOCK not in capabilities.actions:
        raise BadSettings("remove: there is no lock in which a removed account could be kept; only delete")
    if capabilities.primary and serves_plain(system) and not system.default_department:
        raise BadSettings("default_department: plain users need one here (the externalId of a Group)")
    unknown = sorted(set(system.heal) - row.managed)
    if unknown:
        raise BadSettings(f"heal: {', '.join(unknown)} is not managed; known: {', '.join(sorted(row.managed))}")


def _read_for(system: SystemSettings, readings: Readings) -> Readings:
    """Two systems of one kind may differ in whether they are open to plain users."""
    others = readings.plain - {followed(system)}
    return replace(readings, plain=others | {followed(system)} if serves_plain(system) else others)
