"""Posts (岗位) and levels (职务级别) of a unit: two lists with the same rules, which a member names one of each."""

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.oa.simulator.answers import Refusal
from connectors.oa.simulator.office import Office, found, in_order, people, there
from connectors.oa.simulator.shapes import Entity, checked

BLANK: Entity = {"code": "", "sortId": 1, "enabled": True, "description": ""}


@dataclass(frozen=True, slots=True)
class Ranks:
    """One of the two lists. `kind` begins the vendor's codes; `field`: where a member names one."""

    kind: str
    field: str
    entity_type: str

    def of(self, office: Office) -> dict[int, Entity]:
        """All of them by id."""
        return office.posts if self.kind == "POST" else office.levels

    @property
    def nowhere(self) -> str:
        """The vendor's code for: there is none of that id."""
        return f"{self.kind}_NOT_EXIST"


POSTS = Ranks("POST", "orgPostId", "Post")
LEVELS = Ranks("LEVEL", "orgLevelId", "Level")


def shown(ranks: Ranks, rank: Entity) -> Entity:
    """A post or level as it is read."""
    valid = rank["enabled"] and not rank["isDeleted"]
    return rank | {"entityType": ranks.entity_type, "status": 1, "valid": valid}


def of_unit(office: Office, ranks: Ranks, unit: int, *, enabled: bool = False) -> list[Entity]:
    """The posts or levels of a unit."""
    rows = there(ranks.of(office).values(), enabled=enabled)
    return in_order(each for each in rows if each["orgAccountId"] == unit)


def create(office: Office, ranks: Ranks, body: object) -> Entity:
    """A new one. Raises Refusal."""
    wanted = BLANK | checked(ranks.kind, body)
    _fits(office, ranks, wanted, None)
    ident = office.ids.next()
    made = wanted | {"id": ident, "isDeleted": False, "createTime": office.now_ms, "updateTime": office.now_ms}
    ranks.of(office)[ident] = made
    return made


def update(office: Office, ranks: Ranks, body: object) -> Entity:
    """PUT: replaces or merges, as switched. Raises Refusal, Absent."""
    given = checked(ranks.kind, body)
    kept = found(ranks.of(office), given.get("id", 0), ranks.nowhere)
    wanted = (kept if office.switches.put_merges else BLANK) | given
    _fits(office, ranks, wanted, kept)
    if not wanted["enabled"]:
        _unused(office, ranks, kept["id"], enabled=True)
    kept.update(wanted, updateTime=office.now_ms)
    return kept


def enable(office: Office, ranks: Ranks, ident: int, enabled: bool) -> Entity:
    """Enables or disables. Raises Refusal: an enabled member has it; Absent."""
    kept = found(ranks.of(office), ident, ranks.nowhere)
    if not enabled:
        _unused(office, ranks, ident, enabled=True)
    kept.update(enabled=enabled, updateTime=office.now_ms)
    return kept


def delete(office: Office, ranks: Ranks, ident: int) -> Entity:
    """Deletes it logically. Raises Refusal: a member has it; Absent."""
    kept = found(ranks.of(office), ident, ranks.nowhere)
    _unused(office, ranks, ident)
    kept.update(isDeleted=True, enabled=False, updateTime=office.now_ms)
    return kept


def holders(office: Office, ranks: Ranks, ident: int, *, enabled: bool = False) -> Iterator[Entity]:
    """The members whose main post or level it is."""
    return (each for each in people(office, enabled=enabled) if each[ranks.field] == ident)


def _unused(office: Office, ranks: Ranks, ident: int, *, enabled: bool = False) -> None:
    if next(holders(office, ranks, ident, enabled=enabled), None):
        raise Refusal(f"{ranks.kind}_EXIST_MEMBER")


def _fits(office: Office, ranks: Ranks, wanted: Entity, kept: Entity | None) -> None:
    if not wanted.get("name", "").strip():
        raise Refusal(f"{ranks.kind}_NAME_NULL", body=True)
    if wanted.get("orgAccountId") not in office.units:
        raise Refusal(f"{ranks.kind}_ACCOUNT_NOT_EXIST", body=True)
    others = [each for each in of_unit(office, ranks, wanted["orgAccountId"]) if each is not kept]
    if any(each["name"] == wanted["name"] for each in others):
        raise Refusal(f"{ranks.kind}_REPEAT_NAME")
