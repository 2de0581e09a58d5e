"""The contract suite on a real 389 Directory Server, with its plug-ins and without."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.systems.ldap import LdapTarget
from tests.contract.target import Target
from tests.servers.ds389 import Ds389


class Ds389Target(LdapTarget):
    """A real 389 Directory Server, looked at with ldap3 as cn=Directory Manager."""

    lock_attributes = ("nsAccountLock",)
    too_long = "19"

    def takes(self, login: str) -> bool:
        """Its 7-bit check is on in a stock server, and it would drop blanks at the ends."""
        return login.isascii() and login == login.strip()

    @property
    def nobody(self) -> list[str]:
        return []

    def locked(self, entry: dict[str, list[str]]) -> bool:
        return entry.get("nsAccountLock") == ["true"]


def _ds389(fixture: str, **settings: Any) -> Callable[[pytest.FixtureRequest], Target]:
    def make(request: pytest.FixtureRequest) -> Target:
        server: Ds389 = request.getfixturevalue(fixture)
        return Ds389Target(server, url=server.LDAPS_URL, **settings)

    return make


TARGETS: dict[str, Callable[[pytest.FixtureRequest], Target]] = {
    "389ds-ldaps": _ds389("ds389"),
    "389ds-no-plugins-plain-ldaps": _ds389("bare_ds389", fast=False),
}
