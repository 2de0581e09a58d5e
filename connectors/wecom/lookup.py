"""Finds members and departments."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.errors import ConnectorError, Unreadable
from connectors.wecom import codes, members
from connectors.wecom.config import WecomConfig
from connectors.wecom.members import Member
from connectors.wecom.wire import Wire
from mappings.model import AccountState, Presence, Ref

USERID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-@.]{0,63}")  # doc 90195
ABSENT = frozenset({codes.NO_USER})
DEPARTMENT = frozenset({"name", "parentid"})


def get_member(wire: Wire, userid: str) -> Member | None:
    """The member with that userid, whatever its letter case; None only where the vendor says that there is none.

    A key that no userid can be spelled like is nobody's: the vendor would not say 60111 but that it is no userid.
    """
    if not USERID.fullmatch(userid):
        return None
    reply = wire.ask("user/get", {"userid": userid}, expected=ABSENT)
    return None if reply.code == codes.NO_USER else members.read(reply.fields)


def find_member(wire: Wire, ref: Ref) -> Member | None:
    """By the userid on record, else by the key."""
    known = get_member(wire, ref.remote_id) if ref.remote_id else None
    same = ref.remote_id is not None and ref.remote_id.casefold() == ref.key.casefold()
    return known if known is not None or same else get_member(wire, ref.key)


def holder_of(wire: Wire, code: int, wanted: Mapping[str, tuple[str, ...]]) -> str:
    """The userid of who has the phone or the mail that is taken; empty where the vendor does not tell."""
    mobile, email = (next(iter(wanted.get(name, ())), "") for name in ("mobile", "email"))
    try:
        if code == codes.MOBILE_TAKEN:
            reply = wire.ask("user/getuserid", body={"mobile": mobile})
        else:
            reply = wire.ask("user/get_userid_by_email", body={"email": email, "email_type": 2})
    except ConnectorError:
        return ""
    return str(reply.fields.get("userid", ""))


@dataclass(frozen=True, slots=True)
class Department:
    """A department (部门) as it was read. `parent` is 0 above the uppermost."""

    id: int
    name: str
    parent: int

    def state(self, key: str = "") -> AccountState:
        """The account of a Group. 政务微信 keeps no code of ours, so a key is only what one has looked for."""
        shown = {"name": (self.name,), "parentid": (str(self.parent),)}
        return AccountState(key, Presence.ACTIVE, shown, remote_id=str(self.id), name=self.name)


def get_department(wire: Wire, id: int) -> Department | None:
    """The department with that id; None only where the vendor says that there is none."""
    try:
        reply = wire.ask("department/get", {"id": id}, expected=codes.NO_DEPARTMENT)
    except codes.NotAllowed:
        return _in_list(wire, id)
    if reply.code != codes.OK:
        return None
    row = reply.fields.get("department")
    return department(row[0] if isinstance(row, list) and len(row) == 1 else row)


def _in_list(wire: Wire, id: int) -> Department | None:
    """The same in a release without department/get: the department's own row in the list of what is below it."""
    reply = wire.ask("department/list", {"id": id}, expected=codes.NO_DEPARTMENT)
    if reply.code != codes.OK:
        return None
    return next((each for each in map(department, rows(reply.fields, "department")) if each.id == id), None)


def find_department(wire: Wire, config: WecomConfig, ref: Ref) -> Department | None:
    """By its id; where only our own attempt to create it is on record, by what it was to be called, and where."""
    if ref.root:
        return get_department(wire, config.root_id)
    if ref.remote_id is not None:
        return get_department(wire, int(ref.remote_id)) if ref.remote_id.isdecimal() else None
    return named(wire, config, ref.sought) if ref.sought is not None else None


def named(wire: Wire, config: WecomConfig, wanted: AccountState) -> Department | None:
    """The department of that name under that parent: no two there have the same (60008)."""
    name, parent = next(iter(wanted.attributes.get("name", ())), ""), parent_of(config, wanted)
    below = below_department(wire, parent)
    return next((each for each in below if each.parent == parent and each.name == name), None)


def parent_of(config: WecomConfig, wanted: AccountState) -> int:
    """Under which department it is to be."""
    given = wanted.attributes.get("parentid", ())
    return int(given[0]) if given else config.root_id


def below_department(wire: Wire, id: int) -> list[Department]:
    """That department and all below it; none where it is not there."""
    try:
        reply = wire.ask("department/list", {"id": id}, expected=codes.NO_DEPARTMENT)
        return [department(row) for row in rows(reply.fields, "department")] if reply.code == codes.OK else []
    except (codes.NotAllowed, _Nameless):
        each = (get_department(wire, one) for one in department_ids(wire, id))
        return [one for one in each if one is not None]


def department_ids(wire: Wire, id: int) -> dict[int, int]:
    """The same as id -> id of the parent, from the call that tells nothing else (doc 95350). Raises Unreadable."""
    try:
        reply = wire.ask("department/simplelist", {"id": id}, expected=codes.NO_DEPARTMENT)
        listed = rows(reply.fields, "department_id") if reply.code == codes.OK else []
    except codes.NotAllowed:
        reply = wire.ask("department/list", {"id": id}, expected=codes.NO_DEPARTMENT)
        listed = rows(reply.fields, "department") if reply.code == codes.OK else []
    return {_int(row, "id"): _int(row, "parentid") for row in listed}


class _Nameless(Unreadable):
    """A list that has shrunk to ids, as it does for addresses registered since 2022."""


def department(row: object) -> Department:
    """A department from its row. Raises Unreadable."""
    if not isinstance(row, dict):
        raise Unreadable("政务微信的部门不成样子")
    if not isinstance(row.get("name"), str) or not row["name"]:
        raise _Nameless("政务微信没有给出部门名称")
    return Department(_int(row, "id"), row["name"], _int(row, "parentid"))


def rows(fields: Mapping[str, Any], name: str) -> list[Any]:
    """The rows of a list. Raises Unreadable where it is not there: that is never "nobody"."""
    listed = fields.get(name)
    if not isinstance(listed, list):
        raise Unreadable(f"政务微信的回答中没有 {name}")
    return listed


def _int(row: object, name: str) -> int:
    value = row.get(name) if isinstance(row, dict) else None
    if type(value) is not int:
        raise Unreadable(f"政务微信的部门没有 {name}")
    return value
