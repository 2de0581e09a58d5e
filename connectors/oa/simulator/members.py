"""Members: who belongs to a unit, in one department, with one post and one level, and with second posts."""

from connectors.oa.simulator.answers import Refusal
from connectors.oa.simulator.member_rules import check, enabled_may_be, second_posts, spelled
from connectors.oa.simulator.office import Office, file, found, members_by_code, unfile
from connectors.oa.simulator.shapes import PROPERTIES, Entity, checked

NOWHERE = "MEMBER_NOT_EXIST"
BLANK: Entity = {
    "code": "",
    "sortId": 1,
    "enabled": True,
    "description": "",
    "type": 1,
    "isInternal": True,
    "isLoginable": True,
    "isVirtual": False,
    "isAssigned": True,
    "state": 1,
    "properties": {},
    "second_post": [],
}
NO_PROPERTIES: Entity = dict.fromkeys(PROPERTIES, "")
PASSING = ("password", "del_second_post")  # said in a body, not kept in the entity


def shown(office: Office, member: Entity) -> Entity:
    """A member as it is read: with the contact data a second time, and the jobs in other units."""
    key = office.switches.read_second_post
    held = NO_PROPERTIES | member["properties"]
    second = [
        {key: each["deptId"], "postId": each["postId"], "type": "Second", "sortId": each["sortId"]}
        | {"memberId": member["id"], "orgAccountId": member["orgAccountId"]}
        for each in member["second_post"]
    ]
    valid = member["enabled"] and not member["isDeleted"] and member["state"] == 1
    return member | {
        "properties": held,
        "second_post": second,
        "concurrent_post": _concurrent(office, member),
        "status": 1,
        "isValid": valid,
        "valid": valid,
        "entityType": "Member",
        "telNumber": held["telnumber"] or None,
        "emailAddress": held["emailaddress"] or None,
        "officeNum": held["officenumber"] or None,
        "birthday": held["birthday"] or None,
        "gender": int(held["gender"]) if held["gender"] else None,
    }


def create(office: Office, body: object) -> Entity:
    """A new member, with its password if one is given. Raises Refusal."""
    given = _read(office, body)
    ident = office.ids.next()
    wanted = BLANK | given
    check(office, wanted, None)
    wanted["second_post"] = second_posts(office, wanted)
    made = {name: value for name, value in wanted.items() if name not in PASSING}
    made |= {"id": ident, "isDeleted": False, "isAdmin": False}
    office.members[ident] = made | {"createTime": office.now_ms, "updateTime": office.now_ms}
    office.passwords[ident] = given.get("password", "")
    file(office, office.members[ident])
    return office.members[ident]


def update(office: Office, body: object) -> Entity:
    """PUT: replaces or merges, as switched. Raises Refusal, Absent."""
    given = _read(office, body)
    kept = _ordinary(office, given.get("id", 0))
    wanted = _replaced(office, kept, given)
    check(office, wanted, kept)
    wanted["second_post"] = second_posts(office, wanted)
    if office.switches.empty_second_post_keeps and not wanted["second_post"]:
        wanted["second_post"] = [] if given.get("del_second_post") == "true" else kept["second_post"]
    unfile(office, kept)
    kept.update({name: value for name, value in wanted.items() if name not in PASSING}, updateTime=office.now_ms)
    file(office, kept)
    if "password" in given:
        office.passwords[kept["id"]] = given["password"]
    return kept


def upsert(office: Office, body: object) -> Entity:
    """PUT orgMembers: the member of that id, or of that code in the unit, is updated; else a new one is made."""
    given = checked("MEMBER", body)
    if given.get("id") in office.members:
        return update(office, body)
    same = [each for each in members_by_code(office, given.get("code", "")) if _unit(each) == _unit(given)]
    return update(office, {**given, "id": same[0]["id"]}) if same else create(office, body)


def enable(office: Office, ident: int, enabled: bool) -> Entity:
    """Unlocks or locks. Raises Refusal: where the member stands is disabled, or no seat is left; Absent."""
    kept = _ordinary(office, ident)
    if enabled and not kept["enabled"]:
        enabled_may_be(office, kept)
    kept.update(enabled=enabled, updateTime=office.now_ms)
    return kept


def leave(office: Office, ident: int, agent: int) -> Entity:
    """The member leaves: disabled, state 2, and pending work goes to the agent. Raises Absent."""
    kept = _ordinary(office, ident)
    found(office.members, agent, NOWHERE)
    kept.update(enabled=False, state=2, updateTime=office.now_ms)
    office.handed_over.append((ident, agent))
    return kept


def delete(office: Office, ident: int) -> Entity:
    """Deletes logically; second posts and jobs go with it. Raises Refusal, Absent."""
    kept = _ordinary(office, ident)
    unfile(office, kept)
    kept.update(isDeleted=True, enabled=False, second_post=[], updateTime=office.now_ms)
    for job in [each["id"] for each in office.jobs.values() if each["cMemberId"] == ident]:
        del office.jobs[job]
    for roles in office.managers.values():
        for holders in roles.values():
            holders[:] = [each for each in holders if each != ident]
    return kept


def set_password(office: Office, ident: int, password: str) -> Entity:
    """Gives another password. Raises Refusal, Absent."""
    kept = _ordinary(office, ident)
    office.passwords[ident] = password
    return kept


def _ordinary(office: Office, ident: int) -> Entity:
    kept = found(office.members, ident, NOWHERE)
    if kept["isAdmin"]:
        raise Refusal("MEMBER_CANNOT_DELETE")
    return kept


def _read(office: Office, body: object) -> Entity:
    given = checked("MEMBER", body)
    return given | {"second_post": spelled(office, given["second_post"])} if "second_post" in given else given


def _replaced(office: Office, kept: Entity, given: Entity) -> Entity:
    """What the member would be after a PUT."""
    merges = office.switches.put_merges
    wanted = (kept if merges else BLANK) | given
    if merges and "properties" in given:
        wanted["properties"] = kept["properties"] | given["properties"]
    return wanted


def _unit(entity: Entity) -> object:
    return entity.get("orgAccountId")


def _concurrent(office: Office, member: Entity) -> list[Entity]:
    key = office.switches.read_second_post
    return [
        {"memberId": member["id"], "orgAccountId": job["cAccountId"], key: job["cDeptId"], "postId": job["cPostId"]}
        | {"levelId": job["cLevelId"], "type": "Concurrent", "sortId": job["sortId"]}
        for job in office.jobs.values()
        if job["cMemberId"] == member["id"]
    ]
