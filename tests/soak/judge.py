"""What must hold when the weather is over: everything is looked at by eyes that are not the house's."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.flows.four.systems import NAMES, VENDORS
from tests.flows.test_crashes import HALF
from tests.soak.house import House
from tests.soak.hr import Hr
from tests.soak.place import Place
from tests.soak.roster import Roster, deleted
from tests.soak.stream import FACTS, facts_of

CORE = ("userName", "displayName", "title", "emails", "phoneNumbers")
TWICE = (
    "SELECT system, subjects.key, count(*) FROM attempts a JOIN subjects USING (subject) "
    "WHERE action = 'create' AND outcome = 'done' AND kind = 'person' AND NOT EXISTS "
    "(SELECT 1 FROM attempts r WHERE r.subject = a.subject AND r.system = a.system AND r.action = 'remove') "
    "GROUP BY system, subjects.key HAVING count(*) > 1"
)


@dataclass(frozen=True)
class Finding:
    """One promise: the rows of the table of faults it belongs to, what must be, what was found, whether it holds."""

    rows: str
    promise: str
    figure: str
    holds: bool
    details: tuple[str, ...] = ()


class Judge:
    """After the last fault, when nothing is due any more."""

    def __init__(self, place: Place, house: House, roster: Roster, hr: Hr) -> None:
        self.place, self.house, self.roster, self.hr = place, house, roster, hr

    def findings(self) -> Iterator[Finding]:
        """One after the other; a check that cannot be made does not hold."""
        checks: tuple[tuple[str, str, Callable[[], list[str]]], ...] = (
            ("1, 26", "acknowledged writes that are missing or different", self.missing),
            ("1", "writes that are half there", self.half),
            ("4, 17, 19", "values in the four systems that differ", self.systems),
            ("3, 4, 17", "accounts that are there twice", self.twice),
            ("18", "states that the second evaluator says otherwise", self.states),
            ("9, 17", "rows that are still leased, or attempts without an end", self.leases),
            ("4, 7, 10", "rows that are neither done nor gone", self.stuck),
            ("19", "operations that `plan` still names", self.plan),
            ("14", "vendors' windows passed over all nodes", self.place.overdrawn),
            ("50", "`huaming verify`", self.verify),
            ("50", "`report sync` counted again from the trace", self.recount),
        )
        for rows, promise, check in checks:
            try:
                found = check()
            except Exception as error:
                found = [f"could not be looked at: {error!r}"]
            yield Finding(rows, promise, str(len(found)), found == [], tuple(found[:12]))

    def missing(self) -> list[str]:
        """The roster by GET of all pages, against what was acknowledged."""
        users = {each["externalId"]: each for each in self.hr.everything("Users")}
        full = self.hr.everything("Users", attributes=f"externalId,{FACTS}")
        facts = {each["externalId"]: facts_of(each) for each in full}
        lines, names = [], {id: code for code, id in self.roster.ids.items()}
        for one in self.roster.known():
            found = users.pop(one.key, None)
            if deleted(one) or found is None:
                lines += [] if (found is None) is deleted(one) else [f"{one.key}: there is {found}"]
                continue
            answer = self.roster.answer(one)
            want = {name: one.user.get(name) for name in CORE} | {"id": one.id, "facts": facts_of(one.user)}
            want |= {"active": answer["systems"]["ldap"] == "active"}
            want |= {"groups": sorted(filter(None, (answer["primary"], *answer["concurrent"])))}
            have = {name: found.get(name) for name in (*CORE, "id", "active")} | {"facts": facts[one.key]}
            have |= {"groups": sorted(names.get(each["value"], "?") for each in found.get("groups", []))}
            lines += [f"{one.key} {n}: must be {want[n]}, is {have[n]}" for n in want if want[n] != have[n]]
        lines += [f"nobody acknowledged {key}" for key in users]
        groups = {each["externalId"]: each["displayName"] for each in self.hr.everything("Groups")}
        wanted = {code: body["displayName"] for code, body in self.roster.bodies.items()}
        return lines + [f"Group {each}" for each in sorted(groups.items() ^ wanted.items())]

    def half(self) -> list[str]:
        return [f"{name}: {row}" for name, query in HALF.items() for row in self.house.rows(query)]

    def systems(self) -> list[str]:
        return self.roster.differences(self.place.systems, self.place.foreign)

    def twice(self) -> list[str]:
        directory = self.place.directory
        entries = directory.search(directory.BASE_DN, "(employeeNumber=*)", "SUBTREE", ("employeeNumber",)).values()
        keys = {"ldap": [entry["employeeNumber"][0] for entry in entries]}
        keys |= {n: [row["key"] for row in self.place.systems.running[n].vendor.accounts()] for n in VENDORS}
        found = [f"{n} {key}" for n in NAMES for key, times in Counter(keys[n]).items() if times > 1]
        twice = self.house.rows(TWICE)
        return found + [
            f"made twice: {row}" for row in twice if not (row[0] == "ldap" and row[1] in self.place.deleted)
        ]

    def states(self) -> list[str]:
        said = {}
        for line in self.house.run("states", "--restricted").stdout.splitlines():
            each = json.loads(line)
            said[each["externalId"]] = each
        lines = []
        for one in self.roster.known():
            answer, found = self.roster.answer(one), said.get(one.key, {})
            names = ("systems", "primary", "concurrent", "articles", "anomalies")
            lines += [f"{one.key} {n}: {answer[n]}, said {found.get(n)}" for n in names if answer[n] != found.get(n)]
        return lines

    def leases(self) -> list[str]:
        held = self.house.rows("SELECT system, subject, owner FROM links WHERE owner IS NOT NULL")
        open_ends = self.house.rows("SELECT system, key, action FROM attempts WHERE outcome IS NULL")
        return [f"leased: {row}" for row in held] + [f"without an end: {row}" for row in open_ends]

    def stuck(self) -> list[str]:
        asked = (
            "SELECT l.system, s.key, l.state, l.attempts, l.error, l.blocker FROM links l JOIN subjects s "
            "USING (subject) WHERE l.state NOT IN ('done', 'gone')"
        )
        return [str(row) for row in self.house.rows(asked)]

    def plan(self) -> list[str]:
        said = json.loads(self.house.run("plan", "--json").stdout)
        return [str(each) for each in (*said["operations"], *said["stuck"], *said["held"])]

    def verify(self) -> list[str]:
        done = self.house.run("verify")
        return [] if done.returncode == 0 else [done.stdout + done.stderr]

    def recount(self) -> list[str]:
        done = self.house.run("report", "sync", "--format", "html")
        return [] if "与留痕核对：一致" in done.stdout else [f"{done.returncode} {done.stderr[-500:]}"]
