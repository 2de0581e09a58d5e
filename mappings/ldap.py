"""What an LDAP directory must show of a person and of a Group (S1, S11, design: directory).

People are flat under one container and Groups under another; a person's primary
department stands in `departmentNumber` and `ou`, every department and group in the
group's own entry. Phones and case facts never come here.
"""

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
    Ref,
)
from mappings.naming import ascii_only, fold, values
from mappings.plain import BECAUSE, group_presence
from mappings.terms import TERMS, Terms

PERSON_ATTRIBUTES = frozenset(
    {
        "uid",
        "employeeNumber",
        "cn",
        "sn",
        "givenName",
        "displayName",
        "mail",
        "title",
        "departmentNumber",
        "ou",
        "manager",
    }
)
GROUP_ATTRIBUTES = frozenset({"cn", "ou", "businessCategory", "seeAlso"})
MANAGED = PERSON_ATTRIBUTES | GROUP_ATTRIBUTES
LOGIN = "uid"
IDENTITY = Identity(
    staff="employeeNumber", login=LOGIN, mail="mail", name="cn", code="cn", title="ou", parent="seeAlso"
)


def desired(person: Person, day: str, org: Org, terms: Terms = TERMS) -> Desired:
    """The account of one person on one ISO day."""
    found = due(person, day, org, terms)
    primary = frozenset({found.primary} if found.primary else ())
    memberships = Memberships(concurrent=primary | found.departments | found.groups)
    there = person.facts is None or found.presence is not Presence.REMOVED
    return Desired(
        AccountState(person.key, found.presence, _person_attributes(person, found.home(org)), memberships),
        found.reason,
        found.because,
        _login(person),
        spell=found.spell,
        review_on=found.review_on,
        department=found.bureau(org),
        urgent=found.urgent,
        kept=found.kept,
        unfit=_unfit(person) if there else None,
    )


def _login(person: Person) -> str:
    return f"uid={fold(person.user_name)}"


def desired_group(department: Department, day: str, org: Org, parent: Ref | None, terms: Terms = TERMS) -> Desired:
    """The entry of one Group. `parent` is the account of the parent department, where there is one."""
    presence, reason = group_presence(department)
    attributes = {
        "cn": (department.key,),
        "ou": values(department.name),
        "businessCategory": values(department.kind or ""),
        "seeAlso": values((parent.name if parent else None) or ""),
    }
    state = AccountState(key=department.key, presence=presence, attributes=attributes)
    return Desired(state, reason, BECAUSE, login=f"cn={fold(department.key)}")


def _person_attributes(person: Person, home: Department | None) -> dict[str, tuple[str, ...]]:
    full = _first(person.formatted, person.display_name, person.user_name)
    mail = {"mail": values(person.mail)} if ascii_only(person.mail) else {}  # else unfit (S11)
    return mail | {
        "uid": (person.user_name,),
        "employeeNumber": (person.key,),
        "cn": (full,),
        "sn": (_first(person.family_name, full),),  # MUST of person (RFC 4519, 3.12), also for a name in one piece
        "givenName": values(person.given_name),
        "displayName": values(person.display_name),
        "title": values(person.title),
        "departmentNumber": values(home.key if home else ""),
        "ou": values(home.name if home else ""),
        "manager": values((person.manager.name if person.manager else None) or ""),
    }


def _first(*texts: str) -> str:
    """The first that is not blank: cn and sn must not be empty (RFC 4512, 2.5.1)."""
    return next((text for text in texts if text.strip()), texts[-1])


def _unfit(person: Person) -> str | None:
    if person.removed is None and not ascii_only(person.mail):
        return f"目录的 mail 只能是 ASCII 字符，无法写入「{person.mail}」"
    return None
