"""What must stand in all four systems, made of the second evaluator's answers: none of the house's code is in it."""

from collections.abc import Mapping
from typing import Any

from tests.flows.expectation import Dn, Entry, Expectation, comparable, differences
from tests.flows.four.systems import NAMES, VENDORS, FourSystems

Json = dict[str, Any]


class Wanted:
    """The departments and people of one day. `home`: where who has no department goes, but for the directory."""

    def __init__(self, bodies: Mapping[str, Json], paths: Mapping[str, str], home: str | None = None) -> None:
        self._expectation = Expectation()
        for code, body in bodies.items():
            self._expectation.group(code, body)
        self._paths = paths
        below = sorted(path for path in paths.values() if path)
        self.departments: dict[str, list[str]] = {system: list(below) for system in VENDORS}
        self._home = home
        self._homeless: list[str] = []
        self.foreign: dict[Dn, Entry] = {}  # of the directory
        self.accounts: dict[str, dict[str, Json]] = {system: {} for system in VENDORS}

    def person(self, user: Json, answer: Json, face: bool = False) -> None:
        """One person: the SCIM document, and what the second evaluator says of today."""
        states = answer["systems"]
        if states["ldap"] != "removed":
            self._entry(user, answer)
        for system in VENDORS:
            if states[system] != "removed":
                self.accounts[system][user["externalId"]] = self._account(system, user, answer, face)

    def _entry(self, user: Json, answer: Json) -> None:
        name = user["userName"]
        self._expectation.user(name, user)
        self._expectation.change(name, active=answer["systems"]["ldap"] == "active")
        self._expectation.join_in_order(name, [*filter(None, [answer["primary"]]), *answer["concurrent"]])
        if answer["primary"] is None:
            self._homeless.append(name)

    def _account(self, system: str, user: Json, answer: Json, face: bool) -> Json:
        home = answer["primary"] or self._home
        further = () if system == "attendance" else [each for each in answer["concurrent"] if each != home]
        there = {
            "key": user["externalId"],
            "login": user["userName"] if system == "oa" else user["externalId"],
            "name": user["name"]["formatted"],
            "state": answer["systems"][system],
            "primary": self._paths[home] if home else None,
            "concurrent": sorted(self._paths[each] for each in further),
            "face": face and system == "attendance",
        }
        if system == "attendance":
            del there["login"]  # the personId: a number to each account
            return there | {"rights": True}
        (mobile,), (mail,) = user["phoneNumbers"], user["emails"]
        return there | {"mobile": mobile["value"], "mail": mail["value"]}

    def entries(self, systems: FourSystems) -> dict[Dn, Entry]:
        """The whole directory."""
        directory = systems.directory
        found = self._expectation.directory(directory)
        for name in self._homeless:  # who has further departments only is in none by the attributes of the entry
            for attribute in ("departmentNumber", "ou"):
                found[(("uid", name), *comparable(directory.people))].pop(attribute, None)
        return found | self.foreign

    def differences(self, systems: FourSystems) -> list[str]:
        """What is missing, too much or different in any of the four, a line each."""
        lines = [f"ldap: {line}" for line in differences(self.entries(systems), systems.entries())]
        for system in VENDORS:
            there = systems.accounts(system)
            if system == "attendance":
                there = {key: {n: v for n, v in row.items() if n != "login"} for key, row in there.items()}
            lines += [f"{system}: {line}" for line in differences(self.accounts[system], there)]
            found = systems.departments(system)
            paths = sorted(self.departments[system])
            lines += [] if found == paths else [f"{system}: departments {found}, must be {paths}"]
        present = set(self.accounts["attendance"])
        lines += [f"{door}: {passes ^ present}" for door, passes in systems.doors().items() if passes != present]
        return lines


class Lives:
    """Follows from day to day which account is whose. What was made in another spell must be another account."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[str | None, str]] = {}
        self.renewed = 0

    def see(self, systems: FourSystems, spells: Mapping[str, str | None], *, daily: bool) -> list[str]:
        """What is wrong today. `daily`: yesterday was seen too, so that the same spell has the same account."""
        lines, now = [], {}
        for system in NAMES:
            for key, id in systems.ids(system).items():
                was = self._last.get((system, key))
                now[system, key] = spells.get(key), id
                if system != "wecom" and was is not None:
                    same, again = was[0] == spells.get(key), was[1] == id
                    self.renewed += not same and not again
                    anew = daily and same and not again
                    lines += [f"{system} {key}: of another spell, and the same account"] if again and not same else []
                    lines += [f"{system} {key}: another account in the same spell"] if anew else []
        self._last = now
        return lines
