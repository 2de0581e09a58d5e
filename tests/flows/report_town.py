"""What the reports of people, access and open matters are read from: a town that has lived, and ways to read them."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from connectors.memory import MemoryDirectory
from mappings.model import Refused
from scim_server.operate.reading import Frame
from scim_server.operate.states import state_of
from scim_server.reports.access.people import below
from scim_server.reports.access.reading import Terms
from scim_server.reports.access.report import write_access
from scim_server.reports.lifecycle.report import write_lifecycle
from scim_server.reports.period import EVER, Period
from scim_server.reports.stuck.report import write_stuck
from scim_server.settings import Settings
from scim_server.store.cause import Cause, because
from scim_server.store.people import read_org
from tests.flows import client as say
from tests.flows.days_town import Town, event, hired
from tests.flows.engine_room import SYSTEM


class ReportTown(Town):
    """A town whose reports can be asked for."""

    def group(self, code: str) -> str:
        """The id of a department's Group."""
        return str(self.rows("SELECT id FROM resources WHERE external_id = :code", code=code)[0][0])

    def lifecycle(self, form: str = "json", period: Period = EVER) -> bytes:
        """The lifecycle report."""
        out = io.BytesIO()
        with self.engine.begin() as connection:
            write_lifecycle(connection, form, out, self.time, period)
        return out.getvalue()

    def happened(self, period: Period = EVER) -> list[dict[str, Any]]:
        """Its rows."""
        found: list[dict[str, Any]] = json.loads(self.lifecycle("json", period))
        return found

    def access(self, form: str = "json", department: str | None = None) -> bytes:
        """The access report; the memory directory is asked for as the directory is."""
        out = io.BytesIO()
        with self.engine.begin() as connection:
            org = read_org(connection)
            seen, day = Frame(Settings.model_construct(systems={}), self.rules.readings, org), self.clock.today()

            def state(person: Any) -> dict[str, Any]:
                told = state_of(person, day, seen)
                return told | {"systems": told["systems"] | {SYSTEM: told["systems"]["ldap"]}}

            wanted = below(connection, org, department) if department else None
            write_access(connection, form, out, self.time, Terms(state, [SYSTEM], org, day, wanted), "全部部门")
        return out.getvalue()

    def stuck(self, form: str = "json") -> bytes:
        """The report of open matters."""
        out = io.BytesIO()
        with self.engine.begin() as connection:
            write_stuck(connection, form, out, self.time)
        return out.getvalue()


def lines(table: bytes) -> list[dict[str, str]]:
    """A CSV by its headings."""
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def one_life(town: ReportTown) -> None:
    """Somebody is hired, moves, helps out elsewhere, is suspended and put back, and goes; each worked in five seconds.

    The suspension rests on an investigation, which no report may tell (S18).
    """
    post, hire = hired("2020-01-02")
    closed = post | {"endDate": "2026-03-01"}
    new = post | {"value": "a2", "department": "B", "startDate": "2026-03-02"}
    lent = post | {"value": "a3", "kind": "secondment", "startDate": "2026-03-02", "sendingDepartment": "B"}
    case = event("i1", "investigation", "2026-03-01", workSuspended=True)
    steps: list[tuple[list[Any], list[Any]]] = [
        ([post], [hire]),
        ([closed, new], [hire]),
        ([closed, new, lent], [hire]),
        ([closed, new, lent], [hire, case]),
        ([closed, new, lent], [hire, case | {"endDate": "2026-03-01", "outcome": "cleared"}]),
        ([closed, new], [hire, case | {"endDate": "2026-03-01", "outcome": "cleared"}]),
        ([closed, new], [hire, event("e1", "resignation", "2026-03-02")]),
    ]
    for number, (posts, events) in enumerate(steps):
        with because(Cause(request=f"push-{number}")):
            town.tell("life", posts, events)
        town.time += 4
        town.work(1)


def troubled_days(folder: Path) -> ReportTown:
    """A hundred people hired, moved and removed while answers get lost, the system is away, and some are refused."""
    town = ReportTown(folder)
    directory: MemoryDirectory = town.directory
    ids = []
    for number in range(100):
        with because(Cause(request=f"hire-{number // 10}")):
            ids.append(town.person(f"p{number}"))
    directory.refused = {f"E-p{number}": Refused("40", "值不合要求") for number in range(0, 100, 9)}
    directory.lost = 7
    town.work_out()
    directory.refused = {}
    town.writer.write(town.retry)
    town.members(town.group("A"), add=tuple(ids[:60]))
    directory.unreachable = True
    town.work(5)
    town.work(40)
    directory.unreachable = False
    directory.lost = 5
    town.work_out()
    town.members(town.group("B"), add=tuple(ids[:10]))
    town.members(town.group("A"), remove=tuple(ids[:10]))
    town.work_out()
    town.time += 3600  # the guard counts an hour
    for id in ids[90:]:
        town.put("User", id, say.user(f"p{ids.index(id)}", active=False))
    directory.lost = 4
    town.work_out()
    town.time += 3600
    for id in ids[80:90]:
        town.delete("User", id)
    town.work_out()
    return town
