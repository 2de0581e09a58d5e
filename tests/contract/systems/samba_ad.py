"""The contract suite on a real Samba AD domain controller."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from connectors.base import Connector
from mappings.model import Presence
from tests.contract.systems.ldap import LdapTarget, Losing
from tests.contract.target import Seen, Target
from tests.servers.faultproxy import FaultProxy
from tests.servers.samba_ad import SambaAd

PERSON = {
    "sAMAccountName": "uid",
    "department": "ou",
    **{name: name for name in ("employeeNumber", "sn", "givenName", "displayName", "mail", "title")},
    **{name: name for name in ("departmentNumber", "manager")},
}
GROUP = {"cn": "cn", "displayName": "ou"}


class AdTarget(LdapTarget):
    """A domain controller, looked at with ldap3 as the Administrator: what it says, under our names."""

    text = "departmentNumber"  # the one text without a limit there
    server: SambaAd

    def person(self, number: int, login: str) -> dict[str, tuple[str, ...]]:
        return {name: each for name, each in super().person(number, login).items() if name != "cn"}

    def people(self) -> dict[str, Seen]:
        entries = self.server.search(self.server.people, "(objectClass=user)")
        groups = self.server.search(self.server.groups, "(objectClass=group)")
        return {
            entry.get("employeeNumber", [f"({entry['sAMAccountName'][0]})"])[0]: Seen(
                Presence.LOCKED if self.locked(entry) else Presence.ACTIVE,
                {PERSON[name]: tuple(entry[name]) for name in entry if name in PERSON},
                frozenset(each["cn"][0] for each in groups.values() if dn in each.get("member", ())),
            )
            for dn, entry in entries.items()
        }

    def locked(self, entry: Mapping[str, list[str]]) -> bool:
        return bool(int(entry["userAccountControl"][0]) & 2)

    def groups(self) -> dict[str, Any]:
        found = self.server.search(self.server.groups, "(objectClass=group)").values()
        return {each["cn"][0]: {GROUP[name]: tuple(each[name]) for name in each if name in GROUP} for each in found}

    def put(self, key: str | None, login: str) -> None:
        values: dict[str, Any] = {
            "sAMAccountName": login,
            "sn": "手",
            "displayName": "手工",
            "userAccountControl": "512",
        }
        values |= {"employeeNumber": key} if key else {}
        self._root("add", f"CN={login},{self.server.people}", "user", values)

    def unreachable(self) -> Connector:
        return self.ldap(url="ldaps://127.0.0.1:1", start_tls=False)

    @contextmanager
    def lossy(self) -> Iterator[Connector]:
        """A create takes three writes there; it is the answer to the last one that is lost."""
        secure = self.settings.get("url") == self.server.LDAPS_URL
        with FaultProxy(*self.server.address(secure)) as proxy:
            scheme = "ldaps" if secure else "ldap"
            connector = self.ldap(url=f"{scheme}://127.0.0.1:{proxy.port}")
            connector.observe_all(None)
            yield Losing(connector, proxy, 3 if connector.config.fast else 4)
            connector.close()


def _samba(scheme: str, **settings: Any) -> Callable[[pytest.FixtureRequest], Target]:
    def make(request: pytest.FixtureRequest) -> Target:
        server: SambaAd = request.getfixturevalue("samba_ad")
        url = {"ldap": server.URL, "ldaps": server.LDAPS_URL}[scheme]
        return AdTarget(server, url=url, **settings)

    return make


TARGETS: dict[str, Callable[[pytest.FixtureRequest], Target]] = {
    "samba-ad-ldaps": _samba("ldaps"),
    "samba-ad-plain-starttls": _samba("ldap", start_tls=True, fast=False),
}
