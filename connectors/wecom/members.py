"""A member (成员) of 政务微信: how its fields read, and how our attributes are written (docs 90196, 90197)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.errors import Unreadable
from connectors.wecom.config import WecomConfig
from mappings.model import AccountState, Memberships, Presence

PERSON = frozenset({"name", "position", "mobile", "email"})
USERID = "userid"  # read, to recognise whose an account is; chosen at its creation and never changed
WRITTEN_ONLY = frozenset({"mobile", "email"})
NEVER_EMPTY = ("name", "mobile", "email")

STATUSES: Mapping[int, Presence] = {
    1: Presence.ACTIVE,
    4: Presence.ACTIVE,  # never activated: the door is open, nobody has gone through yet
    2: Presence.LOCKED,
    5: Presence.LOCKED,  # has left the corp by himself: the seat is there, nobody can log in with it
}
DISABLED, NEVER_USED, LEFT = 2, 4, 5


@dataclass(frozen=True, slots=True)
class Place:
    """A department that a member is in. `order` and `leader` are None where they were not shown."""

    department: int
    order: int | None = None
    leader: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member as it was read. `main`: the primary department; `fields`: as they came."""

    userid: str
    status: int
    main: int | None
    places: tuple[Place, ...]
    fields: Mapping[str, Any]

    @property
    def departments(self) -> frozenset[int]:
        """The ids of its departments."""
        return frozenset(each.department for each in self.places)


def read(fields: Mapping[str, Any]) -> Member:
    """A member from the fields of user/get or user/list. Raises Unreadable where one cannot tell who or how it is."""
    userid, status = fields.get("userid"), fields.get("status")
    if not isinstance(userid, str) or not userid:
        raise Unreadable("政务微信的成员没有 userid")
    if type(status) is not int or status not in STATUSES:
        raise Unreadable(f"政务微信没有说明成员是否启用（status 为 {status!r}）")
    departments = _ints(fields.get("department"))
    orders, leaders = _ints(fields.get("order")), _ints(fields.get("is_leader_in_dept"))
    places = tuple(
        Place(department, _at(orders, place, len(departments)), _at(leaders, place, len(departments)))
        for place, department in enumerate(departments)
    )
    main = fields.get("main_department")
    first = departments[0] if departments else None
    return Member(userid, status, main if main in departments else first, places, fields)


def shows_status(fields: Mapping[str, Any]) -> bool:
    """Whether a row of a list tells enough, or the member has to be asked for."""
    return type(fields.get("status")) is int and isinstance(fields.get("department"), list)


def state(member: Member, config: WecomConfig, key: str | None = None) -> AccountState:
    """The account. `key`: of whom it was looked up for, where it answers to that in another letter case."""
    answers = key is not None and key.casefold() == member.userid.casefold()
    others = member.departments - ({member.main} if member.main is not None else set())
    return AccountState(
        key=key if answers and key else member.userid,
        presence=STATUSES[member.status],
        attributes=attributes(member.fields, config),
        memberships=Memberships(
            None if member.main is None else str(member.main), frozenset(str(each) for each in others)
        ),
        remote_id=member.userid,
        name=member.userid,
    )


def attributes(fields: Mapping[str, Any], config: WecomConfig) -> dict[str, tuple[str, ...]]:
    """The attributes that were shown. What the vendor withholds is missing: it was not read."""
    shown = ("name", "position", *(WRITTEN_ONLY if config.readable else ()))
    texts = {name: fields[name] for name in shown if isinstance(fields.get(name), str)}
    read: dict[str, tuple[str, ...]] = {name: (text,) if text else () for name, text in texts.items()}
    read[USERID] = (str(fields.get(USERID)),)
    if "mobile" in read:
        read["mobile"] = tuple(plain_number(each) for each in read["mobile"])
    if config.direct_leader and isinstance(fields.get("direct_leader"), list):
        read["direct_leader"] = tuple(str(each) for each in fields["direct_leader"])
    if config.extattr and isinstance(fields.get("extattr"), dict):
        have = _texts(fields)
        read["extattr"] = tuple(f"{name}={have[name]}" for name in sorted(config.extattr) if have.get(name))
    return read


def managed(config: WecomConfig) -> frozenset[str]:
    """The attributes of a person that are written there, and the userid."""
    leader = {"direct_leader"} if config.direct_leader else set()
    return PERSON | {USERID} | leader | ({"extattr"} if config.extattr else set())


def body(wanted: Mapping[str, tuple[str, ...]], config: WecomConfig, member: Member | None = None) -> dict[str, Any]:
    """Our attributes as fields of a create or an update. A phone or a mail is never sent empty (S2)."""
    fields: dict[str, Any] = {}
    for name, values in wanted.items():
        if name == "direct_leader" and config.direct_leader:
            fields[name] = list(values[:1])
        elif name == "extattr" and config.extattr:
            fields[name] = {"attrs": _attrs(values, config, member)}
        elif name in PERSON and (values or name not in NEVER_EMPTY):
            fields[name] = values[0] if values else ""
    return fields


def plain_number(number: str) -> str:
    """A mobile number as it is compared: +86 goes without saying."""
    digits = re.sub(r"[\s()]", "", number)
    home = re.fullmatch(r"(?:\+86|0086)?(1[0-9]{10})", digits.replace("-", ""))
    return home[1] if home else digits


def _attrs(values: tuple[str, ...], config: WecomConfig, member: Member | None) -> list[Mapping[str, Any]]:
    """All extended attributes: ours as wanted, others as they were."""
    kept = [each for each in _raw(member.fields if member else {}) if each.get("name") not in config.extattr]
    texts = dict(value.partition("=")[::2] for value in values)
    return kept + [{"type": 0, "name": name, "text": {"value": texts.get(name, "")}} for name in config.extattr]


def _texts(fields: Mapping[str, Any]) -> dict[str, str]:
    return {str(each.get("name")): _text(each) for each in _raw(fields)}


def _text(attr: Mapping[str, Any]) -> str:
    text = attr.get("text")
    value = text.get("value") if isinstance(text, dict) else attr.get("value")
    return value if isinstance(value, str) else ""


def _raw(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    extattr = fields.get("extattr")
    attrs = extattr.get("attrs") if isinstance(extattr, dict) else None
    return [each for each in attrs if isinstance(each, dict)] if isinstance(attrs, list) else []


def _ints(value: object) -> list[int]:
    return [each for each in value if type(each) is int] if isinstance(value, list) else []


def _at(values: list[int], place: int, length: int) -> int | None:
    return values[place] if len(values) == length else None
