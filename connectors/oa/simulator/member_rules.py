"""What a member must be before the vendor takes it."""

from connectors.oa.simulator.answers import Refusal
from connectors.oa.simulator.office import Office, by_login, members_by_code, people
from connectors.oa.simulator.shapes import Entity

REQUIRED = {
    "orgAccountId": "MEMBER_ACCOUNT_NULL",
    "orgDepartmentId": "MEMBER_DEPARTMENT_NULL",
    "orgPostId": "MEMBER_POST_NULL",
    "orgLevelId": "MEMBER_LEVEL_NULL",
    "name": "MEMBER_NAME_NULL",
    "loginName": "MEMBER_LOGINNAME_NULL",
}


def check(office: Office, wanted: Entity, kept: Entity | None) -> None:
    """Everything that must hold of a member to be written in place of `kept`. Raises Refusal by the first fault."""
    for name, code in REQUIRED.items():
        if wanted.get(name) in (None, "") or not str(wanted[name]).strip():
            raise Refusal(code, body=True)
    _stands(office, wanted)
    _own_login(office, wanted, kept)
    _own_code(office, wanted, kept)
    if wanted["enabled"]:
        moved = kept is None or any(wanted[name] != kept[name] for name in ("orgDepartmentId", "orgPostId"))
        if moved or (kept is not None and not kept["enabled"]):
            enabled_may_be(office, wanted, seated=kept is not None and kept["enabled"])


def enabled_may_be(office: Office, wanted: Entity, *, seated: bool = False) -> None:
    """Whether a member can be enabled where it stands, and has a seat. Raises Refusal."""
    for held, field, kind in _places(office):
        place = held.get(wanted[field])
        if place is None or place["isDeleted"] or not place["enabled"]:
            raise Refusal(f"MEMBER_{kind}_DISABLED")
    seats = office.switches.seats
    if seats and not seated and sum(1 for _ in people(office, enabled=True)) >= seats:
        raise Refusal("OUT_PER_NUM")


def spelled(office: Office, given: list[Entity]) -> list[Entity]:
    """Second posts as they are kept, of those in a body: what lacks the department or the post falls away."""
    name = office.switches.written_second_post
    return [
        {"deptId": int(each[name]), "postId": int(each["postId"]), "sortId": each.get("sortId") or 1}
        for each in given
        if each.get(name) is not None and each.get("postId") is not None
    ]


def second_posts(office: Office, wanted: Entity) -> list[Entity]:
    """The second posts that the vendor keeps of those given: what points out of the unit or nowhere falls away.

    Raises Refusal: one of them is the main post.
    """
    kept: list[Entity] = []
    for given in wanted["second_post"]:
        place = _place(office, wanted["orgAccountId"], given)
        if place is None or any(each["deptId"] == place[0] and each["postId"] == place[1] for each in kept):
            continue
        if place == (wanted["orgDepartmentId"], wanted["orgPostId"]):
            raise Refusal("MEMBER_REPEAT_POST")
        kept.append(given)
    return kept


def _place(office: Office, unit: int, given: Entity) -> tuple[int, int] | None:
    department, post = given["deptId"], given["postId"]
    held = (office.departments.get(department), office.posts.get(post))
    fits = all(each and each["enabled"] and not each["isDeleted"] and each["orgAccountId"] == unit for each in held)
    return (department, post) if fits else None


def _places(office: Office) -> tuple[tuple[dict[int, Entity], str, str], ...]:
    return (
        (office.departments, "orgDepartmentId", "DEPARTMENT"),
        (office.posts, "orgPostId", "POST"),
        (office.levels, "orgLevelId", "LEVEL"),
    )


def _stands(office: Office, wanted: Entity) -> None:
    """Department, post and level must be there, in the member's unit."""
    if wanted["orgAccountId"] not in office.units:
        raise Refusal("MEMBER_ACCOUNT_NOT_EXIST")
    for held, field, kind in _places(office):
        place = held.get(wanted[field])
        if place is None or place["isDeleted"] or place["orgAccountId"] != wanted["orgAccountId"]:
            raise Refusal(f"MEMBER_{kind}_NOT_EXIST")


def _own_login(office: Office, wanted: Entity, kept: Entity | None) -> None:
    """A login is one person's in the whole group."""
    holder = by_login(office, wanted["loginName"])
    buried = [] if office.switches.reuse_login else [each for each in office.members.values() if each["isDeleted"]]
    if (holder and holder is not kept) or any(each["loginName"] == wanted["loginName"] for each in buried):
        raise Refusal("PRINCIPAL_REPEAT_NAME")


def _own_code(office: Office, wanted: Entity, kept: Entity | None) -> None:
    same = (each for each in members_by_code(office, wanted["code"]) if each is not kept)
    if any(each["orgAccountId"] == wanted["orgAccountId"] for each in same):
        raise Refusal("MEMBER_REPEAT_CODE")
