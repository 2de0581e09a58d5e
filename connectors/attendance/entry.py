"""The platform's rows as what they say of an account. Of a face we read its number, never the picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.errors import Unreadable
from mappings.model import AccountState, Memberships, Presence

PERSON = frozenset({"personName", "jobNo"})
RIGHTS = "rights"
ORGANISATION = frozenset({"orgName", "parent"})
GRANTED = ("granted",)
DELETED = ("-1",)  # `status` of a person who is in 「已删除人员」


@dataclass(frozen=True, slots=True)
class Row:
    """A living person. `faces`: the numbers of the pictures kept."""

    person_id: str
    name: str
    job_no: str
    org: str
    faces: tuple[str, ...] = ()


def living(rows: list[Mapping[str, Any]]) -> list[Row]:
    """The persons of a list, without the deleted ones. Raises Unreadable."""
    return [row(each) for each in rows if text(each, "status") not in DELETED]


def row(told: Mapping[str, Any]) -> Row:
    """One person. Raises Unreadable where there is no personId, or faces are told in a way that is not understood."""
    if not text(told, "personId"):
        raise Unreadable("人员列表中有一行没有 personId")
    photos = told.get("personPhoto") or []
    photos = [photos] if isinstance(photos, Mapping) else photos
    if not isinstance(photos, list) or not all(isinstance(each, Mapping) for each in photos):
        raise Unreadable("平台给出的人脸（personPhoto）不成样子，不能断定有没有")
    faces = tuple(filter(None, (text(each, "personPhotoIndexCode") for each in photos)))
    return Row(text(told, "personId"), text(told, "personName"), text(told, "jobNo"), text(told, "orgIndexCode"), faces)


def text(told: Mapping[str, Any], name: str) -> str:
    """A value as text; what is missing or null is empty."""
    value = told.get(name)
    return "" if value is None else str(value)


def state_of_person(row: Row, rights: tuple[str, ...] | None = None) -> AccountState:
    """The account. `rights` None: they were not read."""
    attributes = {"personName": _values(row.name), "jobNo": _values(row.job_no)}
    return AccountState(
        key=row.job_no,
        presence=Presence.ACTIVE,
        attributes=attributes if rights is None else attributes | {RIGHTS: rights},
        memberships=Memberships(row.org or None),
        remote_id=row.person_id,
        name=row.name or row.person_id,
    )


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation. `parent` is empty where the platform names none."""

    code: str
    name: str
    parent: str


def organisation(told: Mapping[str, Any]) -> Organisation:
    """One organisation. Raises Unreadable where there is no orgIndexCode."""
    if not text(told, "orgIndexCode"):
        raise Unreadable("组织列表中有一行没有 orgIndexCode")
    parent = text(told, "parentOrgIndexCode") or text(told, "parentIndexCode")
    return Organisation(text(told, "orgIndexCode"), text(told, "orgName"), parent)


def state_of_organisation(found: Organisation, root: str) -> AccountState:
    """The account. Directly below our root the parent is spelled as nothing."""
    parent = () if found.parent in (root, "") else (found.parent,)
    return AccountState(
        key=found.code,
        presence=Presence.ACTIVE,
        attributes={"orgName": _values(found.name), "parent": parent},
        remote_id=found.code,
        name=found.name or found.code,
    )


def _values(value: str) -> tuple[str, ...]:
    return (value,) if value else ()
