"""Stamps of log-ins as directories spell them, in UTC (RFC 4517 3.3.13, [MS-DTYP] 2.3.3)."""

from datetime import UTC, datetime

import pytest

from connectors.ldap.logins import ACTIVE_DIRECTORY, DS389, OPENLDAP, Kept, Stamp, filetime, generalized
from connectors.ldap.messages import Found

AT = datetime(2026, 6, 30, 0, 15, 20, tzinfo=UTC)
DAY = 86_400.0


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("20260630001520Z", AT),
        ("20260630001520.123456Z", AT.replace(microsecond=123456)),
        ("20260630001520,5Z", AT.replace(microsecond=500_000)),
        ("20260630081520+0800", AT),
        ("20260630081520.0+0800", AT),
        ("", None),
        ("20260630", None),
        ("20260630001520", None),
        ("20261330001520Z", None),
        ("never", None),
        ("20260630001520.Z", AT),
        ("99991231235959-0100", None),
    ],
)
def test_generalized_time(text: str, at: datetime | None) -> None:
    assert generalized(text) == at


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("134272521200000000", AT),
        ("134272521200000009", AT),
        ("0", None),
        ("9223372036854775807", None),
        ("9" * 25, None),
        ("-1", None),
        ("", None),
    ],
)
def test_filetime(text: str, at: datetime | None) -> None:
    assert filetime(text) == at


def entry(**values: str) -> Found:
    return Found("cn=x", {name.lower(): [value.encode()] for name, value in values.items()})


def test_of_two_stamps_the_later_one_counts() -> None:
    both = entry(authTimestamp="20260101000000Z", pwdLastSuccess="20260630001520Z")
    assert OPENLDAP.stamp(both, Kept(60)) == Stamp(AT, 60)
    assert DS389.stamp(entry(lastLoginTime="20260630001520Z"), Kept(0)) == Stamp(AT, 0)
    assert OPENLDAP.stamp(entry(), Kept(60)) is None


def test_what_this_controller_saw_itself_narrows_the_doubt() -> None:
    """The shared stamp of that day covers a fortnight; this controller saw somebody four days into it."""
    kept = Kept(14 * DAY, surely=True)
    seen = entry(lastLogonTimestamp="134272521200000000", lastLogon=str(134272521200000000 + 4 * 864_000_000_000))
    stamp = ACTIVE_DIRECTORY.stamp(seen, kept)
    assert stamp is not None
    assert (stamp.at - AT).total_seconds() == 4 * DAY
    assert stamp.slack == 10 * DAY
    later = entry(lastLogonTimestamp="134272521200000000", lastLogon=str(134272521200000000 + 20 * 864_000_000_000))
    assert ACTIVE_DIRECTORY.stamp(later, kept) == Stamp(datetime(2026, 7, 20, 0, 15, 20, tzinfo=UTC), 0)
    assert ACTIVE_DIRECTORY.stamp(entry(lastLogonTimestamp="0", lastLogon="0"), kept) is None
