"""What the attendance platform must show of a person and of a department (S1, S11, S14).

A person is there, with rights at the doors, or is not there at all: the platform has no lock, so that locked is
spelled removed (A28), and nothing is kept for days, because face data must go on its day. A person lives in one
department; a concurrent role has no form there. Phones, certificates and faces never come here.
"""

import re
from dataclasses import replace

from mappings.correlate import Identity
from mappings.desired import Desired
from mappings.due import due
from mappings.model import AccountState, Action, Department, Memberships, Org, Person, Presence, Reason, Ref
from mappings.naming import fold, values
from mappings.plain import (
    ARTICLE,
    BECAUSE,
    group_presence,
)
from mappings.policy.decision import RESTORED, UPDATED
from mappings.policy.states import decisions
from mappings.terms import TERMS, Terms

PERSON_ATTRIBUTES = frozenset({"personName", "jobNo", "rights"})
GROUP_ATTRIBUTES = frozenset({"orgName", "parent"})
MANAGED = PERSON_ATTRIBUTES | GROUP_ATTRIBUTES
IDENTITY = Identity(staff="jobNo", name="personName", title="orgName", parent="parent")

GRANTED = ("granted",)  # `rights` at the doors that are configured
ROOT = "root"
NAME = 32  # characters of a person's or an organisation's name
KEY = re.compile(r"[0-9A-Za-z_-]{1,32}")  # jobNo, and what a personId or orgIndexCode begins with
NOT_IN_A_NAME = "'/\\:*?\"<>|"
NO_PLAIN_GROUP = Reason(ARTICLE, "考勤平台只设部门，不设普通的组")


def desired(person: Person, day: str, org: Org, terms: Terms = TERMS) -> Desired:
    """The account of one person on one ISO day. `terms.keep_days` has no meaning here."""
    found = due(person, day, org, replace(terms, keep_days=0))
    presence, why = _spelled(found.presence), dict(found.because)
    if presence is Presence.REMOVED and person.facts is not None:
        why.pop(Action.REMOVE, None)  # the reason of the presence says why
    elif _restored(person, day, org, terms):
        why[Action.CREATE] = RESTORED  # who comes back from a lock is registered anew
    if why.get(Action.UPDATE) == UPDATED and Action.CREATE in why:
        why[Action.UPDATE] = why[Action.CREATE]  # no move: it is the rights, and they come with the registration
    home = found.home(org) or org.departments.get(terms.default_department or "")
    return replace(
        _desired(person, presence, found.reason, home),
        because=why,
        spell=found.spell,
        review_on=found.review_on,
        department=found.bureau(org),
    )


def _restored(person: Person, day: str, org: Org, terms: Terms) -> bool:
    return any(each.public == RESTORED for each in decisions(person, day, org, terms.readings))


def _spelled(presence: Presence) -> Presence:
    """Locked is removed here."""
    return Presence.REMOVED if presence is Presence.LOCKED else presence


def _desired(person: Person, presence: Presence, reason: Reason, home: Department | None) -> Desired:
    attributes = {"personName": (_name(person),), "jobNo": (person.key,), "rights": GRANTED}
    state = AccountState(person.key, presence, attributes, Memberships(home.key if home else None))
    unfit = _unfit(person, home) if presence is Presence.ACTIVE else None
    return Desired(state, reason, login=f"jobno={fold(person.key)}", unfit=unfit)


def desired_group(department: Department, day: str, org: Org, parent: Ref | None, terms: Terms = TERMS) -> Desired:
    """The organisation of one department. Directly below the root its parent is spelled as nothing.

    A parent that is not in the platform yet is left out: nobody can move an organisation afterwards, so that its
    child must wait for it.
    """
    presence, reason = group_presence(department)
    if department.code is None:
        presence, reason = Presence.REMOVED, NO_PLAIN_GROUP
    attributes = {} if department.kind == ROOT else _group_attributes(department, org, parent)
    state = AccountState(department.key, presence, attributes)
    unfit = _unfit_department(department) if presence is Presence.ACTIVE and attributes else None
    return Desired(state, reason, BECAUSE, login=f"org={fold(department.key)}", unfit=unfit)


def _group_attributes(department: Department, org: Org, parent: Ref | None) -> dict[str, tuple[str, ...]]:
    above = org.departments.get(department.parent or "")
    named = {"orgName": values(department.name)}
    if department.parent is None or (above is not None and above.kind == ROOT) or (parent is not None and parent.root):
        return named | {"parent": ()}
    return named | ({"parent": (parent.remote_id,)} if parent is not None and parent.remote_id else {})


def _name(person: Person) -> str:
    """The first that is not blank: a person must have a name."""
    names = (person.formatted, person.display_name, person.user_name)
    return next((text for text in names if text.strip()), names[-1])


def _unfit(person: Person, home: Department | None) -> str | None:
    """Why the platform cannot hold an account that must be there."""
    if home is None:
        return "考勤人员必须属于一个部门，名册中此人没有部门；请在名册中补上，或设置 default_department"
    return _unfit_key(person.key) or _unfit_name("姓名", _name(person))


def _unfit_department(department: Department) -> str | None:
    return _unfit_key(department.key) or _unfit_name("组织名称", department.name)


def _unfit_key(key: str) -> str | None:
    if KEY.fullmatch(key):
        return None
    return f"考勤平台的编号只能是 32 个以内的字母、数字、「-」和「_」，无法写入「{key}」"


def _unfit_name(what: str, name: str) -> str | None:
    if not name.strip():
        return f"考勤平台的{what}不能为空"
    if len(name) > NAME:
        return f"考勤平台的{what}最长 {NAME} 个字符，无法写入「{name}」"
    if any(each in name for each in NOT_IN_A_NAME):
        return f"考勤平台的{what}不能含有 {' '.join(NOT_IN_A_NAME)}，无法写入「{name}」"
    return None
