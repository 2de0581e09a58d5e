"""The life of one person, step by step; after each step all four systems are looked at, whole."""

from tests.flows.expectation import comparable
from tests.flows.four.afterwards import Afterwards
from tests.flows.four.systems import NAMES
from tests.flows.four.town import FourTown
from tests.flows.four.wanted import Wanted
from tests.flows.test_facts_flow import event, post

ALL_ACTIVE = dict.fromkeys(NAMES, "active")
ALL_GONE = dict.fromkeys(NAMES, "removed")
LOCKED = {"ldap": "locked", "oa": "locked", "wecom": "locked"}


def test_an_announced_joiner_has_all_four_accounts_on_the_report_day_and_a_face_is_his_own_affair(
    town: FourTown,
) -> None:
    town.person("wang", hired="2026-03-02", department="EDU-1")
    town.judge()
    assert town.states("wang") == ALL_GONE
    town.on("2026-03-02")
    assert town.states("wang") == ALL_ACTIVE
    assert town.places("oa", "wang") == town.places("wecom", "wang") == ("部门EDU/部门EDU-1", [])
    town.enrol("wang")
    town.on("2026-03-03")


def test_a_secondment_inside_the_district_adds_one_place_and_its_end_takes_exactly_that_away(town: FourTown) -> None:
    """A department and a group that an administrator put him in by hand stay where they are."""
    town.person("li")
    town.judge()
    _by_hand_in_a_club(town, "li")
    before = town.everything()
    town.tell("li", "assignments", post("s1", "secondment", "2026-03-12", "FIN", sendingDepartment="EDU"))
    town.on("2026-03-11")
    assert town.everything() == before, "not before its day"
    town.on("2026-03-12")
    assert town.teams("li") == ["EDU", "FIN", "club"]
    assert town.places("oa", "li") == town.places("wecom", "li") == ("部门EDU", ["工会", "部门FIN"])
    assert town.places("attendance", "li") == ("部门EDU", [])
    town.correct("li", "assignments", "s1", endDate="2026-03-20")
    town.on("2026-03-20")
    assert town.teams("li") == ["EDU", "FIN", "club"], "the last day counts"
    town.on("2026-03-21")
    assert town.everything() == before


def _by_hand_in_a_club(town: FourTown, name: str) -> None:
    """In a department of the OA and of WeCom, and in a group of the directory, that the roster knows nothing of."""
    key, systems, people = f"E-{name}", town.systems, town.directory.people
    number = systems.wecom.put_department("工会")
    member = systems.wecom.member(key)
    assert member is not None
    systems.wecom.put_member(key, member.name, [*member.department, number])
    ident = systems.oa.put_department("工会")
    kept = systems.oa.member(name)
    assert kept is not None
    systems.oa.change_member(kept["id"], second_post=[{"deptId": ident, "postId": kept["orgPostId"]}])
    connection = town.directory.root()
    dn = f"cn=club,{town.directory.groups}"
    assert connection.add(dn, ["groupOfNames"], {"member": [f"uid={name},{people}"]}), connection.result
    connection.unbind()
    club = town.systems.entries()[(("cn", "club"), *comparable(town.directory.groups))]

    def stays(wanted: Wanted) -> None:
        for system in ("oa", "wecom"):
            wanted.departments[system].append("工会")
            row = wanted.accounts[system][key]
            row["concurrent"] = sorted([*row["concurrent"], "工会"])
        wanted.foreign[(("cn", "club"), *comparable(town.directory.groups))] = club

    town.by_hand.append(stays)
    town.compare()


def test_posted_outside_locks_three_and_deregisters_one_face_first_and_the_return_opens_them(town: FourTown) -> None:
    town.person("qian")
    town.judge()
    person = town.enrol("qian")
    before = town.ids("qian")
    town.tell("qian", "assignments", post("s1", "secondment", "2026-04-01", sendingDepartment="EDU"))
    town.on("2026-03-31")
    assert town.states("qian") == ALL_ACTIVE
    town.on("2026-04-01")
    assert town.states("qian") == LOCKED | {"attendance": "removed"}
    assert Afterwards(town.bureau, town.systems).faces_first(town.faces) == []
    assert town.systems.attendance.faces(person) == []
    town.correct("qian", "assignments", "s1", endDate="2026-09-30")
    town.on("2026-09-30")
    assert town.states("qian") == LOCKED | {"attendance": "removed"}
    town.on("2026-10-01")
    assert town.states("qian") == ALL_ACTIVE
    after = town.ids("qian")
    assert {system for system in NAMES if after[system] != before[system]} == {"attendance"}
    assert town.systems.accounts("attendance")["E-qian"]["face"] is False, "to be enrolled again"
    assert town.actions("qian", "oa") == town.actions("qian", "wecom") == ["create", "lock", "unlock"]


def test_who_comes_while_posted_outside_has_locked_accounts_from_birth(town: FourTown) -> None:
    """They were open at no moment: nothing had to be locked afterwards."""
    away = post("s1", "attachment", "2026-03-02", sendingDepartment="EDU")
    town.person("ma", hired="2026-03-02")
    town.tell("ma", "assignments", away)
    town.on("2026-03-02")
    assert town.states("ma") == LOCKED | {"attendance": "removed"}
    assert [town.actions("ma", system) for system in NAMES] == [["create", "join"], ["create"], ["create"], []]
    (born,) = (each["body"] for each in town.systems.calls("oa") if each["path"].endswith("/orgMember"))
    assert born["enabled"] is False


def test_suspension_from_work_locks_three_and_leaves_attendance_as_it_was(town: FourTown) -> None:
    """Item 二(五): whoever is suspended may still have to be seen at the door."""
    town.person("sun")
    town.judge()
    town.enrol("sun")
    before = town.systems.ids("attendance"), town.systems.accounts("attendance"), town.systems.doors()
    case = event("e1", "investigation", "2026-03-18", workSuspended=True, authority="区纪委监委")
    town.tell("sun", "statusEvents", case)
    town.on("2026-03-18")
    assert town.states("sun") == LOCKED | {"attendance": "active"}
    town.correct("sun", "statusEvents", "e1", endDate="2026-06-30", outcome="cleared")
    town.on("2026-06-30")
    assert town.states("sun") == LOCKED | {"attendance": "active"}
    assert (town.systems.ids("attendance"), town.systems.accounts("attendance"), town.systems.doors())[0] == before[0]
    town.on("2026-07-01")
    assert town.states("sun") == ALL_ACTIVE
    assert (town.systems.ids("attendance"), town.systems.accounts("attendance"), town.systems.doors()) == before
    assert town.actions("sun", "attendance") == ["create", "update"]


def test_a_change_of_post_moves_every_account_and_locks_none(town: FourTown) -> None:
    town.person("zhao")
    town.judge()
    town.enrol("zhao")
    before = town.ids("zhao")
    town.tell("zhao", "assignments", post("a2", "primary", "2026-03-10", "HEA"))
    town.correct("zhao", "assignments", "a1", endDate="2026-03-09")
    town.on("2026-03-10")
    assert [town.places(system, "zhao") for system in ("oa", "wecom", "attendance")] == [("部门HEA", [])] * 3
    assert town.teams("zhao") == ["HEA"]
    assert town.ids("zhao") == before
    done = {action for system in NAMES for action in town.actions("zhao", system)}
    assert done <= {"create", "update", "join", "leave"}


def test_a_concurrent_role_by_membership_of_a_group_comes_and_goes_in_three_systems(town: FourTown) -> None:
    town.person("zheng")
    town.judge()
    before = town.everything()
    town.on("2026-03-16")
    town.enlist("HEA", "zheng")
    town.judge()
    assert town.places("oa", "zheng") == town.places("wecom", "zheng") == ("部门EDU", ["部门HEA"])
    town.on("2026-03-25")
    town.release("HEA", "zheng")
    town.judge()
    assert town.everything() == before


def test_who_leaves_is_gone_everywhere_and_attendance_leaves_something_to_clear_away(town: FourTown) -> None:
    town.person("zhou")
    town.person("stays")
    town.judge()
    town.enrol("zhou")
    town.tell("zhou", "statusEvents", event("e1", "retirement", "2026-04-30"))
    town.on("2026-04-29")
    assert town.typed("leftover", "list", "--json") == []
    town.on("2026-04-30")
    assert town.states("zhou") == ALL_GONE
    assert town.typed("leftover", "list", "--json") == [
        {"system": "attendance", "externalId": "E-zhou", "name": "用户zhou"}
    ]
    (left,) = town.systems.attendance.deleted()
    assert left["faces"] == []
    town.typed("leftover", "done", "--system", "attendance", "--person", "E-zhou", "--by", "符主任")
    assert town.typed("leftover", "list", "--json") == []


def test_hired_again_after_leaving_nothing_of_the_old_spell_comes_back(town: FourTown) -> None:
    """Not the accounts, nor the second department, nor a lock, nor the face."""
    town.person("wu")
    town.tell("wu", "assignments", post("c1", "concurrent", "2026-03-01", "HEA"))
    town.on("2026-03-10")
    town.enlist("FIN", "wu")
    town.activate("wu", False)
    town.judge()
    town.enrol("wu")
    assert town.places("oa", "wu")[1] == town.places("wecom", "wu")[1] == ["部门FIN", "部门HEA"]
    before = town.ids("wu")
    town.tell("wu", "statusEvents", event("e1", "resignation", "2026-04-01"))
    town.on("2026-04-01")
    assert town.states("wu") == ALL_GONE
    town.tell("wu", "statusEvents", event("h2", "hire", "2026-06-10", entryRoute="recruited"))
    town.tell("wu", "assignments", post("a2", "primary", "2026-06-10", "EDU-1"))
    town.on("2026-06-10")
    assert town.states("wu") == ALL_ACTIVE
    assert town.teams("wu") == ["EDU-1"]
    assert town.places("oa", "wu") == town.places("wecom", "wu") == ("部门EDU/部门EDU-1", [])
    after = town.ids("wu")
    assert [system for system in NAMES if after[system] == before[system]] == ["wecom"], "a userid is the key for ever"
    assert town.actions("wu", "wecom").count("create") == 2
    assert town.systems.accounts("attendance")["E-wu"]["face"] is False


def test_left_and_hired_again_while_nobody_told_makes_every_account_anew(town: FourTown) -> None:
    town.person("chen")
    town.judge()
    town.enrol("chen")
    before = town.ids("chen")
    town.on("2026-06-15")
    town.tell("chen", "statusEvents", event("e1", "resignation", "2026-06-01"), event("h2", "hire", "2026-06-10"))
    town.tell("chen", "assignments", post("a2", "primary", "2026-06-10", "HEA"))
    town.judge()
    after = town.ids("chen")
    assert [system for system in NAMES if after[system] == before[system]] == ["wecom"]
    assert [town.actions("chen", system).count("remove") for system in NAMES] == [1, 1, 1, 1]


def test_deleted_and_posted_again_is_removed_and_made_anew(town: FourTown) -> None:
    """In one batch nothing is sent at all: nobody has seen him gone."""
    town.person("feng")
    town.judge()
    before = town.everything()
    town.on("2026-05-11")
    town.delete("feng")
    town.post_again("feng")
    town.judge()
    assert town.everything() == before
    town.delete("feng")
    town.judge()
    assert town.states("feng") == ALL_GONE
    town.on("2026-05-15")
    town.post_again("feng")
    town.judge()
    assert town.states("feng") == ALL_ACTIVE
    assert set(town.ids("feng").values()) & set(before["ids of oa"].values()) == set()


def test_another_user_name_reaches_the_directory_and_the_oa_and_no_one_else(town: FourTown) -> None:
    town.person("han")
    town.judge()
    before = town.ids("han")
    asked = {system: town.systems.writes()[system] for system in ("wecom", "attendance")}
    town.bureau.on("2026-03-02")
    town.change("han", userName="hanmei")
    town.judge()
    assert town.systems.accounts("oa")["E-han"]["login"] == "hanmei"
    assert town.directory.read(f"uid=han,{town.directory.people}") is None
    assert town.ids("han") == before
    assert {system: town.systems.writes()[system] for system in asked} == asked
