"""When somebody last logged in, where the directory keeps it (四, S30): how it is spelled, and what it is worth.

| server | attribute | kept |
|---|---|---|
| OpenLDAP 2.5 and later | `pwdLastSuccess` | where `lastbind` is on |
| OpenLDAP | `authTimestamp` | by the overlay lastbind |
| 389 DS | `lastLoginTime` | by the Account Policy plug-in, alwaysRecordLogin |
| Active Directory | `lastLogonTimestamp`, and `lastLogon` of this controller | unless msDS-LogonTimeSyncInterval is 0 |

Active Directory renews the stamp only when it is some days old (14 by default, [MS-ADA1] 2.351): a log-in may lie that
long behind it, and a service ticket that somebody else asked for counts as one: evidence, no proof.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connectors.base import Strength
from connectors.ldap.messages import ANY, BASE, Found, Search
from connectors.ldap.pipeline import Talk

if TYPE_CHECKING:
    from connectors.ldap.entry import Tree

DAY = 86_400.0
FILETIME_ZERO = datetime(1601, 1, 1, tzinfo=UTC)
NEVER_SET = 0x7FFFFFFFFFFFFFFF
SYNC_INTERVAL = "msDS-LogonTimeSyncInterval"
USUAL_INTERVAL = 14 * DAY


@dataclass(frozen=True, slots=True)
class Stamp:
    """The last log-in that is noted of an entry. `slack`: seconds by which a later one may not be noted yet."""

    at: datetime
    slack: float


@dataclass(frozen=True, slots=True)
class Kept:
    """That a server keeps log-ins. `precision`: seconds; `surely`: it says so itself, not by its stamps alone."""

    precision: float
    surely: bool = False


@dataclass(frozen=True, slots=True)
class Logins:
    """How a family keeps log-ins. `kept` asks the server, and answers None where it does not keep them."""

    attributes: tuple[str, ...]
    stamp: Callable[[Found, Kept], Stamp | None]
    kept: Callable[["Tree"], Talk[Kept | None]]
    strength: Strength = "proof"


def generalized(text: str) -> datetime | None:
    """A GeneralizedTime (RFC 4517 section 3.3.13) with seconds and a zone, in UTC; None where it is none."""
    digits, rest = text[:14], text[14:]
    fraction, zone = "", rest
    if rest[:1] in (".", ","):
        end = next((place for place, char in enumerate(rest[1:], 1) if not char.isdigit()), len(rest))
        fraction, zone = rest[1:end], rest[end:]
    try:
        at = datetime.strptime(digits + ("+0000" if zone == "Z" else zone), "%Y%m%d%H%M%S%z")
        return at.astimezone(UTC) + timedelta(microseconds=int((fraction + "000000")[:6]))
    except (ValueError, OverflowError):
        return None


def filetime(text: str) -> datetime | None:
    """So many tenths of a microsecond since 1601 ([MS-DTYP] 2.3.3), in UTC; None where it never happened."""
    if not text.isdigit() or int(text) in (0, NEVER_SET):
        return None
    try:
        return FILETIME_ZERO + timedelta(microseconds=int(text) // 10)
    except OverflowError:
        return None


def _generalized_stamp(entry: Found, kept: Kept) -> Stamp | None:
    read = [generalized(text) for name in (*OPENLDAP.attributes, *DS389.attributes) for text in entry.texts(name)]
    found = max((each for each in read if each is not None), default=None)
    return Stamp(found, kept.precision) if found else None


def _filetime_stamp(entry: Found, kept: Kept) -> Stamp | None:
    shared, own = (filetime(entry.text(name) or "") for name in ACTIVE_DIRECTORY.attributes)
    found = max((each for each in (shared, own) if each is not None), default=None)
    if found is None:
        return None
    noted = (shared or found) + timedelta(seconds=kept.precision)
    return Stamp(found, max(0.0, (noted - found).total_seconds()))


def _as_configured(tree: "Tree") -> Talk[Kept | None]:
    """Whether it is kept, the stamps must tell."""
    yield from ()
    return Kept(tree.config.login_precision)


def _as_the_domain_says(tree: "Tree") -> Talk[Kept | None]:
    domain = ",".join(f"dc={part}" for part in tree.config.domain.split("."))
    (reply,) = yield [Search(domain, BASE, ANY, (SYNC_INTERVAL,))]
    told = next((entry.text(SYNC_INTERVAL) for entry in reply.entries), None)
    if told == "0":
        return None
    days = int(told) * DAY if told and told.isdigit() else USUAL_INTERVAL
    return Kept(max(days, tree.config.login_precision), surely=True)


OPENLDAP = Logins(("pwdLastSuccess", "authTimestamp"), _generalized_stamp, _as_configured)
DS389 = Logins(("lastLoginTime",), _generalized_stamp, _as_configured)
ACTIVE_DIRECTORY = Logins(("lastLogonTimestamp", "lastLogon"), _filetime_stamp, _as_the_domain_says, "evidence")
