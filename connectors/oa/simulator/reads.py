"""The reads of the organisation: bare entities, and arrays for what may be several."""

from collections.abc import Iterable

from connectors.oa.simulator import departments, managers, members, posts
from connectors.oa.simulator.answers import absent, empty, plain
from connectors.oa.simulator.call import Call, page_of
from connectors.oa.simulator.office import Office, by_code, by_login, found, in_order, members_by_code, people, there
from connectors.oa.simulator.posts import Ranks
from connectors.oa.simulator.shapes import Entity
from connectors.simulation.vendor import Told


def units(office: Office, call: Call) -> Told:
    """GET orgAccounts."""
    return plain(page_of(office.switches, call.asked, list(there(office.units.values()))))


def unit_above(office: Office, call: Call) -> Told:
    """GET orgAccounts/parent/{id}: the unit above, if there is one."""
    unit = office.units.get(call.ident())
    above = office.units.get(unit["superior"]) if unit else None
    return plain(above) if above else absent(office.switches)


def department(office: Office, call: Call) -> Told:
    """GET orgDepartment/{id}."""
    row = found(office.departments, call.ident(), departments.NOWHERE)
    return plain(departments.shown(office, row))


def department_by_code(office: Office, call: Call) -> Told:
    """GET orgDepartment/code/{code}."""
    rows = by_code(office.departments.values(), call.text())
    return _several(office, [departments.shown(office, each) for each in rows])


def departments_of(office: Office, call: Call, *, enabled: bool) -> Told:
    """GET orgDepartments/{unit} and orgDepartments/all/{unit}."""
    rows = page_of(office.switches, call.asked, departments.of_unit(office, call.ident(), enabled=enabled))
    return plain([departments.shown(office, each) for each in rows])


def managers_of(office: Office, call: Call) -> Told:
    """GET orgDepartment/departmentmanagerinfo/{department}/{unit}."""
    row = found(office.departments, call.ident(), departments.NOWHERE)
    return plain(managers.shown(office, row)) if row["orgAccountId"] == call.ident(1) else absent(office.switches)


def rank(office: Office, call: Call, ranks: Ranks) -> Told:
    """GET orgPost/{id}, orgLevel/{id}."""
    return plain(posts.shown(ranks, found(ranks.of(office), call.ident(), ranks.nowhere)))


def rank_by_code(office: Office, call: Call, ranks: Ranks) -> Told:
    """GET orgPost/code/{code}, orgLevel/code/{code}."""
    return _several(office, [posts.shown(ranks, each) for each in by_code(ranks.of(office).values(), call.text())])


def ranks_of(office: Office, call: Call, ranks: Ranks, *, enabled: bool) -> Told:
    """GET orgPosts/{unit}, orgLevels/{unit}, and their /all/."""
    rows = page_of(office.switches, call.asked, posts.of_unit(office, ranks, call.ident(), enabled=enabled))
    return plain([posts.shown(ranks, each) for each in rows])


def member(office: Office, call: Call) -> Told:
    """GET orgMember/{id}: locked ones too, deleted ones not."""
    return plain(members.shown(office, found(office.members, call.ident(), members.NOWHERE)))


def member_by_login(office: Office, call: Call) -> Told:
    """GET orgMember?loginName=."""
    row = by_login(office, call.asked.query.get("loginName", ""))
    seen = row is not None and (row["enabled"] or office.switches.lookups_show_locked)
    return plain(members.shown(office, row)) if row and seen else absent(office.switches)


def member_by_code(office: Office, call: Call) -> Told:
    """GET orgMember/code/{code} and orgMembers/code/{code}."""
    return _looked_up(office, members_by_code(office, call.text()))


def member_by_telephone(office: Office, call: Call) -> Told:
    """GET orgMember/telephone/{tel}."""
    return _looked_up(office, (each for each in people(office) if each["properties"].get("telnumber") == call.text()))


def members_of(office: Office, call: Call, *, enabled: bool) -> Told:
    """GET orgMembers/{unit}, the enabled ones, and orgMembers/all/{unit}."""
    return _page(office, call, _of_unit(office, call.ident(), enabled))


def count_of(office: Office, call: Call, *, enabled: bool) -> Told:
    """GET orgMembers/count/{unit} and orgMembers/all/count/{unit}: a bare number."""
    return plain(sum(1 for _ in _of_unit(office, call.ident(), enabled)))


def members_in(office: Office, call: Call) -> Told:
    """GET orgMembers/department/{id}: those below as well, unless firstLayer=true."""
    row = office.departments.get(call.ident())
    if row is None or row["isDeleted"]:
        return plain([])
    first = call.asked.query.get("firstLayer") == "true"
    inside = [row["id"]] if first else departments.below(office, row)
    held = {each["id"]: each for place in inside for each in departments.occupants(office, place, enabled=True)}
    return _page(office, call, held.values())


def members_with(office: Office, call: Call, ranks: Ranks) -> Told:
    """GET orgMembers/post/{id}, orgMembers/level/{id}."""
    return _page(office, call, posts.holders(office, ranks, call.ident(), enabled=True))


def members_named(office: Office, call: Call) -> Told:
    """GET orgMembers/name/{name}."""
    return _page(office, call, (each for each in people(office, enabled=True) if each["name"] == call.text()))


def login_effective(office: Office, call: Call) -> Told:
    """GET orgMember/effective/loginName/{loginName}?password=: whether that person could log in (so)."""
    row = by_login(office, call.text())
    password = call.asked.query.get("password")
    known = row is not None and row["enabled"] and password in (None, office.passwords.get(row["id"]))
    return plain(known)


def _of_unit(office: Office, unit: int, enabled: bool) -> Iterable[Entity]:
    return (each for each in people(office, enabled=enabled) if each["orgAccountId"] == unit)


def _page(office: Office, call: Call, rows: Iterable[Entity]) -> Told:
    shown = page_of(office.switches, call.asked, in_order(rows))
    return plain([members.shown(office, each) for each in shown])


def _looked_up(office: Office, rows: Iterable[Entity]) -> Told:
    seen = (each for each in rows if each["enabled"] or office.switches.lookups_show_locked)
    return _several(office, [members.shown(office, each) for each in seen])


def _several(office: Office, rows: list[Entity]) -> Told:
    if not rows and office.switches.absent == "empty":
        return empty()
    return plain(rows)
