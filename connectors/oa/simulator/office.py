"""What one installation holds: the units and all that is in them, what was sent, and the tokens."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from connectors.oa.simulator.answers import Absent
from connectors.oa.simulator.ids import Ids
from connectors.oa.simulator.shapes import Entity
from connectors.oa.simulator.switches import Switches

ROLES = ("deptrole0", "deptrole1", "deptrole2", "deptrole3")  # 主管, 分管领导, 管理员, 公文收发员


@dataclass(slots=True)
class Grant:
    """A token that was given: for the member `login`, or for the system itself."""

    login: str | None
    used_at: float


@dataclass(slots=True)
class Office:
    """The state. Deleted people and departments stay in it with `isDeleted`, as they do at the vendor."""

    switches: Switches
    ids: Ids = field(default_factory=lambda: Ids("oa"))
    at: float = 0.0
    units: dict[int, Entity] = field(default_factory=dict)
    departments: dict[int, Entity] = field(default_factory=dict)
    posts: dict[int, Entity] = field(default_factory=dict)
    levels: dict[int, Entity] = field(default_factory=dict)
    members: dict[int, Entity] = field(default_factory=dict)
    logins: dict[str, int] = field(default_factory=dict)
    codes: dict[str, set[int]] = field(default_factory=dict)
    jobs: dict[int, Entity] = field(default_factory=dict)
    managers: dict[int, dict[str, list[int]]] = field(default_factory=dict)
    passwords: dict[int, str] = field(default_factory=dict)
    handed_over: list[tuple[int, int]] = field(default_factory=list)
    messages: list[Entity] = field(default_factory=list)
    templates: dict[str, Entity] = field(default_factory=dict)
    processes: list[Entity] = field(default_factory=list)
    attachments: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    tokens: dict[str, Grant] = field(default_factory=dict)
    tokens_given: int = 0

    @property
    def now_ms(self) -> int:
        """The time of the call at hand, in milliseconds."""
        return int(self.at * 1000)

    def home(self) -> Entity:
        """The unit that was there from the start."""
        return next(iter(self.units.values()))


def there(entities: Iterable[Entity], *, enabled: bool = False) -> Iterator[Entity]:
    """Those that are not deleted; only the enabled ones, if asked."""
    return (each for each in entities if not each["isDeleted"] and (each["enabled"] or not enabled))


def people(office: Office, *, enabled: bool = False) -> Iterator[Entity]:
    """The members that lists show: the built-in accounts are not among them."""
    return (each for each in there(office.members.values(), enabled=enabled) if not each["isAdmin"])


def found(entities: dict[int, Entity], ident: int, absent: str) -> Entity:
    """The one with that id, if it is not deleted. Raises Absent."""
    entity = entities.get(ident)
    if entity is None or entity["isDeleted"]:
        raise Absent(absent)
    return entity


def file(office: Office, member: Entity) -> None:
    """Makes a member findable by login and by code."""
    office.logins[member["loginName"]] = member["id"]
    office.codes.setdefault(member["code"], set()).add(member["id"])


def unfile(office: Office, member: Entity) -> None:
    """The member is deleted, or about to be called otherwise."""
    del office.logins[member["loginName"]]
    office.codes[member["code"]].discard(member["id"])


def by_login(office: Office, login: str) -> Entity | None:
    """The member of that login in the whole group."""
    ident = office.logins.get(login)
    return None if ident is None else office.members[ident]


def members_by_code(office: Office, code: str) -> list[Entity]:
    """All members that carry the code; it is unique in a unit only, hence a list."""
    return [office.members[each] for each in sorted(office.codes.get(code, ()))] if code else []


def by_code(entities: Iterable[Entity], code: str) -> list[Entity]:
    """All departments, posts or levels that carry the code."""
    return [each for each in there(entities) if each["code"] == code and code]


def in_order(entities: Iterable[Entity]) -> list[Entity]:
    """By sortId; equal ones in the order in which they were made."""
    return sorted(entities, key=lambda each: each["sortId"])
