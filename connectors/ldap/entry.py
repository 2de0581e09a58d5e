"""Directory entries as AccountStates, and back.

A person is an inetOrgPerson `uid=<login>` directly below the people container, found by `employeeNumber` = key.
A group is a groupOfNames `cn=<key>` directly below the groups container; `ou` is its name, `businessCategory` the
kind of department, `seeAlso` the DN of the parent's entry. `member` is never read here: it can be long.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.errors import Unreadable
from connectors.ldap import names
from connectors.ldap.config import LdapConfig
from connectors.ldap.dialect import Dialect
from connectors.ldap.messages import Found
from mappings.model import AccountState, Kind, Memberships, Presence


@dataclass(frozen=True, slots=True)
class Shape:
    """What entries of one kind look like. `references` are the attributes, and the kinds, that name them by DN."""

    kind: Kind
    rdn: str
    key: str
    object_class: str
    classes: tuple[str, ...]
    managed: tuple[str, ...]
    references: tuple[tuple[Kind, str], ...]


PERSON = Shape(
    Kind.PERSON,
    rdn="uid",
    key="employeeNumber",
    object_class="person",
    classes=("top", "person", "organizationalPerson", "inetOrgPerson"),
    managed=(
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
    ),
    references=((Kind.GROUP, "member"), (Kind.PERSON, "manager")),
)
GROUP = Shape(
    Kind.GROUP,
    rdn="cn",
    key="cn",
    object_class="groupOfNames",
    classes=("top", "groupOfNames"),
    managed=("cn", "ou", "businessCategory", "seeAlso"),
    references=((Kind.GROUP, "member"), (Kind.GROUP, "seeAlso")),
)
SHAPES: Mapping[Kind, Shape] = {Kind.PERSON: PERSON, Kind.GROUP: GROUP}


@dataclass(frozen=True, slots=True)
class Tree:
    """Where things are in this directory, and which dialect it speaks."""

    config: LdapConfig
    dialect: Dialect

    def container(self, kind: Kind) -> str:
        """The DN whose children are the entries of a kind."""
        return self.config.people_dn if kind is Kind.PERSON else self.config.groups_dn

    def attributes(self, kind: Kind) -> tuple[str, ...]:
        """What to ask for to read an entry whole."""
        return (*SHAPES[kind].managed, self.dialect.unique_id, *self.dialect.lock_attributes)

    def hidden(self, dn: str) -> bool:
        """Whether this is the placeholder, which no reader sees."""
        return names.same(dn, self.config.placeholder_dn)

    def remote_id(self, entry: Found) -> str:
        """The stable id of an entry. Unreadable where the server does not show it."""
        remote_id = entry.text(self.dialect.unique_id)
        if remote_id is None:
            raise Unreadable(f"目录没有给出 {self.dialect.unique_id}，无法可靠识别条目")
        return remote_id

    def state(self, kind: Kind, entry: Found, groups: frozenset[str] | None = None) -> AccountState:
        """An entry that was read whole. `groups` are the remote ids of the groups that name a person."""
        shape = SHAPES[kind]
        key = entry.text(shape.key) or ""
        if kind is Kind.GROUP and len(entry.texts(shape.key)) != 1:
            key = names.rdn_value(entry.dn)
        locked = kind is Kind.PERSON and self.dialect.locked(entry)
        return AccountState(
            key=key,
            presence=Presence.LOCKED if locked else Presence.ACTIVE,
            attributes={name: entry.texts(name) for name in shape.managed},
            memberships=None if groups is None else Memberships(None, groups),
            remote_id=self.remote_id(entry),
            name=entry.dn,
        )
