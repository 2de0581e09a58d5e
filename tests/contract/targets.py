"""The systems that the contract suite runs against."""

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
from connectors.memory import MemoryConnector, MemoryDirectory
from mappings.model import Kind, Presence
from tests.contract.target import Seen, Target
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import OpenLdap

PASSWORD = "Wan-Fu!2024"
NOT_COMPARED = frozenset({"objectClass", "memberOf", "pwdAccountLockedTime"})


class MemoryTarget(Target):
    """The reference connector."""

    def __init__(self) -> None:
        self.directory = MemoryDirectory()

    def connector(self) -> Connector:
        return MemoryConnector("target", self.directory, page_size=self.page_size)

    def people(self) -> dict[str, Seen]:
        return {
            each.key or f"({each.attributes['uid'][0]})": Seen(
                each.presence,
                {name: values for name, values in each.attributes.items() if values},
                frozenset(self.directory.accounts[group].key for group in each.groups),
            )
            for each in self.directory.accounts.values()
            if each.kind is Kind.PERSON
        }

    def groups(self) -> dict[str, Any]:
        return {each.key: dict(each.attributes) for each in self.directory.accounts.values() if each.kind is Kind.GROUP}

    def put(self, key: str | None, login: str) -> None:
        self.directory.put(Kind.PERSON, key or "", login, displayName="手工")

    def delete(self, key: str) -> None:
        (account,) = self.directory.find(Kind.PERSON, key)
        del self.directory.accounts[account.remote_id]

    def protect(self, key: str) -> Connector:
        self.directory.protected.add(key)
        return self.connector()

    def unreachable(self) -> Connector:
        self.directory.unreachable = True
        return self.connector()

    @contextmanager
    def place_gone(self) -> Iterator[Connector]:
        self.directory.gone = True
        yield self.connector()
        self.directory.gone = False

    @contextmanager
    def lossy(self) -> Iterator[Connector]:
        self.directory.lost = 1
        yield self.connector()


class LdapTarget(Target):
    """A real OpenLDAP, looked at with ldap3 as the root DN. `settings` are those of LdapConfig."""

    def __init__(self, server: OpenLdap, **settings: Any) -> None:
        self.server = server
        self.settings = {"page_size": self.page_size} | settings

    def connector(self) -> LdapConnector:
        return self.ldap()

    def ldap(self, **changes: Any) -> LdapConnector:
        """A connector with other settings."""
        return ldap_connector(self.server.config(**self.settings | changes))

    def people(self) -> dict[str, Seen]:
        entries = self.server.search(self.server.people, attributes=("*", "pwdAccountLockedTime"))
        groups = self.server.search(self.server.groups)
        return {
            entry.get("employeeNumber", [f"({entry['uid'][0]})"])[0]: Seen(
                Presence.LOCKED if entry.get("pwdAccountLockedTime") == ["000001010000Z"] else Presence.ACTIVE,
                {name: tuple(entry[name]) for name in entry if name not in NOT_COMPARED},
                frozenset(each["cn"][0] for each in groups.values() if dn in each["member"]),
            )
            for dn, entry in entries.items()
        }

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
        with FaultProxy("127.0.0.1", self.server.port + secure) as proxy:
            scheme = "ldaps" if secure else "ldap"
            connector = self.ldap(url=f"{scheme}://127.0.0.1:{proxy.port}", answer_timeout=1)
            connector.observe_all(None)  # the line is open; what is lost is the answer to a write
            yield Dropping(connector, proxy)
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


class Dropping:
    """A connector whose first apply loses its answer."""

    def __init__(self, connector: LdapConnector, proxy: FaultProxy) -> None:
        self._connector = connector
        self._proxy = proxy
        self._dropped = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connector, name)

    def apply(self, operation: Any) -> Any:
        self._proxy.set(drop_replies=not self._dropped)
        self._dropped = True
        try:
            return self._connector.apply(operation)
        finally:
            self._proxy.clear()


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
    "memory": lambda request: MemoryTarget(),
    "openldap-all-overlays-fast-ldaps": _ldap("openldap", "ldaps"),
    "openldap-all-overlays-plain-starttls": _ldap("openldap", "ldap", fast=False, start_tls=True),
    "openldap-no-refint-fast-starttls": _ldap("lean_openldap", "ldap", start_tls=True),
    "openldap-no-refint-plain-ldap": _ldap("lean_openldap", "ldap", fast=False),
}
