"""An OpenLDAP before its first day."""

from typing import Any

import ldap3

from tests.flows.first_day import Old, OldDepartment
from tests.flows.first_day_systems import Before, Seen, but
from tests.flows.first_day_town import CLUB, Town
from tests.flows.hands import Hands
from tests.servers.openldap import OpenLdap

LOCKED = "000001010000Z"


class LdapBefore(Before):
    """The real OpenLDAP: no employeeNumber, groups under names of their own."""

    name = "ldap"
    heals = ("mail",)

    def __init__(self, town: Town, directory: OpenLdap) -> None:
        super().__init__(town)
        self.directory = directory
        self.hands = Hands(directory)
        self.members: dict[str, list[str]] = {}

    def furnish(self) -> None:
        super().furnish()
        for group, members in self.members.items():
            self.hands.connection.modify(group, {"member": [(ldap3.MODIFY_ADD, members)]})
        uuids = self._uuids()
        self.truth = {uuids[dn]: old for dn, old in self.truth.items()}

    def put_department(self, one: OldDepartment) -> str:
        name = one.code if one.code.endswith("1") else f"old-{one.code}"  # some bear their code already
        above = {"seeAlso": self.places[one.parent]} if one.parent else {}
        nobody = f"cn=nobody,{self.directory.BASE_DN}"
        self.hands.make(self.hands.group(name), "groupOfNames", cn=name, ou=one.name, member=nobody, **above)
        return self.hands.group(name)

    def put_account(self, one: Old, number: int) -> str:
        values = {"employeeNumber": one.staff, "mail": one.mail}
        given = {name: value for name, value in values.items() if value}
        dn = self.hands.stranger(one.login, cn=one.name, sn=one.name, **given)
        if one.login in self.town.shut:
            self.hands.set(dn, "pwdAccountLockedTime", LOCKED)
        if one.protected:
            self.protected.append(dn)
        home = self.places.get(one.department or "")
        if home is not None:
            self.members.setdefault(home, []).append(dn)
        return dn

    def table(self) -> dict[str, Any]:
        directory = self.directory
        return {
            "url": directory.URL,
            "bind_dn": directory.BIND_DN,
            "bind_password": directory.BIND_PASSWORD,
            "base_dn": directory.BASE_DN,
        }

    def dump(self) -> Any:
        directory = self.directory
        return [directory.search(each, attributes=("*", "+")) for each in (directory.people, directory.groups)]

    def raw(self) -> dict[str, Any]:
        found = self.directory.search(
            self.directory.people, attributes=("*", "entryUUID", "entryCSN", "pwdAccountLockedTime")
        )
        return {entry["entryUUID"][0]: {dn: entry} for dn, entry in found.items()}

    def seen(self) -> dict[str, Seen]:
        groups = self.directory.search(self.directory.groups, attributes=("cn", "member"))
        codes = {dn: code for code, dn in self.places.items()}
        inside: dict[str, list[str]] = {}
        for dn, group in groups.items():
            for member in group["member"]:
                inside.setdefault(member.lower(), []).append(self.town.path(codes.get(dn, group["cn"][0])))
        found = {}
        for uuid, raw in self.raw().items():
            ((dn, entry),) = raw.items()
            places = tuple(sorted(inside.get(dn.lower(), [])))
            found[uuid] = Seen(entry["uid"][0], not entry.get("pwdAccountLockedTime"), places)
        return found

    @property
    def club(self) -> str:
        found = self.directory.search(self.directory.groups, attributes=("entryUUID",))
        return found[self.places[CLUB.code]]["entryUUID"][0]

    def fields(self, raw: Any) -> dict[str, Any]:
        (entry,) = raw.values()
        return but(entry, "uid", "entryCSN", "pwdAccountLockedTime")

    def wanted(self, key: str) -> dict[str, str]:
        town = self.town
        return {"cn": town.name(key), "mail": town.mail(key), "employeeNumber": key}

    def shown(self) -> dict[str, dict[str, str]]:
        names = ("cn", "mail", "employeeNumber")
        entries = {uuid: entry for uuid, raw in self.raw().items() for entry in raw.values()}
        return {uuid: {name: "".join(entry.get(name, ())) for name in names} for uuid, entry in entries.items()}

    def close(self) -> None:
        self.hands.connection.unbind()

    def _uuids(self) -> dict[str, str]:
        found = self.directory.search(self.directory.people, attributes=("entryUUID",))
        return {dn: entry["entryUUID"][0] for dn, entry in found.items()}
