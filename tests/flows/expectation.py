"""What the roster and the directory must be: a naive model of acknowledged writes; none of the product is in it."""

import copy
from dataclasses import dataclass, field
from typing import Any

from tests.flows.client import DEPARTMENT, ENTERPRISE, Json
from tests.servers.openldap import OpenLdap

Entry = dict[str, list[str]]
Dn = tuple[tuple[str, str], ...]

LOCKED = "000001010000Z"
PERSON_CLASSES = ["inetOrgPerson", "organizationalPerson", "person", "top"]
GROUP_CLASSES = ["groupOfNames", "top"]
DN_VALUED = ("member", "manager", "seeAlso")


@dataclass
class Expectation:
    """Resources as acknowledged, by SCIM id; `joined` holds the ids of a user's Groups in the order of joining."""

    users: dict[str, Json] = field(default_factory=dict)
    groups: dict[str, Json] = field(default_factory=dict)
    joined: dict[str, list[str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    # -- what HR did

    def user(self, id: str, body: Json) -> None:
        """POST or PUT of a User; an omitted `active` stays, or is true at birth (S2)."""
        active = self.users.get(id, {}).get("active", True)
        self.users[id] = {"active": active} | copy.deepcopy(body)
        self.joined.setdefault(id, [])

    def change(self, id: str, **values: Any) -> None:
        """PATCH of a User's top-level attributes."""
        self.users[id] |= copy.deepcopy(values)

    def manage(self, id: str, manager: str | None) -> None:
        """PATCH of the manager."""
        self.users[id].pop(ENTERPRISE, None)
        if manager is not None:
            self.users[id][ENTERPRISE] = {"manager": {"value": manager}}

    def remove_user(self, id: str) -> None:
        del self.users[id], self.joined[id]
        self.gone.add(id)

    def group(self, id: str, body: Json) -> None:
        """POST of a Group, or PUT of one's attributes."""
        self.groups[id] = {name: value for name, value in copy.deepcopy(body).items() if name != "members"}
        for member in body.get("members", []):
            self.join(id, member["value"])

    def rename_group(self, id: str, name: str) -> None:
        self.groups[id]["displayName"] = name

    def join(self, group: str, *users: str) -> None:
        for user in users:
            if group not in self.joined[user]:
                self.joined[user].append(group)

    def join_in_order(self, user: str, groups: list[str]) -> None:
        """All the Groups of a user, as something else decides."""
        self.joined[user] = list(groups)

    def leave(self, group: str, *users: str) -> None:
        for user in users:
            if group in self.joined[user]:
                self.joined[user].remove(group)

    def remove_group(self, id: str) -> None:
        del self.groups[id]
        self.gone.add(id)
        for groups in self.joined.values():
            if id in groups:
                groups.remove(id)

    # -- what must be

    def members(self, group: str) -> list[str]:
        return [user for user, groups in self.joined.items() if group in groups]

    def directory(self, ldap: OpenLdap) -> dict[Dn, Entry]:
        """Every entry below ou=people and ou=groups, value by value, as `seen` tells it."""
        found = {}
        for id, body in self.users.items():
            found[self._dn_of(id, ldap)] = self._person(id, body, ldap)
        for id, body in self.groups.items():
            found[_below(ldap.groups, "cn", key_of(id, body))] = self._group(id, body, ldap)
        return found

    def _dn_of(self, id: str, ldap: OpenLdap) -> Dn:
        return _below(ldap.people, "uid", self.users[id]["userName"])

    def _person(self, id: str, body: Json, ldap: OpenLdap) -> Entry:
        name = body.get("name", {})
        full = name.get("formatted") or body.get("displayName") or body["userName"]
        home = next((self.groups[each] for each in self.joined[id] if DEPARTMENT in self.groups[each]), None)
        manager = body.get(ENTERPRISE, {}).get("manager", {}).get("value")
        mails = [mail["value"] for mail in body.get("emails", []) if mail.get("type", "work") == "work"]
        values = {
            "objectClass": PERSON_CLASSES,
            "uid": [body["userName"]],
            "employeeNumber": [key_of(id, body)],
            "cn": [full],
            "sn": [name.get("familyName") or full],
            "givenName": [name.get("givenName", "")],
            "displayName": [body.get("displayName", "")],
            "title": [body.get("title", "")],
            "mail": mails[:1],
            "departmentNumber": [home["externalId"]] if home else [],
            "ou": [home["displayName"]] if home else [],
            "manager": [str(self._dn_of(manager, ldap))] if manager in self.users else [],
            "pwdAccountLockedTime": [] if body["active"] else [LOCKED],
        }
        return {name: sorted(each) for name, each in values.items() if each and each != [""]}

    def _group(self, id: str, body: Json, ldap: OpenLdap) -> Entry:
        facts = body.get(DEPARTMENT, {})
        members = [str(self._dn_of(user, ldap)) for user in self.members(id)]
        parent = facts.get("parent")
        values = {
            "objectClass": GROUP_CLASSES,
            "cn": [key_of(id, body)],
            "ou": [body["displayName"]],
            "businessCategory": [facts.get("kind", "")],
            "seeAlso": [str(_below(ldap.groups, "cn", parent))] if parent else [],
            "member": members or [str(comparable(f"cn=nobody,{ldap.BASE_DN}"))],
        }
        return {name: sorted(each) for name, each in values.items() if each and each != [""]}

    def roster(self) -> tuple[dict[str, Json], dict[str, Json]]:
        """What GET must answer of every User and Group, as `told` tells it."""
        users = {id: _plain(body) | {"groups": list(self.joined[id])} for id, body in self.users.items()}
        groups = {id: _plain(body) | {"members": sorted(self.members(id))} for id, body in self.groups.items()}
        return users, groups


def key_of(id: str, body: Json) -> str:
    """externalId, else the SCIM id."""
    return str(body.get("externalId") or id)


def told(users: list[Json], groups: list[Json]) -> tuple[dict[str, Json], dict[str, Json]]:
    """What a house answered to the lists of Users and Groups, in the words of `Expectation.roster`."""
    people = {
        each["id"]: _plain(each) | {"groups": [group["value"] for group in each.get("groups", [])]} for each in users
    }
    teams = {
        each["id"]: _plain(each) | {"members": sorted(member["value"] for member in each.get("members", []))}
        for each in groups
    }
    return people, teams


def _plain(body: Json) -> Json:
    """The document alone; a manager as its id alone."""
    own = ("schemas", "id", "meta", "groups", "members")
    plain = {name: value for name, value in body.items() if name not in own}
    if ENTERPRISE in plain:
        plain[ENTERPRISE] = {"manager": {"value": plain[ENTERPRISE]["manager"]["value"]}}
    return plain


def seen(ldap: OpenLdap) -> dict[Dn, Entry]:
    """Everything below ou=people and ou=groups as the root DN sees it, the lock included, memberOf left out."""
    found = ldap.search(ldap.people, "(objectClass=*)", "SUBTREE", ("*", "pwdAccountLockedTime"))
    found |= ldap.search(ldap.groups, "(objectClass=*)", "SUBTREE")
    containers = {comparable(ldap.people), comparable(ldap.groups)}
    return {
        comparable(dn): _comparable_values(entry) for dn, entry in found.items() if comparable(dn) not in containers
    }


def _comparable_values(entry: Entry) -> Entry:
    """DN values in one spelling, everything else as it stands; userPassword is nobody's business here."""
    return {
        name: sorted(str(comparable(value)) for value in values) if name in DN_VALUED else values
        for name, values in entry.items()
        if values and name != "userPassword"
    }


def comparable(dn: str) -> Dn:
    """A DN without its spelling (RFC 4514): pairs of (attribute, value), in lower case (caseIgnoreMatch)."""
    return tuple((name.lower(), _unescaped(value).casefold()) for name, value in _rdns(dn))


def _rdns(dn: str) -> list[tuple[str, str]]:
    rdns, start, place = [], 0, 0
    while place < len(dn):
        if dn[place] == "\\":
            place += 1
        elif dn[place] == ",":
            rdns.append(dn[start:place])
            start = place + 1
        place += 1
    return [(name, value) for name, _, value in (rdn.partition("=") for rdn in [*rdns, dn[start:]])]


def _below(container: str, attribute: str, value: str) -> Dn:
    return ((attribute, value.casefold()), *comparable(container))


def _unescaped(value: str) -> str:
    out, rest = bytearray(), value
    while rest:
        if rest[0] != "\\":
            out += rest[0].encode()
            rest = rest[1:]
        elif len(rest) > 2 and all(char in "0123456789abcdefABCDEF" for char in rest[1:3]):
            out.append(int(rest[1:3], 16))
            rest = rest[3:]
        else:
            out += rest[1].encode()
            rest = rest[2:]
    return out.decode()


def differences(expected: dict[Any, Any], actual: dict[Any, Any]) -> list[str]:
    """What is missing, what is too much and what differs, a line each."""
    lines = [f"missing: {key}" for key in expected.keys() - actual.keys()]
    lines += [f"extra: {key} {actual[key]}" for key in actual.keys() - expected.keys()]
    for key in expected.keys() & actual.keys():
        for name in sorted(expected[key].keys() | actual[key].keys()):
            want, have = expected[key].get(name), actual[key].get(name)
            if want != have:
                lines.append(f"{key} {name}: must be {want}, is {have}")
    return lines


def converged(expectation: Expectation, ldap: OpenLdap) -> None:
    """The directory is what it must be, entry by entry and value by value."""
    found = differences(expectation.directory(ldap), seen(ldap))
    assert not found, "\n".join(found[:20]) + f"\n{len(found)} differences"
