"""What administrators do by hand in one of four systems: ours is healed, no door is opened, and nobody else notices."""

from tests.flows.four.systems import NAMES
from tests.flows.four.town import FourTown
from tests.flows.four.wanted import Wanted
from tests.flows.test_facts_flow import event, post

NOT_OPENED = "账号在系统中被人工锁定，而名册要求在用。按规定不自动解锁。"


def test_a_lock_by_hand_at_wecom_stays_and_is_reported_until_a_person_lifts_it(town: FourTown) -> None:
    town.person("li")
    town.person("stays")
    town.judge()
    town.systems.wecom.put_member("E-li", "用户li", enable=0)
    town.by_hand.append(_locked_at_wecom)
    town.bureau.pass_over_everything()
    town.compare()
    assert town.link("li", "wecom") == ("done", None, "locked-by-hand")
    assert NOT_OPENED in town.typed("report", "sync", "--format", "html")
    town.change("li", title="副科长")
    town.judge()
    assert town.actions("li", "wecom") == ["create", "update"], "what else changes goes on, the lock stays"
    town.by_hand.clear()
    town.systems.wecom.put_member("E-li", "用户li", enable=1)
    town.bureau.pass_over_everything()
    town.compare()
    assert town.link("li", "wecom") == ("done", None, None)


def _locked_at_wecom(wanted: Wanted) -> None:
    wanted.accounts["wecom"]["E-li"]["state"] = "locked"


def test_a_lock_of_ours_over_one_by_hand_opens_at_its_end(town: FourTown) -> None:
    """While the roster wants the lock itself nobody can tell the two apart; its end is the regulation's."""
    town.person("li")
    town.judge()
    town.tell("li", "statusEvents", event("e1", "other-lock", "2026-03-02", endDate="2026-03-05"))
    town.on("2026-03-02").on("2026-03-05")
    town.on("2026-03-06")
    assert town.states("li") == dict.fromkeys(NAMES, "active")


def test_an_account_deleted_by_hand_in_the_oa_is_made_again_with_its_places(town: FourTown) -> None:
    town.person("wang")
    town.tell("wang", "assignments", post("c1", "concurrent", "2026-02-01", "FIN"))
    town.judge()
    before = town.ids("wang")
    town.systems.oa.delete_member(int(before["oa"]))
    town.bureau.pass_over_everything()
    town.compare()
    after = town.ids("wang")
    assert {system for system in NAMES if after[system] != before[system]} == {"oa"}
    assert town.places("oa", "wang") == ("部门EDU", ["部门FIN"])


def test_members_and_persons_deleted_by_hand_everywhere_are_made_again(town: FourTown) -> None:
    town.person("zhao")
    town.judge()
    before = town.ids("zhao")
    town.systems.wecom.delete_member("E-zhao")
    town.systems.oa.delete_member(int(before["oa"]))
    town.systems.attendance.delete_person(before["attendance"])
    connection = town.directory.root()
    connection.delete(f"uid=zhao,{town.directory.people}")
    connection.unbind()
    town.directory.settle()  # else it may take out of his groups who is made again under that name
    town.bureau.pass_over_everything()
    town.compare()
    assert all(town.ids("zhao")[system] != before[system] for system in NAMES if system != "wecom")


def test_what_was_changed_by_hand_in_places_of_ours_is_put_right(town: FourTown) -> None:
    """A move, a further department, another name: drift inside what the roster decides."""
    town.person("qian")
    town.judge()
    before = town.everything()
    departments = town.systems.wecom.departments()
    member = town.systems.wecom.member("E-qian")
    assert member is not None
    numbers = [*member.department, departments["部门FIN"].id]
    town.systems.wecom.put_member("E-qian", "另一个名字", numbers)
    town.systems.oa.change_member(int(town.ids("qian")["oa"]), name="另一个名字")
    town.systems.attendance.change_person(town.ids("qian")["attendance"], orgIndexCode="HEA", personName="另一个名字")
    assert town.everything() != before
    town.bureau.pass_over_everything()
    assert town.everything() == before


def test_a_department_renamed_by_hand_gets_its_name_back(town: FourTown) -> None:
    town.person("sun")
    town.judge()
    before = town.everything()
    town.systems.wecom.rename_department(town.systems.wecom.departments()["部门HEA"].id, "别的名字")
    (oa,) = (id for id, each in town.systems.oa.office.departments.items() if each["name"] == "部门HEA")
    town.systems.oa.change_department(oa, name="别的名字")
    town.systems.attendance.put_org("HEA", "别的名字")
    assert town.everything() != before
    town.bureau.pass_over_everything()
    assert town.everything() == before
