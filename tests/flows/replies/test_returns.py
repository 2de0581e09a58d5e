"""Cases before a planned end (A08, R203, R204): opened days before, decided by people, settled by the roster alone."""

from collections.abc import Callable
from typing import Any

import pytest

from mappings.policy.readings import Readings
from scim_server.alerts.cases import conditions
from scim_server.operate import returns as room
from scim_server.operate.status import status
from scim_server.store import returns
from scim_server.store.returns import BadChoice, NoSuchCase, NotNow
from tests.flows.facts_town import FactsTown
from tests.flows.replies.asked import BY

Offices = Callable[..., FactsTown]
AWAY, LOCKED = {"ldap": "locked", "oa": "locked", "wecom": "locked", "attendance": "removed"}, "locked"
ACTIVE = dict.fromkeys(AWAY, "active")
POST = {
    "value": "s1",
    "kind": "secondment",
    "scope": "outbound",
    "externalOrganization": "省教育厅",
    "sendingDepartment": "EDU",
    "startDate": "2026-04-01",
    "plannedEndDate": "2026-09-30",
}
STAY = {"value": "i1", "kind": "attachment", "scope": "inbound", "department": "HEA", "externalOrganization": "省医院"}
STAY |= {"startDate": "2026-04-01", "plannedEndDate": "2026-09-30"}


@pytest.fixture
def town(offices: Offices) -> FactsTown:
    """On 1 July 2026 somebody is posted outside until 30 September as planned, somebody never was."""
    one = offices()
    one.person("wei", hired="2020-01-02", department="EDU-1")
    one.tell("wei", "assignments", POST)
    one.person("wang", hired="2020-01-02")
    return one


def look(town: FactsTown) -> None:
    """The duty of whoever schedules."""
    (duty,) = [each for each in town.bureau.house._review_duties() if each.name == "returns"]
    duty.run()


def cases(town: FactsTown, *, restricted: bool = True, settled: bool = False) -> list[dict[str, Any]]:
    look(town)
    return room.listed(town.bureau.desk, restricted, settled)[0]


def told(town: FactsTown) -> list[tuple[Any, ...]]:
    return [(each["fact"], each["plannedEnd"], each["state"], each["overdue"]) for each in cases(town)]


def systems(town: FactsTown, name: str) -> dict[str, str]:
    found: dict[str, str] = town.bureau.states()[f"E-{name}"]["systems"]
    return found


def decide(town: FactsTown, id: str, choice: str, **more: Any) -> Any:
    return town.bureau.command("return-decide", id=id, choice=choice, **({"by": BY} | more))


def test_it_is_opened_ten_days_before_and_passing_changes_nothing(town: FactsTown) -> None:
    for day, expected in (("2026-09-19", []), ("2026-09-20", [("s1", "2026-09-30", "open", False)])):
        town.bureau.on(day)
        assert told(town) == expected
    (case,) = cases(town)
    assert (case["kind"], case["department"], case["externalId"]) == ("outbound", "EDU", "E-wei")
    for day in ("2026-09-30", "2026-10-01", "2026-10-08", "2027-03-01"):
        town.bureau.on(day)
        assert systems(town, "wei") == AWAY, day
    assert town.bureau.states()["E-wei"]["anomalies"] == ["secondment-overdue"]
    assert told(town) == [("s1", "2026-09-30", "open", True)]
    assert status(town.bureau.desk)["cases"] == {"repliesOverdue": 0, "returns": 1, "returnsOverdue": 1}


def test_back_waits_for_the_roster_to_show_it(town: FactsTown) -> None:
    town.bureau.on("2026-09-20")
    (case,) = cases(town)
    decide(town, case["id"], "back", note="10月1日返岗")
    town.bureau.on("2026-10-05")
    assert systems(town, "wei") == AWAY, "a decision is no fact of the roster"
    (case,) = cases(town)
    assert (case["state"], case["choice"], case["by"], case["overdue"]) == ("decided", "back", BY, True)
    assert "录入实际结束日" in case["owed"]
    town.correct("wei", "assignments", "s1", endDate="2026-09-30")
    assert systems(town, "wei") == ACTIVE
    assert told(town) == []
    (case,) = cases(town, settled=True)
    assert (case["state"], case["choice"], case["overdue"]) == ("moot", "back", False)
    with pytest.raises(NotNow):
        decide(town, case["id"], "back")


def test_an_extension_in_the_roster_opens_the_next_case_before_the_new_end(town: FactsTown) -> None:
    town.bureau.on("2026-09-20")
    (case,) = cases(town)
    decide(town, case["id"], "extended", until="2026-12-31")
    town.correct("wei", "assignments", "s1", plannedEndDate="2026-12-31")
    assert told(town) == []
    town.bureau.on("2026-12-20")
    assert told(town) == []
    town.bureau.on("2026-12-21")
    assert told(town) == [("s1", "2026-12-31", "open", False)]
    assert systems(town, "wei") == AWAY


def test_an_extension_that_the_roster_does_not_show_stays_and_has_an_end_of_its_own(town: FactsTown) -> None:
    town.bureau.on("2026-09-20")
    (case,) = cases(town)
    decide(town, case["id"], "extended", until="2026-12-31")
    town.bureau.on("2026-11-02")
    assert told(town) == [("s1", "2026-09-30", "decided", True)]
    town.bureau.on("2026-12-21")
    assert told(town) == [("s1", "2026-09-30", "decided", True), ("s1", "2026-12-31", "open", False)]
    second = cases(town)[1]
    decide(town, second["id"], "extended", until="2027-02-28")
    town.bureau.on("2027-02-18")
    assert [end for _, end, *_ in told(town)] == ["2026-09-30", "2026-12-31", "2027-02-28"]
    town.correct("wei", "assignments", "s1", endDate="2027-02-10")
    assert told(town) == []


def test_departed_waits_for_the_departure(town: FactsTown) -> None:
    town.bureau.on("2026-09-20")
    (case,) = cases(town)
    decide(town, case["id"], "departed", departure="transfer-out")
    assert "第三条第（六）项" in cases(town)[0]["owed"]
    assert systems(town, "wei") == AWAY
    town.tell("wei", "statusEvents", {"value": "x1", "type": "transfer-out", "effectiveDate": "2026-09-20"})
    assert systems(town, "wei") == dict.fromkeys(AWAY, "removed")
    assert told(town) == []


def test_what_the_roster_takes_back_is_open_again(town: FactsTown) -> None:
    town.bureau.on("2026-09-20")
    (case,) = cases(town)
    town.correct("wei", "assignments", "s1", plannedEndDate="2026-12-31")
    assert told(town) == []
    town.correct("wei", "assignments", "s1", plannedEndDate="2026-09-30")
    assert [(each["id"], each["state"]) for each in cases(town)] == [(case["id"], "open")]


def test_a_stay_from_outside(offices: Offices) -> None:
    town = offices()
    hire = {"value": "h1", "type": "hire", "entryRoute": "attachment-in", "effectiveDate": "2026-04-01"}
    town.person("guest", assignments=[STAY], statusEvents=[hire])
    town.bureau.on("2026-09-25")
    (case,) = cases(town, restricted=False)
    assert (case["kind"], case["department"]) == ("inbound", "HEA")
    town.bureau.on("2026-10-20")
    assert systems(town, "guest") == ACTIVE, "nobody is sent home by a plan"
    decide(town, case["id"], "back")
    town.correct("guest", "assignments", "i1", endDate="2026-10-20")
    assert told(town) == []
    town.bureau.on("2026-10-21")
    assert systems(town, "guest") == dict.fromkeys(AWAY, "removed")


def test_a_suspension_whose_end_is_on_record_stays_until_an_outcome(town: FactsTown) -> None:
    case = {"value": "c1", "type": "investigation", "effectiveDate": "2026-07-01", "workSuspended": True}
    town.tell("wang", "statusEvents", case | {"endDate": "2026-08-31"})
    town.bureau.on("2026-08-21")
    assert told(town) == [("c1", "2026-08-31", "open", False)]
    town.bureau.on("2026-09-10")
    assert systems(town, "wang")["oa"] == "locked"
    assert told(town) == [("c1", "2026-08-31", "open", True)]
    decide(town, cases(town)[0]["id"], "back")
    assert systems(town, "wang")["oa"] == "locked"
    town.correct("wang", "statusEvents", "c1", outcome="cleared")
    assert systems(town, "wang") == ACTIVE
    assert told(town) == []


def test_another_lock_is_asked_about_before_its_recorded_end(town: FactsTown) -> None:
    """Its end in the roster is the actual one (R206b): the case is over with it."""
    lock = {"value": "o1", "type": "other-lock", "effectiveDate": "2026-07-01", "endDate": "2026-08-31"}
    town.tell("wang", "statusEvents", lock)
    town.bureau.on("2026-08-21")
    assert told(town) == [("o1", "2026-08-31", "open", False)]
    town.bureau.on("2026-09-01")
    assert (systems(town, "wang"), told(town)) == (ACTIVE, [])


def test_a_lock_stands_on_the_restricted_face_only_and_each_look_on_record(town: FactsTown) -> None:
    case = {"value": "c1", "type": "investigation", "effectiveDate": "2026-07-01", "workSuspended": True}
    town.tell("wang", "statusEvents", case | {"endDate": "2026-09-30"})
    town.bureau.on("2026-09-25")
    look(town)
    assert room.listed(town.bureau.desk, restricted=False, settled=False) == ([], 2), "a lock under 二(四) is one too"
    assert [each["kind"] for each in cases(town)] == ["outbound", "lock"]
    assert [what for (what,) in town.bureau.rows("SELECT what FROM looks")] == ["return list"]
    town.bureau.on("2026-10-08")
    with town.bureau.house.engine.connect() as connection:
        (alert,) = conditions(connection, "2026-10-08", town.bureau.now)
    assert (alert.kind, alert.about) == ("return", "2026-09-30")
    assert "2 件" in alert.text
    assert not any(word in alert.text for word in ("锁", "wang", "wei", "部门"))


def test_a_planned_end_that_is_told_late_is_found(town: FactsTown) -> None:
    town.bureau.on("2026-10-08")
    look(town)
    town.tell("wang", "assignments", POST | {"plannedEndDate": "2026-05-31"})
    assert ("s1", "2026-05-31", "open", True) in told(town)


def test_a_second_look_writes_nothing(town: FactsTown) -> None:
    town.bureau.on("2026-09-25")
    first = cases(town)
    before = town.bureau.rows("SELECT * FROM return_cases")
    for _ in range(3):
        look(town)
    room.bring_up_to_date(town.bureau.desk)
    assert town.bureau.rows("SELECT * FROM return_cases") == before
    assert cases(town) == first


def test_what_two_have_found_at_once_is_opened_once(town: FactsTown) -> None:
    """Each has read that there is no case before the other writes."""
    town.bureau.on("2026-09-25")
    with town.bureau.house.engine.connect() as connection:
        found = returns.differences(connection, [town.people["wei"].id], "2026-09-25", "2026-10-05", Readings())
    for at in ("2026-09-25T01:00:00.000Z", "2026-09-25T02:00:00.000Z"):
        town.bureau.house.writer.write(lambda writing, at=at: returns.write(writing, found, at))
    assert town.bureau.rows("SELECT opened FROM return_cases") == [("2026-09-25T01:00:00.000Z",)]


def test_the_days_before_are_a_setting(offices: Offices) -> None:
    town = offices(review={"return_days": 30})
    town.person("wei", hired="2020-01-02", department="EDU-1")
    town.tell("wei", "assignments", POST)
    town.bureau.on("2026-08-30")
    assert told(town) == []
    town.bureau.on("2026-08-31")
    assert told(town) == [("s1", "2026-09-30", "open", False)]


def test_the_last_word_stands_and_each_one_is_traced_sealed(town: FactsTown) -> None:
    town.bureau.on("2026-09-20")
    (case,) = cases(town)
    decide(town, case["id"], "back")
    decide(town, case["id"], "extended", until="2026-12-31", by="邢局长")
    (case,) = cases(town)
    assert (case["choice"], case["until"], case["by"]) == ("extended", "2026-12-31", "邢局长")
    assert town.bureau.rows("SELECT actor, said, sealed IS NOT NULL FROM trace WHERE kind = 'return' ORDER BY seq") == [
        (BY, None, 1),
        ("邢局长", None, 1),
    ]


@pytest.mark.parametrize(
    ("choice", "more"),
    [
        ("stays", {}),
        ("back", {"by": " "}),
        ("back", {"until": "2026-12-31"}),
        ("back", {"departure": "death"}),
        ("extended", {}),
        ("extended", {"until": "2026-09-30"}),
        ("departed", {}),
        ("departed", {"departure": "hire"}),
    ],
)
def test_what_cannot_be_decided_is_said(town: FactsTown, choice: str, more: dict[str, Any]) -> None:
    town.bureau.on("2026-09-20")
    (case,) = cases(town)
    with pytest.raises(BadChoice):
        decide(town, case["id"], choice, **more)
    with pytest.raises(NoSuchCase):
        decide(town, "0000", "back")
    assert told(town) == [("s1", "2026-09-30", "open", False)]
