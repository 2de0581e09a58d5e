"""Directory entries as AccountStates. `member` is never read here: it can be long."""

from dataclasses import dataclass

from connectors.errors import Unreadable
from connectors.ldap import names
from connectors.ldap.config import LdapConfig
from connectors.ldap.dialect import Dialect
from connectors.ldap.messages import Found
from connectors.ldap.shape import Shape, Values
from mappings.model import AccountState, Kind, Memberships, Presence


@dataclass(frozen=True, slots=True)
class Tree:
    """Where things are in this directory, and which dialect it speaks."""

    config: LdapConfig
    dialect: Dialect

    def container(self, kind: Kind) -> str:
        """The DN whose children are the entries of a kind."""
        return self.config.people_dn if kind is Kind.PERSON else self.config.groups_dn

    def shape(self, kind: Kind) -> Shape:
        """What entries of a kind look like here."""
        return self.dialect.shapes[kind]

    def spell(self, kind: Kind, values: Values, entry: Found | None = None) -> Values:
        """Our values as this server takes them, `entry` being what is there. Ends with Refused what it cannot hold."""
        shape = self.shape(kind)
        return self.dialect.spelled(self, shape, shape.spell(values), entry)

    def attributes(self, kind: Kind) -> tuple[str, ...]:
        """What to ask for to read an entry whole."""
        return (*self.shape(kind).spelled.values(), *self.own)

    @property
    def own(self) -> tuple[str, ...]:
        """What to ask for besides, of any entry."""
        return (self.dialect.unique_id, *self.dialect.lock_attributes, *self.dialect.further)

    def hidden(self, dn: str) -> bool:
        """Whether this is the placeholder, which no reader sees."""
        placeholder = self.config.placeholder_dn
        return not names.surely_apart(dn, placeholder) and names.same(dn, placeholder)

    def ours(self, dn: str) -> bool:
        """Whether an entry of that name may be written at all."""
        if self.dialect.roams and names.below(dn, self.config.base_dn):
            return True
        return any(names.directly_below(dn, self.container(kind)) for kind in Kind)

    def id_of(self, entry: Found) -> str | None:
        """The stable id of an entry, where the server shows it."""
        values = entry.attributes.get(self.dialect.unique_id.lower())
        return self.dialect.remote_id(values[0]) if values else None

    def remote_id(self, entry: Found) -> str:
        """The stable id of an entry. Unreadable where the server does not show it."""
        remote_id = self.id_of(entry)
        if remote_id is None:
            raise Unreadable(f"目录没有给出 {self.dialect.unique_id}，无法可靠识别条目")
        return remote_id

    def state(self, kind: Kind, entry: Found, groups: frozenset[str] | None = None) -> AccountState:
        """An entry that was read whole. `groups` are the remote ids of the groups that name a person."""
        shape = self.shape(kind)
        key = entry.text(shape.key) or ""
        if kind is Kind.GROUP and len(entry.texts(shape.key)) != 1:
            key = names.rdn_value(entry.dn)
        locked = kind is Kind.PERSON and self.dialect.locked(entry)
        return AccountState(
            key=key,
            presence=Presence.LOCKED if locked else Presence.ACTIVE,
            attributes={ours: entry.texts(theirs) for ours, theirs in shape.spelled.items()},
            memberships=None if groups is None else Memberships(None, groups),
            remote_id=self.remote_id(entry),
            name=entry.dn,
        )
