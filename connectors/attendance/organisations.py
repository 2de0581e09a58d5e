"""Organisations made, renamed and deleted. Their code is the department's code, for ever."""

from typing import Any

from connectors.attendance import api
from connectors.attendance.codes import Sort, outcome_of_refusal
from connectors.attendance.entry import Organisation, living, organisation
from connectors.attendance.place import Place
from connectors.attendance.removal import failures
from connectors.attendance.together import Errand
from connectors.attendance.wire import listed, total
from mappings.model import AlreadySo, Done, Operation, Outcome, Pending, Refused, Retry

WAIT = 60.0  # seconds between two looks whether a department is empty
ROOT = Refused("root", "平台的根组织不新建、不更名、不删除")
UNMOVABLE = "平台的接口不能把组织移到另一上级之下：请在平台的组织管理中将「{name}」移到「{parent}」之下，随后重试"


def create(place: Place, operation: Operation) -> Errand[Outcome]:
    """Adds an organisation under its parent, with the department's code."""
    wanted, ref = operation.after, operation.ref
    assert wanted is not None, "a create says what to create"
    if (yield from place.organisation(ref.key)) is not None:
        return AlreadySo()
    parent = yield from _parent(place, wanted.attributes)
    name = wanted.attributes.get("orgName", ())
    if not name:
        return Refused("empty", "组织名称不能为空")
    if parent is None or (yield from place.organisation(parent)) is None:
        return Retry("上级部门在考勤平台上还没有，稍后再建")
    body = [{"clientId": 1, "orgIndexCode": ref.key, "orgName": name[0], "parentIndexCode": parent}]
    failed = failures((yield from place.write(api.ORG_ADD, body)), api.ORG_ADD)
    return outcome_of_refusal(failed) if failed else Done()


def update(place: Place, found: Organisation, operation: Operation) -> Errand[Outcome]:
    """Renames it; a new parent only where the platform takes one."""
    wanted = operation.after
    assert wanted is not None, "an update says what to write"
    name = (wanted.attributes.get("orgName") or (found.name,))[0]
    parent = (yield from _parent(place, wanted.attributes)) if "parent" in wanted.attributes else found.parent
    moves = parent not in (None, found.parent)
    if not moves and name == found.name:
        return AlreadySo()
    body: dict[str, Any] = {"orgIndexCode": found.code, "orgName": name}
    if moves and place.config.move_organisations:
        body["parentIndexCode"] = parent
    if name != found.name or "parentIndexCode" in body:
        yield from place.write(api.ORG_UPDATE, body)
    if moves and not place.config.move_organisations:
        above = yield from _name(place, parent)
        return Refused("no-move", UNMOVABLE.format(name=name, parent=above))
    return Done()


def remove(place: Place, found: Organisation) -> Errand[Outcome]:
    """Deletes it once nobody and nothing is in it."""
    held = yield from _held(place, found)
    if held:
        return Pending(WAIT, f"组织内仍有{held}")
    failed = failures((yield from place.write(api.ORG_DELETE, {"indexCodes": [found.code]})), api.ORG_DELETE)
    if failed is not None and failed.sort is not Sort.ABSENT:
        return outcome_of_refusal(failed)
    left = yield from place.organisation(found.code)
    return Done() if left is None else Retry("平台接受了删除，但组织仍在", after=WAIT)


def _held(place: Place, found: Organisation) -> Errand[str]:
    page = {"pageNo": 1, "pageSize": place.config.page_size}
    nothing = {"list": [], "total": 0}
    below = yield from place.read(api.SUB_ORGS, {"parentOrgIndexCode": found.code, **page}, nothing)
    children = [each for each in map(organisation, listed(below)) if each.code != found.code]
    if children:
        return f" {max(len(children), total(below))} 个下级组织"
    inside = yield from place.read(api.ORG_PERSONS, {"orgIndexCode": found.code, **page}, nothing)
    people = living(listed(inside))
    return f" {max(len(people), total(inside))} 名人员" if people else ""


def _parent(place: Place, attributes: Any) -> Errand[str | None]:
    """The code of the parent asked for; None where it is not known yet."""
    if "parent" not in attributes:
        return None
    return attributes["parent"][0] if attributes["parent"] else (yield from place.rooted())


def _name(place: Place, code: str | None) -> Errand[str]:
    found = (yield from place.organisation(code)) if code else None
    return found.name if found else str(code)
