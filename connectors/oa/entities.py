"""The OA's entities as they are read: ids, lists that may be no lists, and what is deleted though it is still shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.errors import Unreadable

Entity = dict[str, Any]
DEPARTMENT_NAMES = ("deptId", "depId", "departmentId")  # how builds call the department of a second post


def id_of(value: object) -> str:
    """An id as a decimal string; "" where there is none. Raises Unreadable where it was made a fraction on its way."""
    if isinstance(value, bool) or value is None or value == "":
        return ""
    text = str(value)
    if isinstance(value, int | str) and text.removeprefix("-").isascii() and text.removeprefix("-").isdigit():
        return text
    raise Unreadable("OA给出的编号不是整数")


def number(id: str) -> int:
    """An id as the OA takes it."""
    return int(id)


def is_id(text: str | None) -> bool:
    """Whether a text can be an id."""
    return bool(text) and str(text).isascii() and str(text).removeprefix("-").isdigit()


def entities(said: Any, deleted: bool = False) -> list[Entity]:
    """What a read has found: one entity, a list of them, or nothing. Raises Unreadable.

    `deleted`: with those that are deleted and still shown.
    """
    if said is None or said == "":
        return []
    found = said if isinstance(said, list) else [said]
    if not all(isinstance(each, dict) for each in found):
        raise Unreadable("OA的回答里不是所要的对象")
    there = [each for each in found if each]
    if not all(id_of(each.get("id")) for each in there):
        raise Unreadable("OA的回答里有没有编号的对象")
    return there if deleted else there_of(there)


def there_of(found: list[Entity]) -> list[Entity]:
    """Without those that are deleted."""
    return [each for each in found if each.get("isDeleted") is not True]


def one(said: Any, id: str) -> Entity | None:
    """The entity of that id; None when it is not there. Raises Unreadable where another one was given."""
    found = entities(said)
    if not found:
        return None
    if [id_of(each["id"]) for each in found] != [id]:
        raise Unreadable("OA给出的不是所问的对象")
    return found[0]


def text_of(entity: Mapping[str, Any], name: str) -> str:
    """A text of an entity, or of its properties; "" where there is none."""
    value = entity.get(name)
    return value if isinstance(value, str) else "" if value is None else str(value)


def properties(member: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the OA keeps beside the fields of a member."""
    found = member.get("properties")
    return found if isinstance(found, dict) else {}


def second_department(entry: Mapping[str, Any]) -> str:
    """The department of a second post, "" where it names none."""
    return next((id_of(entry[name]) for name in DEPARTMENT_NAMES if entry.get(name) is not None), "")


def entries(member: Mapping[str, Any], name: str) -> Sequence[Entity]:
    """A list inside a member. Raises Unreadable where it is something else."""
    found = member.get(name) or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Unreadable(f"OA给出的 {name} 不是列表")
    return found
