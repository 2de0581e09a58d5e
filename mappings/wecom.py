"""What 政务微信 (WeCom) must show of a person and of a department (S1, S11).

userid is the key, for ever: it is observed, to recognise whose an account is, and never desired, since it cannot be
changed and an adopted account keeps its own. A person lives in one department and may be in further ones. Phone and
mail come here, where the vendor needs one of them; case facts never do. Phone and mail are read back only where the
vendor shows them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mappings.correlate import Identity
from mappings.desired import Desired
from mappings.due import Due, due
from mappings.model import (
    AccountState,
    Department,
    Memberships,
    Org,
    Person,
    Presence,
    Ref,
)
from mappings.naming import fold, values
from mappings.plain import BECAUSE, NO_GROUP, group_presence
from mappings.terms import TERMS, Terms

PERSON_ATTRIBUTES = frozenset({"name", "position", "mobile", "email", "direct_leader", "extattr"})
GROUP_ATTRIBUTES = frozenset({"name", "parentid"})
MANAGED = PERSON_ATTRIBUTES | GROUP_ATTRIBUTES
IDENTITY = Identity(login="userid", mail="email", mobile="mobile", name="name", title="name", parent="parentid")
ROOT = "root"

USERID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-@.]{0,63}")  # doc 90195: 1 to 64 bytes
USERID_RULE = "1 至 64 位字母、数字和 _-@.，首位须为字母或数字"
NOWHERE = "没有部门，也没有设默认部门（default_department），政务微信不能开户"
MOBILE = re.compile(r"\+?[0-9][0-9-]{0,30}")
EMAIL = re.compile(r"[!-?A-~]+@[!-?A-~]+")  # printable ASCII, 6 to 64 bytes
HOME_NUMBER = re.compile(r"(?:\+86|0086)?(1[0-9]{10})")
FORBIDDEN = frozenset('\\:*?"<>|')  # in the name of a department (doc 90205)
LONGEST_NAME, LONGEST_POSITION = 64, 128  # characters
SOURCES: Mapping[str, Callable[[Person], str]] = {
    "key": lambda person: person.key,
    "user_name": lambda person: person.user_name,
    "title": lambda person: person.title,
}


@dataclass(frozen=True, slots=True)
class WecomTerms:
    """`extattr`: extended attributes (扩展属性) by name, and what of the person each is filled with."""

    extattr: Mapping[str, str] = field(default_factory=dict)


DEFAULTS = WecomTerms()


def desired(person: Person, day: str, org: Org, terms: Terms = TERMS) -> Desired:
    """The account of one person on one ISO day."""
    found = due(person, day, org, terms)
    there = found.presence is not Presence.REMOVED
    own = terms.own if isinstance(terms.own, WecomTerms) else DEFAULTS
    primary = None if found.left else found.primary or terms.default_department
    memberships = Memberships(primary, found.departments - {primary})
    return Desired(
        AccountState(person.key, found.presence, _attributes(person, found.position, own), memberships),
        found.reason,
        found.because,
        f"userid={fold(person.key)}",
        spell=found.spell,
        review_on=found.review_on,
        department=found.bureau(org),
        urgent=found.urgent,
        kept=found.kept,
        unfit=_unfit(person, found, primary) if there else None,
    )


def desired_group(department: Department, day: str, org: Org, parent: Ref | None, terms: Terms = TERMS) -> Desired:
    """One department. `parent` is the account of the parent department, once it is there; a plain Group is nothing."""
    if department.code is None:
        return Desired(AccountState(department.key, Presence.REMOVED), NO_GROUP, BECAUSE)
    presence, reason = group_presence(department)
    attributes: dict[str, tuple[str, ...]] = {}
    if department.kind != ROOT:
        attributes["name"] = values(department.name)
        attributes |= {"parentid": (parent.remote_id,)} if parent and parent.remote_id else {}
    unfit = _unfit_name(department.name) if attributes and presence is Presence.ACTIVE else None
    return Desired(AccountState(department.key, presence, attributes), reason, BECAUSE, unfit=unfit)


def _attributes(person: Person, position: str, own: WecomTerms) -> dict[str, tuple[str, ...]]:
    leader = person.manager.remote_id if person.manager else None
    reached = {"mobile": mobile_number(person.mobile), "email": person.mail}  # what is missing is left alone (S2)
    filled = ((name, SOURCES[source](person)) for name, source in sorted(own.extattr.items()))
    return {
        "name": values(_name(person)),
        "position": values(position),
        "direct_leader": values(leader or ""),
        **{name: (value,) for name, value in reached.items() if value.strip()},
        **({"extattr": tuple(f"{name}={value}" for name, value in filled if value)} if own.extattr else {}),
    }


def _name(person: Person) -> str:
    return next((each for each in (person.formatted, person.display_name, person.user_name) if each.strip()), "")


def mobile_number(number: str) -> str:
    """A mobile number as it is written there: digits, + and -; the country code of home goes without saying."""
    digits = re.sub(r"[\s()]", "", number)
    home = HOME_NUMBER.fullmatch(digits.replace("-", ""))
    return home[1] if home else digits


def _unfit(person: Person, found: Due, primary: str | None) -> str | None:
    """Why such an account cannot be. A phone is never named."""
    name, number = _name(person), mobile_number(person.mobile)
    faults = (
        (not USERID.fullmatch(person.key), f"编号「{person.key}」不能作 userid：{USERID_RULE}"),
        (len(name) > LONGEST_NAME, f"姓名「{name}」超过 {LONGEST_NAME} 个字"),
        (len(found.position) > LONGEST_POSITION, f"职务「{found.position}」超过 {LONGEST_POSITION} 个字"),
        (bool(number) and not MOBILE.fullmatch(number), "手机号不合规则（只能有数字、+ 和 -，至多 32 位）"),
        (bool(person.mail) and not _fits_mail(person.mail), "邮箱不合规则（6 至 64 位 ASCII 字符）"),
        (not number and not person.mail, "手机号和邮箱都没有，政务微信至少要有一个"),
        (primary is None and found.presence is Presence.ACTIVE, NOWHERE),
    )
    return next((text for wrong, text in faults if wrong), None)


def _fits_mail(mail: str) -> bool:
    return 6 <= len(mail) <= 64 and EMAIL.fullmatch(mail) is not None


def _unfit_name(name: str) -> str | None:
    if not name.strip() or len(name) > LONGEST_NAME:
        return f"部门名称「{name}」不是 1 至 {LONGEST_NAME} 个字"
    found = sorted(FORBIDDEN & set(name))
    return f"部门名称「{name}」含有政务微信不允许的字符 {' '.join(found)}" if found else None
