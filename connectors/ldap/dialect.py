"""What one family of directory servers does its own way: how an account is locked, and how that is read back."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.ldap import openldap
from connectors.ldap.codes import checked
from connectors.ldap.messages import ANY, BASE, Found, Search
from connectors.ldap.pipeline import Talk

Change = tuple[int, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """A server family, as data and a few functions. `unique_id` is the attribute of the stable id."""

    name: str
    recognises: Callable[[Found], bool]  # the root DSE
    unique_id: str
    longest_rdn: int  # bytes that the usual database can hold; it tells no better than "other" (80)
    lock_attributes: tuple[str, ...]  # to be asked for by name, to tell whether an account is locked
    born_locked: dict[str, tuple[str, ...]]  # attributes of an entry that is created locked
    locked: Callable[[Found], bool]
    lock: Callable[[Found], tuple[Change, ...]]
    unlock: Callable[[Found, str], Talk[tuple[Change, ...]]]  # entry, base DN


OPENLDAP = Dialect(
    name="OpenLDAP",
    recognises=openldap.recognises,
    unique_id="entryUUID",
    longest_rdn=openldap.LONGEST_RDN,
    lock_attributes=(openldap.LOCKED_TIME,),
    born_locked={openldap.LOCKED_TIME: (openldap.FOR_EVER,)},
    locked=openldap.locked,
    lock=openldap.lock,
    unlock=openldap.unlock,
)

DIALECTS: tuple[Dialect, ...] = (OPENLDAP,)
ROOT_DSE_ATTRIBUTES = ("objectClass", "structuralObjectClass", "vendorName", "vendorVersion", "supportedControl")


def of(root: Found | None) -> Dialect:
    """The dialect of a root DSE; OpenLDAP, the only one spoken so far, where the root DSE tells nothing."""
    return next((each for each in DIALECTS if root and each.recognises(root)), OPENLDAP)


def root_dse() -> Talk[Found | None]:
    """The root DSE (RFC 4512 section 5.1), as far as the service account may see it."""
    (reply,) = yield [Search("", BASE, ANY, ROOT_DSE_ATTRIBUTES)]
    return next(iter(checked(reply, "root DSE").entries), None)
