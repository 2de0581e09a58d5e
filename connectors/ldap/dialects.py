"""The families of directory servers that are spoken to, and how they are told apart."""

from connectors.ldap import ds389
from connectors.ldap.active_directory import ACTIVE_DIRECTORY
from connectors.ldap.codes import checked
from connectors.ldap.config import LdapConfig
from connectors.ldap.dialect import Dialect
from connectors.ldap.ds389 import DS389
from connectors.ldap.messages import ANY, BASE, Found, Search
from connectors.ldap.openldap import OPENLDAP
from connectors.ldap.pipeline import Talk

DIALECTS: tuple[Dialect, ...] = (OPENLDAP, DS389, ACTIVE_DIRECTORY)
ROOT_DSE_ATTRIBUTES = (
    "objectClass",
    "structuralObjectClass",
    "vendorName",
    "vendorVersion",
    "supportedControl",
    "supportedCapabilities",
)


def of(root: Found | None) -> Dialect:
    """The dialect of a root DSE; OpenLDAP's, the most usual one, where the root DSE tells nothing."""
    return next((each for each in DIALECTS if root and each.recognises(root)), OPENLDAP)


def root_dse() -> Talk[Found | None]:
    """The root DSE (RFC 4512 section 5.1), as far as the service account may see it."""
    (reply,) = yield [Search("", BASE, ANY, ROOT_DSE_ATTRIBUTES)]
    return next(iter(checked(reply, "root DSE").entries), None)


def spoken(config: LdapConfig) -> Talk[Dialect]:
    """The dialect of the server at the other end of the line."""
    found = of((yield from root_dse()))
    return (yield from ds389.settled(found, config)) if found is DS389 else found
