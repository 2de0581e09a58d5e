"""The regulation through the engine into a real OpenLDAP: a year of one town, compared whole after every step."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.facts_town import FactsTown
from tests.policy.table import ROWS
from tests.policy.wire.bureau import Bureau
from tests.servers.openldap import OpenLdap

SECRETS = ("立案", "纪委", "监委", "停止工作", "借调、挂职到区外", "裸锁", "裁定", "退休", "辞职", "临时锁定", "审查")


@pytest.fixture
def town(tmp_path: Path, openldap: OpenLdap) -> Iterator[FactsTown]:
    ldap = {
        "url": openldap.URL,
        "bind_dn": openldap.BIND_DN,
        "bind_password": openldap.BIND_PASSWORD,
        "base_dn": openldap.BASE_DN,
        "mode": "enforce",
    }
    bureau = Bureau(tmp_path, working=True, systems={"ldap": ldap})
    bureau.on("2026-02-27")
    one = FactsTown(bureau, openldap)
    one.found()
    yield one
    bureau.close()


def post(value: str, kind: str, start: str, department: str | None = None, **more: str) -> dict[str, object]:
    place = {"department": department} if department else {"externalOrganization": "省教育厅"}
    scope = "internal" if department else "outbound"
    return {"value": value, "kind": kind, "scope": scope, "startDate": start, **place, **more}


def event(value: str, type: str, day: str, **more: object) -> dict[str, object]:
    return {"value": value, "type": type, "effectiveDate": day, **more}


def test_a_joiner_who_was_announced_has_an_account_on_the_report_day(town: FactsTown) -> None:
    town.person("wang", hired="2026-03-02")
    town.person("yang", hired="2026-03-02", department="EDU-1")
    town.judge()
    assert not town.is_there("wang")
    town.on("2026-03-01")
    assert not town.is_there("wang")
    town.on("2026-03-02")
    first = town.uuid("wang")
    town.correct("wang", "statusEvents", "h1", effectiveDate="2026-02-26")
    town.judge()
    assert town.uuid("wang") == first, "another date on the same hire keeps the account (H21)"
    assert town.operations("wang") == ["create", "join"]


def test_transfer_and_secondment(town: FactsTown) -> None:
    town.person("li")
    town.person("zhao")
    town.tell("li", "assignments", post("a2", "primary", "2026-03-10", "HEA"))
    town.correct("li", "assignments", "a1", endDate="2026-03-09")
    town.tell("zhao", "assignments", post("s1", "secondment", "2026-03-12", "FIN", sendingDepartment="EDU"))
    town.judge()
    for day in ("2026-03-09", "2026-03-10", "2026-03-12"):
        town.on(day)
    town.correct("zhao", "assignments", "s1", endDate="2026-03-20")
    town.judge()
    town.on("2026-03-20").on("2026-03-21")
    assert {"join", "leave"} <= set(town.operations("li"))
    assert "lock" not in town.operations("li") + town.operations("zhao")


def test_seconded_outside_and_back(town: FactsTown) -> None:
    town.person("qian")
    town.tell("qian", "assignments", post("s1", "secondment", "2026-04-01", sendingDepartment="EDU"))
    town.judge()
    before = town.uuid("qian")
    town.on("2026-04-01")
    town.correct("qian", "assignments", "s1", endDate="2026-09-30")
    town.on("2026-09-30").on("2026-10-01")
    assert town.uuid("qian") == before
    assert town.operations("qian")[-2:] == ["lock", "unlock"]


def test_suspension_bare_lock_and_ruling_overlap(town: FactsTown) -> None:
    """Each lock is taken away by what ends it, and the account opens when the last one is gone."""
    town.person("sun")
    town.on("2026-03-10")
    town.activate("sun", False)
    ruling = town.block("sun")
    town.judge()
    town.on("2026-03-16")
    town.activate("sun", True)
    town.judge()
    case = event("e1", "investigation", "2026-03-18", workSuspended=True, authority="区纪委监委")
    town.tell("sun", "statusEvents", case)
    town.judge()
    town.on("2026-03-18").on("2026-04-10")
    town.unblock("sun", ruling)
    town.judge()
    town.on("2026-06-30")
    town.correct("sun", "statusEvents", "e1", endDate="2026-06-30", outcome="cleared")
    town.judge()
    town.on("2026-07-01")
    assert town.operations("sun").count("lock") == 1, "one lock over all its reasons"
    assert town.operations("sun").count("unlock") == 1


def test_retirement_and_hired_again(town: FactsTown) -> None:
    town.person("zhou")
    town.tell("zhou", "assignments", post("c1", "concurrent", "2026-03-01", "HEA"))
    town.tell("zhou", "statusEvents", event("e1", "retirement", "2026-04-30"))
    town.judge()
    first = town.uuid("zhou")
    town.on("2026-04-29").on("2026-04-30")
    assert not town.is_there("zhou")
    town.tell("zhou", "statusEvents", event("h2", "hire", "2026-06-01", entryRoute="recruited"))
    town.tell("zhou", "assignments", post("a2", "primary", "2026-06-01", "FIN"))
    town.judge()
    town.on("2026-06-01")
    assert town.uuid("zhou") != first


def test_left_and_hired_again_while_nobody_told(town: FactsTown) -> None:
    """Both facts come at once: the old account goes, a new one is made (S6)."""
    town.person("wu")
    town.judge()
    first = town.uuid("wu")
    town.on("2026-06-15")
    town.tell("wu", "statusEvents", event("e1", "resignation", "2026-06-01"), event("h2", "hire", "2026-06-10"))
    town.tell("wu", "assignments", post("a2", "primary", "2026-06-10", "HEA"))
    town.judge()
    assert town.uuid("wu") != first
    assert town.operations("wu").count("remove") == 1


def test_members_added_by_scim(town: FactsTown) -> None:
    town.person("zheng")
    town.on("2026-03-16")
    town.enlist("FIN", "zheng")
    town.judge()
    town.on("2026-03-25")
    town.release("FIN", "zheng")
    town.judge()
    town.enlist("HEA", "zheng")
    town.tell("zheng", "statusEvents", event("e1", "resignation", "2026-04-01"))
    town.judge()
    town.on("2026-04-01")


def test_what_died_with_a_spell_can_be_said_again_in_the_next(town: FactsTown) -> None:
    """A bare lock and an added member end with the spell (S3, S4); in the new one both are set anew."""
    town.person("jiang")
    town.on("2026-03-10")
    town.activate("jiang", False)
    town.enlist("FIN", "jiang")
    town.judge()
    town.tell("jiang", "statusEvents", event("e1", "resignation", "2026-04-01"), event("h2", "hire", "2026-05-06"))
    town.tell("jiang", "assignments", post("a2", "primary", "2026-05-06", "HEA"))
    town.on("2026-04-01").on("2026-05-06")
    town.activate("jiang", False)
    town.enlist("FIN", "jiang")
    town.judge()
    town.on("2026-05-08")
    town.activate("jiang", True)
    town.release("FIN", "jiang")
    town.judge()


def test_a_bare_lock_lifted_while_the_person_is_out_does_not_come_back(town: FactsTown) -> None:
    """`active: true` ends it (S3), whatever keeps the account away that day."""
    town.person("shen")
    town.on("2026-03-10")
    town.activate("shen", False)
    town.judge()
    reply = town.block("shen", "reply-says-left")
    town.judge()
    town.on("2026-03-20")
    town.activate("shen", True)
    town.unblock("shen", reply)
    town.judge()
    assert town.is_there("shen")


def test_deleted_and_posted_again(town: FactsTown) -> None:
    town.person("feng")
    town.person("chen")
    town.judge()
    first = town.uuid("chen")
    town.on("2026-05-11")
    town.delete("feng")
    town.delete("chen")
    town.post_again("chen")
    town.judge()
    assert town.uuid("chen") == first, "removed and added back within one batch: nothing is sent"
    assert town.operations("chen") == ["create", "join"]
    assert not town.is_there("feng")
    town.on("2026-05-15")
    town.post_again("feng")
    town.judge()
    assert town.is_there("feng")


def test_a_past_fact_that_is_learned_or_corrected_today_acts_today_once(town: FactsTown) -> None:
    town.person("chu")
    town.person("wei")
    town.on("2026-05-20")
    town.tell("chu", "statusEvents", event("e1", "other-lock", "2026-05-01", reason="另行安排"))
    town.tell("wei", "statusEvents", event("e1", "death", "2026-05-02"))
    town.judge()
    town.judge()
    town.take_back("chu", "statusEvents", "e1")
    town.judge()
    assert town.operations("chu") == ["create", "join", "lock", "unlock"]
    assert town.operations("wei") == ["create", "join", "remove"]


def test_all_of_it_in_one_roster_with_months_in_which_the_house_was_down(town: FactsTown) -> None:
    """Everything above told in advance; the clock goes on in leaps, each rolled when the house is back."""
    for number in range(12):
        town.person(f"p{number}", department=("EDU", "HEA", "EDU-1", "FIN")[number % 4])
    town.tell(
        "p0", "assignments", post("s1", "attachment", "2026-04-01", sendingDepartment="EDU", endDate="2026-07-31")
    )
    town.tell("p1", "statusEvents", event("e1", "retirement", "2026-05-01"))
    town.tell("p2", "statusEvents", event("e1", "investigation", "2026-03-09", workSuspended=True))
    town.tell("p3", "assignments", post("c1", "concurrent", "2026-03-03", "HEA", endDate="2026-12-30"))
    town.tell("p4", "statusEvents", event("e1", "dismissal", "2026-06-01"), event("h2", "hire", "2026-08-01"))
    town.tell("p4", "assignments", post("a2", "primary", "2026-08-01", "FIN"))
    town.tell("p5", "assignments", post("a2", "primary", "2026-09-01", "EDU-1"))
    town.judge()
    for day in ("2026-03-05", "2026-05-02", "2026-08-15", "2027-01-10"):
        town.on(day)
    reasons = set(town.bureau.rows("SELECT action, article, reason FROM attempts"))
    told = {(row["public_reason"]["article"], row["public_reason"]["sentence"]) for row in ROWS if "quote" in row}
    assert {(article, reason) for action, article, reason in reasons if action in ("lock", "unlock")} <= told
    assert {(article, reason) for action, article, reason in reasons if action == "remove"} == {
        ("三", "离职，注销账号")
    }
    assert [each for each in reasons if any(secret in each[2] for secret in SECRETS)] == []
    assert town.judged == 5
