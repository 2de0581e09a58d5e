"""LDAP messages as values (RFC 4511 section 4): what is asked, and what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

BASE, ONE, SUBTREE = 0, 1, 2  # scopes, RFC 4511 section 4.5.1.2
ADD, DELETE, REPLACE = 0, 1, 2  # modifications, RFC 4511 section 4.6

Value = str | bytes


@dataclass(frozen=True, slots=True)
class Equal:
    """`(attribute=value)`, the value as it is: no escaping is needed, nothing can be injected."""

    attribute: str
    value: Value


@dataclass(frozen=True, slots=True)
class Present:
    """`(attribute=*)`."""

    attribute: str


@dataclass(frozen=True, slots=True)
class And:
    """`(&...)`."""

    filters: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A filter that an administrator wrote in the configuration, as RFC 4515 text."""

    text: str


Filter = Equal | Present | And | Written
ANY = Present("objectClass")


@dataclass(frozen=True, slots=True)
class Search:
    """A search; `page_size` asks for the paged results control (RFC 2696), `cookie` goes on with it."""

    base: str
    scope: int
    filter: Filter
    attributes: tuple[str, ...]
    page_size: int = 0
    cookie: bytes = b""


@dataclass(frozen=True, slots=True)
class Add:
    """A new entry. Its values are in no traceback."""

    dn: str
    attributes: Mapping[str, Sequence[Value]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Modify:
    """Changes of one entry, all or none: (ADD | DELETE | REPLACE, attribute, values). They are in no traceback."""

    dn: str
    changes: tuple[tuple[int, str, tuple[Value, ...]], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rename:
    """A new RDN in the same place; the old one's value goes (deleteOldRDN)."""

    dn: str
    new_rdn: str


@dataclass(frozen=True, slots=True)
class Delete:
    """The end of an entry without children."""

    dn: str


@dataclass(frozen=True, slots=True)
class SetPassword:
    """The Password Modify extended operation (RFC 3062) for another: the server hashes by its own scheme."""

    dn: str
    password: str = field(repr=False)


Write = Add | Modify | Rename | Delete | SetPassword
Request = Search | Write


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of a search; attribute names in small letters."""

    dn: str
    attributes: Mapping[str, list[bytes]]

    def texts(self, attribute: str) -> tuple[str, ...]:
        """The values of an attribute, sorted; empty where it is absent."""
        return tuple(sorted(value.decode(errors="replace") for value in self.attributes.get(attribute.lower(), ())))

    def text(self, attribute: str) -> str | None:
        """The first value of an attribute."""
        return next(iter(self.texts(attribute)), None)


@dataclass(frozen=True, slots=True)
class Reply:
    """How a request ended: result code, the server's own sentence, and for a search what it found.

    `continued` says that the server pointed to other servers (searchResultReference); they are never asked.
    """

    code: int
    text: str = ""
    entries: list[Found] = field(default_factory=list)
    cookie: bytes = b""
    continued: bool = False
