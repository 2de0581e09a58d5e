"""Days that go by (S8): each transition once, on its day or caught up; another policy (S21); a clock set back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mappings import ldap
from mappings.guard import Limits
from mappings.policy.readings import Readings
from mappings.terms import Terms
from scim_server.clock import day_start
from scim_server.reconcile.fingerprint import Policy
from scim_server.store import rolls
from scim_server.store.settle import Rules
from tests.flows.days_town import FIRST, Town, away, event, hired, lives

WIDE = Limits(1_000_000, 1.0, 1_000_000, 1.0)  # whole towns change in a day


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    one = Town(tmp_path, WIDE)
    yield one
    one.close()


def test_each_transition_happens_once_on_its_day(town: Town) -> None:
    lives(town)
    town.work()
    before = town.remote_id("twice")
    assert town.account("comes") is None
    town.night_by_night("2026-03-31")
    assert town.done("stays") == ["create"]
    assert town.done("comes") == ["create"]
    assert town.done("away") == ["create", "lock", "unlock"]
    assert town.done("lent") == ["create", "lock"]
    assert town.done("goes") == ["create", "remove"]
    assert town.done("twice") == ["create", "remove", "create"]
    assert town.remote_id("twice") != before
    assert town.account("twice") == ("active", {"B"})
    assert town.by_the_clock("away") == ["2026-03-06", "2026-03-08"]  # UTC: a minute past midnight in Shanghai
    assert town.by_the_clock("comes") == ["2026-03-04"]
    assert town.by_the_clock("stays") == []
    assert (town.rolled, town.state) == ("2026-03-31", rolls.DONE)


def test_what_was_missed_is_caught_up_once_in_the_order_of_its_days(town: Town) -> None:
    """What began and ended meanwhile leaves no trace: nothing is sent that is not true now."""
    lives(town)
    town.work()
    ((last,),) = town.rows("SELECT max(id) FROM attempts")
    town.hire()
    town.on("2027-03-02")
    sent = town.rows(
        "SELECT key FROM attempts WHERE id > :last AND action NOT IN ('join', 'leave') ORDER BY id", last=last
    )
    assert town.done("away") == ["create"]
    assert town.by_the_clock("away") == []
    assert list(dict.fromkeys(key for (key,) in sent)) == ["E-comes", "E-goes", "E-lent", "E-twice"]
    assert town.done("twice") == ["create", "remove", "create"]
    assert town.account("twice") == ("active", {"B"})
    town.hire()
    town.on("2027-03-02", 10)
    assert len(town.outcomes()) == len(town.rows("SELECT 1 FROM attempts WHERE outcome = 'done'"))
    assert town.done("lent") == ["create", "lock"]


def test_what_is_caught_up_is_settled_before_anything_is_sent(town: Town) -> None:
    lives(town)
    town.time = day_start("2027-03-02")
    town.roll.look()
    assert town.outcomes() == []
    assert town.state == rolls.DONE
    assert not town.rows("SELECT 1 FROM standings WHERE roll_on <= '2027-03-02'")
    assert town.rows("SELECT active FROM resources WHERE id = :id", id=town.ids["goes"]) == [(0,)]


def test_a_second_look_on_the_same_day_writes_nothing(town: Town) -> None:
    lives(town)
    town.on("2026-03-07", 0)
    before = town.rows("SELECT * FROM resources"), town.rows("SELECT * FROM changes"), town.rows("SELECT * FROM links")
    town.on("2026-03-07", 23.99)
    after = town.rows("SELECT * FROM resources"), town.rows("SELECT * FROM changes"), town.rows("SELECT * FROM links")
    assert after == before


def test_a_fact_for_a_past_day_acts_at_once_and_once(town: Town) -> None:
    post, hire = hired("2020-01-02")
    town.tell("late", [post], [hire])
    town.work()
    town.tell("late", [post, away("2026-02-01")], [hire])
    town.work()
    town.work()
    assert town.done("late") == ["create", "lock"]


def test_removed_and_added_back_within_one_batch_sends_nothing(town: Town) -> None:
    post, hire = hired("2020-01-02")
    town.tell("a", [post], [hire])
    town.work()
    sent = len(town.outcomes())
    town.tell("a", [post], [hire, event("e1", "resignation", "2026-02-20")])
    town.tell("a", [post], [hire])
    town.work()
    assert len(town.outcomes()) == sent
    town.delete("User", town.ids.pop("a"))
    town.tell("a", [post], [hire])
    town.work()
    assert len(town.outcomes()) == sent


def test_left_and_hired_again_in_one_write_is_another_account_without_the_old_groups(town: Town) -> None:
    post, hire = hired("2020-01-02")
    added = {"value": "c1", "kind": "concurrent", "scope": "internal", "department": "B", "startDate": "2021-01-01"}
    for locked in (False, True):
        name = f"x{locked}"
        town.tell(name, [post, added, *([away("2026-02-01")] if locked else [])], [hire])
    town.work()
    assert town.account("xTrue") == ("locked", {"A", "B"})
    for name in ("xFalse", "xTrue"):
        before = town.remote_id(name)
        again, second = hired("2026-02-25", "A", 2)
        town.tell(name, [post, added, again], [hire, event("e1", "retirement", "2026-02-10"), second])
        town.work()
        assert town.account(name) == ("active", {"A"})
        assert town.remote_id(name) != before
        assert town.done(name)[-2:] == ["remove", "create"]


def test_an_account_that_is_kept_goes_at_the_end_of_its_days_and_a_new_hire_ends_them(town: Town) -> None:
    town.target = replace(town.target, person=lambda person, day, org: ldap.desired(person, day, org, Terms(30)))
    town.hire()
    post, hire = hired("2020-01-02")
    for name in ("kept", "back"):
        town.tell(name, [post], [hire, event("e1", "resignation", "2026-03-03")])
    town.work()
    town.night_by_night("2026-03-10")
    assert town.account("kept") == ("locked", set())
    before = town.remote_id("back")
    again, second = hired("2026-03-10", "B", 2)
    town.tell("back", [post, again], [hire, event("e1", "resignation", "2026-03-03"), second])
    town.work()
    assert town.remote_id("back") != before
    assert town.account("back") == ("active", {"B"})
    town.on("2026-04-01")
    assert town.account("kept") is not None
    town.on("2026-04-02", 0)
    assert town.account("kept") is None


def test_a_clock_that_was_set_back_takes_nobody_back(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    lives(town)
    town.work()
    town.night_by_night("2026-03-31")
    sent, changes = len(town.outcomes()), town.rows("SELECT count(*) FROM changes")
    town.on("2026-03-07")
    assert (town.rolled, town.state) == ("2026-03-31", rolls.CLOCK_BEHIND)
    assert [each.message for each in caplog.records if "nothing is rolled" in each.message]
    town.sweep()
    town.work()
    town.hire()
    town.work()
    assert (len(town.outcomes()), town.rows("SELECT count(*) FROM changes")) == (sent, changes)
    post, hire = hired("2020-01-02")
    town.tell("lent", [post, away("2026-03-10")], [hire], leaderLevel="district-party")
    town.work()
    assert town.account("lent") == ("locked", {"A"})
    town.on("2026-04-01")
    assert (town.rolled, town.state) == ("2026-04-01", rolls.DONE)
    assert town.done("lent") == ["create", "lock"]


def test_who_was_written_before_midnight_and_committed_after_it_is_found(town: Town) -> None:
    lives(town)
    town.on("2026-03-04", 23)
    town.writer.write(
        lambda connection: connection.exec_driver_sql("UPDATE standings SET roll_on = '2026-03-04' WHERE spell IS NULL")
    )
    town.on("2026-03-04", 23.5)
    assert not town.rows("SELECT 1 FROM standings WHERE roll_on <= '2026-03-04'")
    assert town.state == rolls.DONE


def test_one_who_cannot_be_settled_holds_nobody_up_and_the_day_is_not_called_done(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    lives(town)
    columns = "subject, day, roll_on, ldap, oa, wecom, attendance, articles, anomalies"
    broken = f"INSERT INTO standings ({columns}) VALUES ('00', '2026-03-01', '2026-03-03', '', '', '', '', '[]', '[]')"
    town.writer.write(lambda connection: connection.exec_driver_sql(broken))
    town.work()
    town.on("2026-03-06")
    assert town.account("goes") is None
    assert town.account("comes") == ("active", {"A"})
    assert (town.rolled, town.state) == (FIRST, rolls.DUE)
    assert [each for each in caplog.records if each.message.startswith("00 ")]
    town.writer.write(lambda connection: connection.exec_driver_sql("DELETE FROM standings WHERE subject = '00'"))
    town.work(61)
    assert (town.rolled, town.state) == ("2026-03-06", rolls.DONE)


def test_another_policy_settles_everybody_looks_at_every_account_and_stands_with_what_it_sends(town: Town) -> None:
    """Whether an exit waits for a case to end (C06) is a reading."""
    post, hire = hired("2020-01-02")
    case = event("e1", "investigation", "2026-02-01", workSuspended=False)
    town.tell("barred", [post], [hire, case, event("e2", "resignation", "2026-02-20")])
    town.tell("other", [post], [hire])
    town.work()
    assert town.account("barred") == ("locked", {"A"})
    readings = Readings(barred_departure="remove")
    town.rules, town.policy = Rules(readings), Policy("policy-2", '{"barred_departure": "remove"}')
    terms = Terms(0, readings)
    town.target = replace(
        town.target, policy="policy-2", person=lambda person, day, org: ldap.desired(person, day, org, terms)
    )
    seen = town.link(town.ids["other"]).epoch
    town.hire()
    assert town.state == rolls.DUE
    town.work()
    assert town.account("barred") is None
    assert town.state == rolls.DONE
    assert town.rows("SELECT action, policy FROM attempts WHERE policy IS NOT NULL") == [("remove", "policy-2")]
    assert town.rows("SELECT fingerprint FROM policies ORDER BY seq") == [("policy-1",), ("policy-2",)]
    assert town.link(town.ids["other"]).epoch > seen
    assert town.done("other") == ["create"]


def test_fifty_people_on_one_day(town: Town) -> None:
    post, hire = hired("2020-01-02")
    for number in range(50):
        town.tell(f"p{number}", [post], [hire, event("e1", "retirement", "2026-03-15")])
    town.work()
    town.on("2026-03-14")
    assert len(town.accounts()) == 53
    town.on("2026-03-15", 0)
    assert len(town.accounts()) == 3
    assert town.rows("SELECT count(*) FROM changes WHERE action = 'settle' AND actor = 'clock'") == [(50,)]


def test_a_row_that_looks_again_in_years_keeps_nobody_waiting(town: Town) -> None:
    post, hire = hired("2020-01-02")
    town.tell("far", [post], [hire, event("e1", "retirement", "9999-12-31")])
    town.work()
    assert town.link(town.ids["far"]).due == day_start("9999-12-31")
    claimed = town.link(town.ids["far"]).epoch
    town.tell("near", [post], [hire])
    town.work()
    assert town.account("near") == ("active", {"A"})
    town.work(3600)
    assert town.link(town.ids["far"]).epoch == claimed
