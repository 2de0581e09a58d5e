"""The contract suite on real OpenLDAP, with its overlays and without."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import ldap3
import pytest

from connectors.base import Connector
from connectors.ldap.config import LdapConfig
from connectors.ldap.connector import LdapConnector
from mappings.model import Presence
from tests.contract.target import Seen, Target
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import OpenLdap

PASSWORD = "Wan-Fu!2024"
NOT_COMPARED = frozenset({"objectClass", "memberOf", "pwdAccountLockedTime", "nsAccountLock"})


class LdapTarget(Target):
    """A real OpenLDAP, looked at with ldap3 as the root DN. `settings` are those of LdapConfig."""

    def __init__(self, server: OpenLdap, **settings: Any) -> None:
        self.server = server
        self.settings = {"page_size": self.page_size} | settings

    def person(self, number: int, login: str) -> dict[str, tuple[str, ...]]:
        whole = {"employeeNumber": (f"E{number}",), "cn": (f"王{number}",), "sn": ("王",)}
        return super().person(number, login) | whole

    def connector(self) -> LdapConnector:
        return self.ldap()

    def ldap(self, **changes: Any) -> LdapConnector:
        """A connector with other settings."""
        return ldap_connector(self.server.config(**self.settings | changes))

    def people(self) -> dict[str, Seen]:
        entries = self.server.search(self.server.people, attributes=("*", *self.lock_attributes))
        groups = self.server.search(self.server.groups)
        return {
            entry.get("employeeNumber", [f"({entry['uid'][0]})"])[0]: Seen(
                Presence.LOCKED if self.locked(entry) else Presence.ACTIVE,
                {name: tuple(entry[name]) for name in entry if name not in NOT_COMPARED},
                frozenset(each["cn"][0] for each in groups.values() if dn in each.get("member", ())),
            )
            for dn, entry in entries.items()
        }

    lock_attributes = ("pwdAccountLockedTime",)
    too_long = "name-too-long"  # how a name is refused that the database cannot hold

    def takes(self, login: str) -> bool:
        """Whether the server takes such a login as it comes."""
        return True

    @property
    def nobody(self) -> list[str]:
        """The members of an empty group."""
        return [f"cn=nobody,{self.server.BASE_DN}"]

    def locked(self, entry: dict[str, list[str]]) -> bool:
        """Whether the entry, read with `lock_attributes`, is locked by an administrator."""
        return entry.get("pwdAccountLockedTime") == ["000001010000Z"]

    def groups(self) -> dict[str, Any]:
        found = self.server.search(self.server.groups)
        return {each["cn"][0]: {name: tuple(each[name]) for name in each} for each in found.values()}

    def put(self, key: str | None, login: str) -> None:
        values: dict[str, Any] = {"uid": login, "cn": "手工", "sn": "手", "displayName": "手工"}
        values |= {"employeeNumber": key} if key else {}
        self._root("add", f"uid={login},{self.server.people}", "inetOrgPerson", values)

    def delete(self, key: str) -> None:
        (dn,) = self.server.search(self.server.people, f"(employeeNumber={key})")
        self._root("delete", dn)

    def protect(self, key: str) -> Connector:
        return self.ldap(protected=(f"(employeeNumber={key})",))

    def unreachable(self) -> Connector:
        return self.ldap(url="ldap://127.0.0.1:1", start_tls=False)

    @contextmanager
    def place_gone(self) -> Iterator[Connector]:
        yield self.ldap(people="ou=nowhere", groups="ou=nowhere")

    @contextmanager
    def lossy(self) -> Iterator[Connector]:
        secure = "ldaps" in str(self.settings.get("url"))
        with FaultProxy(*self.server.address(secure)) as proxy:
            scheme = "ldaps" if secure else "ldap"
            connector = self.ldap(url=f"{scheme}://127.0.0.1:{proxy.port}")
            connector.observe_all(None)  # the line is open; what is lost is the answer to a write
            yield Losing(connector, proxy)
            connector.close()

    def _root(self, verb: str, *arguments: Any) -> None:
        connection = self.server.root()
        try:
            assert getattr(connection, verb)(*arguments), connection.result
        finally:
            connection.unbind()


def with_password(target: LdapTarget, dn: str) -> None:
    """Gives an entry PASSWORD, by hand."""
    root = target.server.root()
    assert root.modify(dn, {"userPassword": [(ldap3.MODIFY_REPLACE, [PASSWORD])]}), root.result
    root.unbind()


class Losing:
    """A connector whose first apply loses the answer to its n-th request, and the line with it."""

    def __init__(self, connector: LdapConnector, proxy: FaultProxy, request: int = 1) -> None:
        self._connector = connector
        self._proxy = proxy
        self._request = request

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connector, name)

    def apply(self, operation: Any) -> Any:
        self._proxy.set(lose_from=self._request)
        self._request = 0
        try:
            return self._connector.apply(operation)
        finally:
            self._proxy.clear()


@contextmanager
def hurried(connector: Any, seconds: float = 0.7) -> Iterator[None]:
    """While inside, an LdapConnector waits so long and no longer. Outside of it a slow machine has all its time."""
    patient = connector.config
    connector.config = patient.model_copy(update={"answer_timeout": seconds, "connect_timeout": seconds})
    yield
    connector.config = patient


def ldap_connector(config: LdapConfig) -> LdapConnector:
    """A connector with the machine's clocks."""
    return LdapConnector("target", config, time.monotonic, lambda: datetime.now(UTC))


def _ldap(fixture: str, scheme: str, **settings: Any) -> Callable[[pytest.FixtureRequest], Target]:
    def make(request: pytest.FixtureRequest) -> Target:
        server: OpenLdap = request.getfixturevalue(fixture)
        url = {"ldap": server.URL, "ldaps": server.LDAPS_URL}[scheme]
        return LdapTarget(server, url=url, **settings)

    return make


TARGETS: dict[str, Callable[[pytest.FixtureRequest], Target]] = {
    "openldap-all-overlays-fast-ldaps": _ldap("openldap", "ldaps"),
    "openldap-all-overlays-plain-starttls": _ldap("openldap", "ldap", fast=False, start_tls=True),
    "openldap-no-refint-fast-starttls": _ldap("lean_openldap", "ldap", start_tls=True),
    "openldap-no-refint-plain-ldap": _ldap("lean_openldap", "ldap", fast=False),
}
