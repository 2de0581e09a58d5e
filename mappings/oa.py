"""What the OA (致远 Seeyon) must show of a person and of a department (S1, S11).

A person lives in one department, which lies in a unit (单位); a post (岗位) and a level (职务级别) are
spelled as the configuration spells them, and so the connector spells them back. A phone or mail that the roster
does not have is not managed: an empty one is never sent (S2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mappings.correlate import Identity
from mappings.desired import Desired
from mappings.due import due
from mappings.model import (
    AccountState,
    Department,
    Memberships,
    Org,
    Person,
    Presence,
    Reason,
    Ref,
)
from mappings.naming import fold, values
from mappings.plain import (
    ARTICLE,
    BECAUSE,
    group_presence,
)
from mappings.terms import TERMS, Terms

PERSON_ATTRIBUTES = frozenset({"loginName", "name", "code", "post", "level", "telnumber", "emailaddress"})
GROUP_ATTRIBUTES = frozenset({"name", "code", "superior", "kind"})
MANAGED = PERSON_ATTRIBUTES | GROUP_ATTRIBUTES
LOGIN = "loginName"
IDENTITY = Identity(
    staff="code",
    login=LOGIN,
    mail="emailaddress",
    mobile="telnumber",
    name="name",
    code="code",
    title="name",
    parent="superior",
)

ROOT = "root"
UNIT, DEPARTMENT = "unit", "department"  # values of `kind`
NO_PLAIN_GROUP = Reason(ARTICLE, "政务OA只设部门，不设普通的组")
NOT_IN_A_PATH = "/\\%;?#"  # a code is part of an address of the OA; its server refuses these, encoded or not


@dataclass(frozen=True, slots=True)
class OaTerms:
    """Of the configuration, what the mapping must know.

    `positions`: text of the roster's position -> (post, level), an empty one meaning the default. `unit_kinds`:
    Groups of these kinds are units of their own.
    """

    default_post: str = ""
    default_level: str = ""
    positions: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    unit_kinds: frozenset[str] = frozenset()

    def place(self, position: str) -> tuple[str, str]:
        """The post and the level of somebody in that position."""
        post, level = self.positions.get(position.strip(), ("", ""))
        return post or self.default_post, level or self.default_level

    def holds_people(self, department: Department) -> bool:
        """Whether somebody may be a member of it: not of a unit itself, which the root is too."""
        return department.kind != ROOT and department.kind not in self.unit_kinds


DEFAULTS = OaTerms()


def desired(person: Person, day: str, org: Org, terms: Terms = TERMS) -> Desired:
    """The account of one person on one ISO day."""
    found = due(person, day, org, terms)
    home = found.placed(org, terms)
    memberships = Memberships(home.key, found.departments - {home.key}) if home else Memberships()
    attributes = _attributes(person, found.position, home, _own(terms))
    unfit = _unfit(person, home, memberships, org, terms) if found.presence is Presence.ACTIVE else None
    return Desired(
        AccountState(person.key, found.presence, attributes, memberships),
        found.reason,
        found.because,
        f"login={fold(person.user_name)}",
        spell=found.spell,
        review_on=found.review_on,
        department=found.bureau(org),
        urgent=found.urgent,
        kept=found.kept,
        unfit=unfit,
    )


def desired_group(department: Department, day: str, org: Org, parent: Ref | None, terms: Terms = TERMS) -> Desired:
    """The department, or the unit, of one Group. `parent`: its parent's account, once that is there."""
    presence, reason = group_presence(department)
    if department.code is None:
        presence, reason = Presence.REMOVED, NO_PLAIN_GROUP
    attributes = {} if department.kind == ROOT else _group_attributes(department, parent, _own(terms))
    state = AccountState(department.key, presence, attributes)
    unfit = _unfit_code(department.key) if presence is Presence.ACTIVE and attributes else None
    return Desired(state, reason, BECAUSE, login=f"code={fold(department.key)}", unfit=unfit)


def _group_attributes(department: Department, parent: Ref | None, own: OaTerms) -> dict[str, tuple[str, ...]]:
    """A unit's superior is the OA's own affair, and so is that of a department which the roster puts under none."""
    unit = department.kind in own.unit_kinds
    kind = UNIT if unit else DEPARTMENT
    attributes = {"name": values(department.name), "code": values(department.key), "kind": values(kind)}
    if not unit and department.parent is not None:
        attributes["superior"] = values((parent.remote_id if parent else None) or "")
    return attributes


def _attributes(person: Person, position: str, home: Department | None, own: OaTerms) -> dict[str, tuple[str, ...]]:
    attributes: dict[str, tuple[str, ...]] = {
        "loginName": (person.user_name,),
        "name": (_first(person.formatted, person.display_name, person.user_name),),
        "code": (person.key,),
    }
    post, level = own.place(position) if home else ("", "")
    further = {"post": post, "level": level, "telnumber": person.mobile, "emailaddress": person.mail}
    return attributes | {name: (text,) for name, text in further.items() if text.strip()}


def _own(terms: Terms) -> OaTerms:
    return terms.own if isinstance(terms.own, OaTerms) else DEFAULTS


def _first(*texts: str) -> str:
    """The first that is not blank: a member must have a name."""
    return next((text for text in texts if text.strip()), texts[-1])


def _unfit(person: Person, home: Department | None, memberships: Memberships, org: Org, terms: Terms) -> str | None:
    """Why the OA cannot hold an account that must be usable there."""
    if home is None:
        return "政务OA的人员必须属于一个部门，名册中此人没有部门；请在名册中补上，或设置 default_department"
    own = _own(terms)
    places = (home, *(org.departments[key] for key in sorted(memberships.concurrent)))
    for place in places:
        if not own.holds_people(place):
            return f"政务OA的人员必须属于单位之下的部门，「{place.name}」在OA中是单位；请在名册中改为其下的部门"
    return _unfit_code(person.key)


def _unfit_code(code: str) -> str | None:
    if any(each in code for each in NOT_IN_A_PATH):
        return f"政务OA无法按编码「{code}」查找：编码不能含有 {' '.join(NOT_IN_A_PATH)}"
    return None
