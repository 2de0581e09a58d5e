"""What a SCIM 2.0 service must show of a person and of a Group (S1, S11; RFC 7643, 4).

People are Users, departments and plain Groups are Groups; who is where stands in the Groups' members. SCIM's own
schemas have no parent of a Group, so the tree is at most in a Group's name. Phones and case facts never come here.
"""

from dataclasses import dataclass

from mappings.correlate import Identity
from mappings.desired import Desired
from mappings.due import due
from mappings.model import AccountState, Department, Memberships, Org, Person, Ref
from mappings.naming import fold, values
from mappings.plain import BECAUSE, group_presence
from mappings.terms import TERMS, Terms

PERSON_ATTRIBUTES = frozenset(
    {
        "userName",
        "externalId",
        "name.formatted",
        "name.familyName",
        "name.givenName",
        "displayName",
        "title",
        "emails",
        "department",
    }
)
GROUP_ATTRIBUTES = frozenset({"displayName", "externalId"})
MANAGED = PERSON_ATTRIBUTES | GROUP_ATTRIBUTES
LOGIN = "userName"
IDENTITY = Identity(
    staff="externalId", login=LOGIN, mail="emails", name="name.formatted", code="externalId", title="displayName"
)
ROOT = "root"
BETWEEN = "/"  # the names of a path


@dataclass(frozen=True, slots=True)
class ScimTerms:
    """`paths`: a Group is called by its path, for services in which no two may have one name."""

    paths: bool = False


DEFAULTS = ScimTerms()


def desired(person: Person, day: str, org: Org, terms: Terms = TERMS) -> Desired:
    """The account of one person on one ISO day."""
    found = due(person, day, org, terms)
    primary = frozenset({found.primary} if found.primary else ())
    memberships = Memberships(concurrent=primary | found.departments | found.groups)
    return Desired(
        AccountState(person.key, found.presence, _attributes(person, found.home(org)), memberships),
        found.reason,
        found.because,
        _login(person),
        spell=found.spell,
        review_on=found.review_on,
        department=found.bureau(org),
        urgent=found.urgent,
        kept=found.kept,
    )


def _login(person: Person) -> str:
    return f"userName={fold(person.user_name)}"


def desired_group(department: Department, day: str, org: Org, parent: Ref | None, terms: Terms = TERMS) -> Desired:
    """One Group: a department, or a plain one."""
    presence, reason = group_presence(department)
    own = terms.own if isinstance(terms.own, ScimTerms) else DEFAULTS
    name = path(department, org) if own.paths else department.name
    attributes = {"externalId": (department.key,), "displayName": values(name)}
    return Desired(AccountState(department.key, presence, attributes), reason, BECAUSE, _group_login(department))


def path(department: Department, org: Org) -> str:
    """The names from the district's own departments down; of the district itself its name alone."""
    names, at, seen = [department.name], department.parent, {department.key}
    while at is not None and at not in seen and at in org.departments:
        above = org.departments[at]
        if above.kind == ROOT:
            break
        seen.add(at)
        names.append(above.name)
        at = above.parent
    return BETWEEN.join(reversed(names))


def _group_login(department: Department) -> str:
    return f"externalId={fold(department.key)}"


def _attributes(person: Person, home: Department | None) -> dict[str, tuple[str, ...]]:
    shown = next((each for each in (person.display_name, person.formatted) if each.strip()), person.user_name)
    return {
        "userName": (person.user_name,),
        "externalId": (person.key,),
        "name.formatted": values(person.formatted),
        "name.familyName": values(person.family_name),
        "name.givenName": values(person.given_name),
        "displayName": (shown,),  # many services demand one
        "title": values(person.title),
        "emails": values(person.mail),
        "department": values(home.name if home else ""),
    }
