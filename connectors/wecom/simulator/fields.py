"""The fields of a member: their JSON types, and what their values may be (document/path/90195, 90331).

A field of the wrong JSON type is left out and the call goes on, with a warning in errmsg: that is the vendor's way.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeGuard

from connectors.wecom.simulator.answers import Failure
from connectors.wecom.simulator.state import Member, World

MOST_DEPARTMENTS = 100
MOST_LEADERS = 5
_USERID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-@.]{0,63}")
_MOBILE = re.compile(r"\+?[0-9][0-9 \-]{0,30}[0-9]")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_TELEPHONE = re.compile(r"[0-9\-,]{0,32}")


def is_int(value: Any, low: int = 0, high: int = 2**32 - 1) -> TypeGuard[int]:
    """A JSON integer within bounds, and no boolean."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def ints(value: Any, high: int = 2**32 - 1) -> bool:
    """A list of integers within bounds."""
    return isinstance(value, list) and all(is_int(each, high=high) for each in value)


def texts(value: Any) -> bool:
    """A list of texts."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _object(value: Any) -> bool:
    return isinstance(value, dict)


TYPES: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "name": _text,
        "alias": _text,
        "mobile": _text,
        "department": ints,
        "order": ints,
        "position": _text,
        "gender": lambda value: value in ("0", "1", "2"),
        "email": _text,
        "biz_mail": _text,
        "telephone": _text,
        "is_leader_in_dept": lambda value: ints(value, 1),
        "direct_leader": texts,
        "enable": lambda value: is_int(value, 0, 1),
        "avatar_mediaid": _text,
        "address": _text,
        "main_department": is_int,
        "extattr": lambda value: isinstance(value, dict) and isinstance(value.get("attrs"), list),
        "to_invite": lambda value: isinstance(value, bool),
        "external_position": _text,
        "external_profile": _object,
        "nickname": _text,
        "new_userid": _text,
    }
)

# those that are kept as they were given
PLAIN = frozenset(
    {"alias", "mobile", "position", "gender", "email", "biz_mail", "telephone", "address", "direct_leader"}
) | {"external_position"}


def read(world: World, body: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """The fields that are known and of their type, and whether there is a warning about others."""
    known = {key: value for key, value in body.items() if key in TYPES and key not in world.corp.absent_fields}
    world.dropped |= body.keys() - TYPES.keys() - {"userid"}
    given = {key: value for key, value in known.items() if TYPES[key](value)}
    return given, len(given) < len(known)


def check_userid(userid: Any) -> str:
    """A userid that may be created. Raises Failure 41009, 40003."""
    if userid is None or userid == "":
        raise Failure(41009)
    if not isinstance(userid, str) or not _USERID.fullmatch(userid):
        raise Failure(40003)
    return userid


def check(world: World, given: Mapping[str, Any], member: Member | None, at: float) -> None:
    """Raises the Failure of the first field that cannot be. `member`: who has it now; None: who will is new."""
    if "name" in given and not 1 <= len(given["name"]) <= 64:
        raise Failure(60112)
    if "department" in given:
        _check_departments(world, given["department"], at)
    _check_arrays(given, given.get("department") or (member.department if member else []))
    for key, code, fits in _FITTING:
        if given.get(key) and not fits(given[key]):
            raise Failure(code)
    _check_mail_domain(world, given)
    _check_unique(world, given, member)
    _check_leaders(world, given)
    if "new_userid" in given:
        raise Failure(301036)
    left = {**(member.fields if member else {}), **given}
    if not left.get("mobile") and not left.get("email"):
        raise Failure(60129)


def _short(most: int) -> Callable[[str], bool]:
    return lambda value: len(value) <= most


def _mail(value: str) -> bool:
    return 6 <= len(value.encode()) <= 64 and _MAIL.fullmatch(value) is not None


_FITTING: tuple[tuple[str, int, Callable[[str], bool]], ...] = (
    ("alias", 40058, _short(64)),
    ("mobile", 60103, lambda value: _MOBILE.fullmatch(value) is not None),
    ("position", 301012, _short(128)),
    ("telephone", 301013, lambda value: _TELEPHONE.fullmatch(value) is not None),
    ("address", 40058, _short(128)),
    ("external_position", 40058, _short(12)),
    ("email", 60105, _mail),
    ("biz_mail", 60143, _mail),
)


def _check_departments(world: World, department: list[int], at: float) -> None:
    if not department:
        raise Failure(60127)
    if len(department) > MOST_DEPARTMENTS:
        raise Failure(60110)
    if len(set(department)) != len(department):
        raise Failure(40066)
    for number in department:
        if at - world.department(number, 60123).born < world.corp.settling:
            raise Failure(60123)


def _check_arrays(given: Mapping[str, Any], department: list[int]) -> None:
    if "department" in given and "order" in given and len(given["order"]) != len(department):
        raise Failure(40058)
    if "department" in given and "is_leader_in_dept" in given and len(given["is_leader_in_dept"]) != len(department):
        raise Failure(60132)
    if "main_department" in given and given["main_department"] not in department:
        raise Failure(60123)


def _check_mail_domain(world: World, given: Mapping[str, Any]) -> None:
    address = given.get("biz_mail")
    if address and not address.casefold().endswith(f"@{world.corp.mail_domain}"):
        raise Failure(81015)


def _check_unique(world: World, given: Mapping[str, Any], member: Member | None) -> None:
    own = member.userid.casefold() if member else None
    for key, code in (("mobile", 60104), ("email", 60106), ("biz_mail", 60145)):
        if given.get(key) and world.holder(key, given[key]) not in (None, own):
            raise Failure(code)


def _check_leaders(world: World, given: Mapping[str, Any]) -> None:
    if len(given.get("direct_leader", ())) > MOST_LEADERS:
        raise Failure(60257)
    for userid in given.get("direct_leader", ()):
        world.member(userid)


def write(world: World, member: Member, given: Mapping[str, Any]) -> None:
    """Writes fields that have been checked."""
    member.name = given.get("name", member.name)
    if "department" in given:
        world.move(member, list(given["department"]))
        member.order = list(given.get("order", member.order))
        member.leader = list(given.get("is_leader_in_dept", member.leader))
    member.main = given.get("main_department", member.main)
    for key in given.keys() & PLAIN:
        world.set_field(member, key, given[key])
    if "enable" in given:
        member.enabled = given["enable"] == 1
    for attr in given.get("extattr", {}).get("attrs", ()):
        _write_attr(world, member, attr)


def _write_attr(world: World, member: Member, attr: Any) -> None:
    """An attribute that the administrator has not made is dropped without a word."""
    name = attr.get("name") if isinstance(attr, dict) else None
    if isinstance(name, str) and name in world.corp.extattrs:
        member.extattr[name] = {key: attr[key] for key in ("type", "name", "text", "web") if key in attr}
    else:
        world.dropped.add("extattr")
