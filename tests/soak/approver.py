"""The person of the house: decides on what the guard holds, and does by hand what a system lets nobody else do."""

import contextlib
import json
import subprocess
import threading

from connectors.attendance.simulator.world import ROOT
from scim_server.scim.urns import ROSTER_GROUP
from tests.soak.house import House
from tests.soak.place import Place
from tests.soak.roster import Roster


class Approver(threading.Thread):
    """Looks each `every` seconds, and approves whatever is open. `approved`: (id, people)."""

    def __init__(self, house: House, every: float = 15.0) -> None:
        super().__init__(name="approver", daemon=True)
        self.house, self.every = house, every
        self.enough = threading.Event()
        self.approved: list[tuple[str, int]] = []

    def run(self) -> None:
        """Until `enough`. A house that cannot be asked now is asked again."""
        while not self.enough.wait(self.every):
            with contextlib.suppress(ValueError, subprocess.TimeoutExpired):
                self.decide()

    def decide(self) -> None:
        """Once. Raises ValueError where the command said nothing, TimeoutExpired where it did not end."""
        for each in json.loads(self.house.run("approvals", "list", "--json", timeout=60).stdout):
            if each["state"] == "open":
                words = ("approve", each["id"], "--by", "周主任", "--digest", each["digest"])
                if self.house.run("approvals", *words, timeout=60).returncode == 0:
                    self.approved.append((each["id"], each["people"]))


def move_organisations(place: Place, roster: Roster, house: House) -> int:
    """The attendance platform moves no organisation: a person does it in the console, and retries. How many it were."""
    there, moved = place.systems.attendance.world.orgs, 0
    for code, body in roster.bodies.items():
        org, above = there.get(code), body[ROSTER_GROUP].get("parent")
        parent = above if above in there else ROOT
        if above and org and not org.deleted and org.parent != parent:
            place.systems.attendance.put_org(code, org.name, parent)
            moved += 1
    if moved:
        house.run("retry", "--system", "attendance")
    return moved
