"""What entries of one kind look like on a server: their classes, their name, and how our attributes are spelled there.

A person is found by `employeeNumber` = key, a group by `cn` = key, each directly below its container.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.ldap.messages import Equal, Filter
from mappings.model import Kind

Values = Mapping[str, tuple[str, ...]]

PERSON_NAMES = (
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
)
GROUP_NAMES = ("cn", "ou", "businessCategory", "seeAlso")
NAMES: Mapping[Kind, tuple[str, ...]] = {Kind.PERSON: PERSON_NAMES, Kind.GROUP: GROUP_NAMES}


@dataclass(frozen=True, slots=True)
class Shape:
    """Entries of one kind, on one family of servers.

    `spelled`: our name of an attribute -> the server's; what is missing there is neither read nor written.
    `login`: the server's attribute whose value names the entry; mostly the RDN itself.
    `references`: the kinds, and the attributes, that name such an entry by its DN.
    `longest`: characters (UTF-16 units) that an attribute can hold, where the schema says so.
    """

    kind: Kind
    rdn: str
    login: str
    key: str
    object_class: str
    classes: tuple[str, ...]
    spelled: Mapping[str, str]
    references: tuple[tuple[Kind, str], ...]
    among: Filter | None = None
    longest: Mapping[str, int] = field(default_factory=dict)

    @property
    def filter(self) -> Filter:
        """Finds all entries of the kind."""
        return self.among or Equal("objectClass", self.object_class)

    def spell(self, values: Values) -> dict[str, tuple[str, ...]]:
        """Our values under the server's names."""
        return {self.spelled[name]: each for name, each in values.items() if name in self.spelled}


PERSON = Shape(
    Kind.PERSON,
    rdn="uid",
    login="uid",
    key="employeeNumber",
    object_class="person",
    classes=("top", "person", "organizationalPerson", "inetOrgPerson"),
    spelled={name: name for name in PERSON_NAMES},
    references=((Kind.GROUP, "member"), (Kind.PERSON, "manager")),
)
GROUP = Shape(
    Kind.GROUP,
    rdn="cn",
    login="cn",
    key="cn",
    object_class="groupOfNames",
    classes=("top", "groupOfNames"),
    spelled={name: name for name in GROUP_NAMES},
    references=((Kind.GROUP, "member"), (Kind.GROUP, "seeAlso")),
)
STANDARD: Mapping[Kind, Shape] = {Kind.PERSON: PERSON, Kind.GROUP: GROUP}
