"""A house before four systems that have been in use for years, and the commands that an administrator types there."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.flows.first_day_directory import LdapBefore
from tests.flows.first_day_systems import Before
from tests.flows.first_day_town import Town
from tests.flows.first_day_vendors import AttendanceBefore, OaBefore, WecomBefore
from tests.flows.house import HUAMING, Served
from tests.servers.openldap import OpenLdap

BY = "李科长"
PATIENCE = 1800.0  # seconds for whatever must come to rest
# between us and a command: the memory of a child counts from its birth, when it is as large as its parent
MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(done.returncode)
"""


@dataclass
class Quarters(Served):
    """A house whose configuration names further systems. `tables`: by name, the keys of each."""

    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    largest: dict[str, float] = field(default_factory=dict)  # the memory of commands, by what it is for, in MB

    def write_config(self) -> None:
        super().write_config()
        lines = []
        for name, table in self.tables.items():
            lines += [f"[systems.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items()), ""]
        with self.config.open("a") as file:
            file.write("\n".join(lines))

    def measured(self, what: str, *arguments: str) -> str:
        """A command that must succeed; the most memory it took is noted."""
        command = [sys.executable, "-c", MEASURED, str(HUAMING), *arguments, "--config", str(self.config)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, (arguments, done.stderr)
        kilobytes = int(done.stderr.splitlines()[-1])
        self.largest[what] = max(self.largest.get(what, 0.0), kilobytes / 1024)
        return done.stdout


class Office:
    """The administrator. `systems`: the four, furnished; `seconds`: what each step took."""

    def __init__(
        self,
        folder: Path,
        town: Town,
        directory: OpenLdap,
        now: Callable[[], float],
        readable: bool = False,
        template: Served | None = None,
    ) -> None:
        self.town = town
        self.folder = folder
        made: Sequence[Before] = (
            LdapBefore(town, directory),
            OaBefore(town, now),
            WecomBefore(town, now, readable),
            AttendanceBefore(town, now),
        )
        self.systems = {each.name: each for each in made}
        for each in made:
            each.furnish()
        self.house = Quarters(folder, directory, mode=None, template=template)
        self.house.settings["protected"] = self.systems["ldap"].protected
        further = made[1:]
        self.house.tables = {each.name: each.table() | {"protected": each.protected} for each in further}

    def close(self) -> None:
        self.house.close()
        for each in self.systems.values():
            each.close()

    def dumps(self) -> dict[str, Any]:
        """All four, to the last field."""
        return {name: each.dump() for name, each in self.systems.items()}

    # -- the steps

    def open(self) -> None:
        """The house is configured and started, and HR pushes everybody; it finds accounts everywhere, and observes."""
        self.house.start()
        self.push()
        self.house.wait_for("SELECT 1 FROM systems WHERE mode = 'observe' GROUP BY mode HAVING count(*) = 4")

    def push(self) -> None:
        headers = {"Authorization": f"Bearer {self.house.secret}"}
        with httpx.Client(base_url=f"{self.house.base}/scim/v2", headers=headers, timeout=60) as hr:
            for kind, bodies in (("Groups", self.town.groups), ("Users", self.town.people.values())):
                for body in bodies:
                    answer = hr.post(f"/{kind}", json=body)
                    assert answer.status_code == 201, answer.text

    def plan(self) -> list[dict[str, Any]]:
        answer = json.loads(self.house.measured("plan", "plan", "--json"))
        found: list[dict[str, Any]] = answer["operations"]
        return found

    def adopt(self, system: str, *words: object) -> Any:
        """`huaming adopt`, as JSON."""
        return json.loads(self.house.measured("adopt", "adopt", "--system", system, *map(str, words), "--json"))

    def switch(self, system: str) -> subprocess.CompletedProcess[str]:
        """`--enforce`, which may be refused."""
        return self.house.run("adopt", "--system", system, "--enforce", "--by", BY, timeout=PATIENCE)

    def settle(self) -> None:
        """Everything that can be done is done, and no attempt is open."""
        self.house.idle(PATIENCE)
        assert self.house.rows("SELECT action, key FROM attempts WHERE outcome IS NULL") == []

    def sweep(self) -> None:
        self.house.sweep(PATIENCE)

    def heal(self, named: Mapping[str, Sequence[str]]) -> None:
        """`heal` is written into the file, the server restarted, and everything looked at anew."""
        for system, attributes in named.items():
            table = self.house.settings if system == "ldap" else self.house.tables[system]
            table["heal"] = list(attributes)
        self.house.terminate()
        self.house.write_config()
        self.house.start()
        self.sweep()

    def orphans(self) -> dict[str, dict[str, Any]]:
        """`report orphans`, by system and the system's own id."""
        told = json.loads(self.house.measured("orphans", "report", "orphans", "--format", "json"))
        assert {each["system"]: each["error"] for each in told["systems"]} == dict.fromkeys(self.systems)
        return {f"{row['system']} {row['remoteId']}": row for row in told["orphans"]}

    def differences(self, system: str) -> list[dict[str, Any]]:
        """`--differences`, as JSON."""
        found: list[dict[str, Any]] = self.adopt(system, "--differences")
        return found

    # -- what is on record

    def disowned(self) -> list[tuple[str, Before, str]]:
        """What was said not to be ours."""
        rows = self.house.rows("SELECT system, remote_id FROM disowned")
        return [(f"{system} {id}", self.systems[system], id) for system, id in rows]

    def writes(self) -> dict[str, int]:
        """How much was done in each system."""
        asked = "SELECT system, count(*) FROM attempts WHERE action <> 'adopt' AND outcome = 'done' GROUP BY system"
        return dict(self.house.rows(asked))

    def attempts(self) -> list[tuple[str, ...]]:
        """System, key, action and outcome of everything that was sent, the latest last."""
        return self.house.rows("SELECT system, key, action, outcome FROM attempts ORDER BY id")

    def created(self, system: str, kind: str) -> list[str]:
        """Keys of all that were made there, once for each time."""
        asked = (
            "SELECT a.key FROM attempts a JOIN subjects s USING (subject) WHERE a.system = ? AND s.kind = ? "
            "AND a.action = 'create' AND a.outcome IN ('done', 'already-so') ORDER BY a.key"
        )
        return [row[0] for row in self.house.rows(asked, system, kind)]

    def links(self, system: str) -> dict[str, tuple[str, bool, str | None]]:
        """Of people by key: the system's own id, whether it was adopted, and the finding."""
        asked = (
            "SELECT s.key, l.remote_id, l.adopted, l.finding FROM links l JOIN subjects s USING (subject) "
            "WHERE l.system = ? AND l.kind = 'person' AND l.remote_id IS NOT NULL"
        )
        return {row[0]: (row[1], bool(row[2]), row[3]) for row in self.house.rows(asked, system)}

    def parked(self) -> dict[str, str]:
        """What stands still, by system and key, with the sentence."""
        asked = "SELECT l.system, s.key, l.error FROM links l JOIN subjects s USING (subject) WHERE l.state = 'parked'"
        return {f"{system} {key}": error for system, key, error in self.house.rows(asked)}
