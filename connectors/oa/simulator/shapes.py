"""The fields of each entity and what each may hold. What is not here is an unknown field."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.oa.simulator.answers import Refusal
from connectors.oa.simulator.ids import is_id

Entity = dict[str, Any]
Check = Callable[[Any], bool]


def text(value: Any) -> bool:
    """A string."""
    return isinstance(value, str)


def number(value: Any) -> bool:
    """An integer that is not an id."""
    return isinstance(value, int) and not isinstance(value, bool)


def flag(value: Any) -> bool:
    """true or false."""
    return isinstance(value, bool)


def anything(_: Any) -> bool:
    """What reads give and writes pass over."""
    return True


def gender(value: Any) -> bool:
    """1 male, 2 female; -1 unknown; as digits or as a number."""
    return str(value) in {"1", "2", "-1", ""}


def properties(value: Any) -> bool:
    """The contact data of a member."""
    return isinstance(value, dict) and all(
        name in PROPERTIES and (held is None or PROPERTIES[name](held)) for name, held in value.items()
    )


def second_posts(value: Any) -> bool:
    """A list of department and post."""
    return isinstance(value, list) and all(_second_post(each) for each in value)


def _second_post(value: Any) -> bool:
    return isinstance(value, dict) and all(
        name in SECOND_POST and (held is None or SECOND_POST[name](held)) for name, held in value.items()
    )


PROPERTIES: Mapping[str, Check] = {
    "telnumber": text,
    "emailaddress": text,
    "officenumber": text,
    "gender": gender,
    "birthday": lambda value: number(value) or value == "",
    **dict.fromkeys(("address", "postalcode", "extPostLevel", "website", "blog", "imageid"), text),
}

SECOND_POST: Mapping[str, Check] = {
    **dict.fromkeys(("deptId", "depId", "postId", "orgAccountId", "memberId", "levelId", "id"), is_id),
    "type": text,
    "sortId": number,
}

COMMON: Mapping[str, Check] = {
    "id": is_id,
    "orgAccountId": is_id,
    "name": text,
    "code": text,
    "sortId": number,
    "enabled": flag,
    "description": text,
    **dict.fromkeys(("isDeleted", "status", "createTime", "updateTime", "valid", "entityType"), anything),
}

DEPARTMENT: Mapping[str, Check] = {
    **COMMON,
    "superior": is_id,
    "shortName": text,
    "secondName": text,
    "isInternal": flag,
    "levelScope": number,
    "properties": lambda value: isinstance(value, dict),
    **dict.fromkeys(("path", "isGroup", "type"), anything),
}

POST: Mapping[str, Check] = {**COMMON, "typeId": number}

LEVEL: Mapping[str, Check] = {**COMMON, "levelId": number, "groupLevelId": is_id}

MEMBER: Mapping[str, Check] = {
    **COMMON,
    **dict.fromkeys(("orgDepartmentId", "orgPostId", "orgLevelId"), is_id),
    "loginName": text,
    "password": text,
    "state": lambda value: value in (1, 2) and number(value),
    **dict.fromkeys(("isInternal", "isLoginable", "isVirtual", "isAssigned"), flag),
    "type": number,
    "properties": properties,
    "second_post": second_posts,
    "del_second_post": lambda value: value in ("true", "false"),
    **dict.fromkeys(("concurrent_post", "isAdmin", "isValid", "telNumber", "emailAddress"), anything),
    **dict.fromkeys(("officeNum", "birthday", "gender"), anything),
}

SHAPES = {"MEMBER": MEMBER, "DEPARTMENT": DEPARTMENT, "POST": POST, "LEVEL": LEVEL}
IDS = frozenset(name for shape in SHAPES.values() for name, check in shape.items() if check is is_id)


def checked(kind: str, body: Any) -> Entity:
    """The fields of a body that hold something, ids as numbers. Raises Refusal by the name of what is wrong."""
    shape = SHAPES[kind]
    if not isinstance(body, dict):
        raise Refusal(f"{kind}_INVALID_FIELD", body=True)
    if not body.keys() <= shape.keys():
        raise Refusal(f"{kind}_UNKNOWN_FIELD", body=True)
    held = {name: value for name, value in body.items() if value is not None}
    if not all(shape[name](value) for name, value in held.items()):
        raise Refusal(f"{kind}_INVALID_FIELD", body=True)
    written = {name: value for name, value in held.items() if shape[name] is not anything}
    return {name: int(value) if name in IDS else value for name, value in written.items()}
