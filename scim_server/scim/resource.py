"""A stored document read as the house's own words: Person and Department.

A document is canonical (`scim.validate`): attribute names in the schema's spelling,
neither nulls nor empty lists in it.
"""

from collections.abc import Mapping
from typing import Any

from mappings.facts import NO_MARKS, Marks
from mappings.model import Department, Person, Ref
from scim_server.scim.facts import facts
from scim_server.scim.fold import fold
from scim_server.scim.urns import ROSTER_GROUP

Document = Mapping[str, Any]


def person(  # noqa: PLR0913, PLR0917 - what the store keeps in columns arrives as arguments
    subject: str,
    key: str,
    document: Document | None,
    active: bool,
    groups: tuple[str, ...],
    manager: Ref | None,
    created: str,
    removed: str | None,
    marks: Marks = NO_MARKS,
) -> Person:
    """The roster's truth about one user; `document` is None once the resource is gone."""
    doc = document or {}
    name = doc.get("name") or {}
    return Person(
        subject=subject,
        key=key,
        user_name=doc.get("userName", ""),
        formatted=name.get("formatted", ""),
        family_name=name.get("familyName", ""),
        given_name=name.get("givenName", ""),
        display_name=doc.get("displayName", ""),
        title=doc.get("title", ""),
        mail=work_mail(doc.get("emails") or ()),
        mobile=mobile_number(doc.get("phoneNumbers") or ()),
        active=active,
        groups=groups,
        manager=manager,
        created=created,
        removed=removed,
        facts=facts(doc),
        marks=marks,
    )


def department(subject: str, key: str, document: Document | None, removed: bool) -> Department:
    """A Group: a department where it carries the roster's Group extension, else a plain group (S1)."""
    doc = document or {}
    own = doc.get(ROSTER_GROUP) or {}
    return Department(
        subject=subject,
        key=key,
        name=doc.get("displayName", ""),
        code=own.get("departmentCode"),
        kind=own.get("kind"),
        parent=own.get("parent"),
        removed=removed,
    )


def work_mail(emails: "tuple[Document, ...] | list[Document]") -> str:
    """The address of type work, else one that has no type; of several the primary one. A home address is never one."""
    ranked = sorted(
        ((_rank(mail), mail["value"]) for mail in emails if mail.get("value") and _rank(mail) is not None),
        key=lambda pair: pair[0] or 0,
    )
    return ranked[0][1] if ranked else ""


def mobile_number(numbers: "tuple[Document, ...] | list[Document]") -> str:
    """The number of type mobile, of several the primary one. An office's number is never one."""
    mobile = [each for each in numbers if each.get("value") and fold(each.get("type") or "") == "mobile"]
    return str(max(mobile, key=lambda each: bool(each.get("primary")))["value"]) if mobile else ""


def _rank(mail: Document) -> int | None:
    kind = fold(mail.get("type") or "")
    if kind not in ("work", ""):
        return None
    return (0 if kind else 2) + (0 if mail.get("primary") else 1)
