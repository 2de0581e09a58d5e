"""What happens to departments: it shows in all four systems, and where one cannot follow it says so in a sentence."""

from dataclasses import replace

from tests.flows import client as say
from tests.flows.four.conftest import Towns
from tests.flows.four.town import FourTown
from tests.flows.four.wanted import Wanted
from tests.flows.test_facts_flow import event, post


def test_a_renamed_department_shows_everywhere(town: FourTown) -> None:
    """In its people's entries too, and in the paths of everything below it."""
    for number, department in enumerate(("EDU", "EDU-1", "HEA")):
        town.person(f"p{number}", department=department)
    town.judge()
    before = town.ids("p0"), town.ids("p1")
    town.rename_department("EDU", "区教育体育局")
    town.judge()
    assert "区教育体育局/部门EDU-1" in town.systems.departments("attendance")
    assert town.places("oa", "p1") == ("区教育体育局/部门EDU-1", [])
    assert (town.ids("p0"), town.ids("p1")) == before


def test_a_moved_department_moves_in_three_systems_and_attendance_says_that_it_cannot(town: FourTown) -> None:
    town.person("li", department="EDU-1")
    town.judge()
    town.move_department("EDU-1", "HEA")
    town.by_hand.append(_not_at_attendance)
    town.bureau.work_out()
    town.compare()
    state, error, _ = town.link("EDU-1", "attendance")
    assert (state, error) == (
        "parked",
        "no-move：平台的接口不能把组织移到另一上级之下：请在平台的组织管理中将「部门EDU-1」移到「部门HEA」之下，随后重试",
    )
    town.by_hand.clear()
    town.systems.attendance.put_org("EDU-1", "部门EDU-1", "HEA")
    town.bureau.command("retry", system="attendance", person=None)
    town.judge()
    assert town.link("EDU-1", "attendance")[0] == "done"


def _not_at_attendance(wanted: Wanted) -> None:
    """There it stays below its old parent."""
    there = wanted.departments["attendance"]
    there[there.index("部门HEA/部门EDU-1")] = "部门EDU/部门EDU-1"
    wanted.accounts["attendance"]["E-li"]["primary"] = "部门EDU/部门EDU-1"


def test_a_moved_department_moves_at_attendance_too_where_the_platform_can(towns: Towns) -> None:
    town = towns(attendance={"move_organisations": True})
    town.systems.attendance.switches = replace(town.systems.attendance.switches, orgs_move=True)
    town.person("li", department="EDU-1")
    town.judge()
    before = town.ids("li")
    town.move_department("EDU-1", "HEA")
    town.judge()
    assert town.places("attendance", "li") == ("部门HEA/部门EDU-1", [])
    assert town.ids("li") == before


def test_a_new_department_and_its_first_people_in_one_request_come_in_order(town: FourTown) -> None:
    """Parents first, people last, whatever the order in which their rows are worked."""
    town.bodies["NEW"] = say.department("新局", "NEW", "D0", "gov")
    town.bodies["NEW-1"] = say.department("新局办公室", "NEW-1", "NEW")
    operations = [
        {"method": "POST", "path": "/Groups", "bulkId": code, "data": town.bodies[code]} for code in ("NEW-1", "NEW")
    ]
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}
    answer = town.bureau.ok("POST", "/Bulk", body)
    made = {each["bulkId"]: each["location"].rpartition("/")[2] for each in answer["Operations"]}
    town.groups |= made
    for number in range(3):
        town.person(f"n{number}", department="NEW-1")
    town.judge()
    assert town.systems.departments("oa").count("新局/新局办公室") == 1


def test_a_dissolved_department_goes_after_its_people(town: FourTown) -> None:
    town.person("wang", department="EDU-1")
    town.person("zhou", department="EDU-1")
    town.judge()
    town.tell("wang", "assignments", post("a2", "primary", "2026-03-10", "HEA"))
    town.correct("wang", "assignments", "a1", endDate="2026-03-09")
    town.tell("zhou", "statusEvents", event("e1", "retirement", "2026-03-10"))
    town.correct("zhou", "assignments", "a1", endDate="2026-03-09")
    town.on("2026-03-10")
    town.bureau.ok("DELETE", f"/Groups/{town.groups.pop('EDU-1')}")
    del town.bodies["EDU-1"]
    town.judge()
