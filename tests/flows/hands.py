"""What an administrator does to the directory by hand."""

import ldap3

from tests.servers.openldap import OpenLdap


class Hands:
    """An administrator with the root DN."""

    def __init__(self, ldap: OpenLdap) -> None:
        self.ldap = ldap
        self.connection = ldap.root()

    def person(self, name: str) -> str:
        return f"uid={name},{self.ldap.people}"

    def group(self, key: str) -> str:
        return f"cn={key},{self.ldap.groups}"

    def set(self, dn: str, attribute: str, *values: str) -> None:
        self._ok(self.connection.modify(dn, {attribute: [(ldap3.MODIFY_REPLACE, list(values))]}))

    def add(self, dn: str, attribute: str, value: str) -> None:
        self._ok(self.connection.modify(dn, {attribute: [(ldap3.MODIFY_ADD, [value])]}))

    def take(self, dn: str, attribute: str, value: str) -> None:
        self._ok(self.connection.modify(dn, {attribute: [(ldap3.MODIFY_DELETE, [value])]}))

    def delete(self, dn: str) -> None:
        self._ok(self.connection.delete(dn))

    def make(self, dn: str, *classes: str, **values: str) -> None:
        self._ok(self.connection.add(dn, list(classes), values))

    def stranger(self, name: str, **values: str) -> str:
        self.make(self.person(name), "inetOrgPerson", **{"cn": name, "sn": name} | values)
        return self.person(name)

    def rename(self, dn: str, rdn: str) -> None:
        self._ok(self.connection.modify_dn(dn, rdn))

    def _ok(self, done: bool) -> None:
        assert done, self.connection.result
