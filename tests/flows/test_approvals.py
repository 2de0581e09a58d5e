"""Approvals (S24): a named person's yes or no covers rows, and a row that moved is judged anew."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scim_server.store import decisions
from scim_server.store.cause import Cause, because
from tests.flows.ward import Ward

DAY = 86_400.0


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    """Forty people, ten of whom are about to be locked at once: nine of a department may be."""
    made = Ward(tmp_path, {"A": 30, "B": 10})
    with because(Cause(request="r", batch="r")):
        for name in made.of("A")[:10]:
            made.lock(name)
    made.work()
    assert (made.gone(made.ids), made.open["locks"]) == (0, 10)
    yield made
    made.close()


def test_the_digest_is_over_the_rows(ward: Ward) -> None:
    before = ward.open
    ward.lock(ward.of("A")[0], active=True)
    ward.work()
    after = ward.open
    assert (after["id"], after["people"]) == (before["id"], 9)
    assert after["digest"] != before["digest"]
    ward.lock(ward.of("A")[0])
    ward.work()
    both = [each for each in ward.approvals if each["state"] == "open"]
    assert sorted(each["people"] for each in both) == [1, 9]


def test_who_approves_what_he_has_seen_approves_nothing_else(ward: Ward) -> None:
    seen = ward.open
    ward.lock(ward.of("A")[0], active=True)
    ward.work()
    with pytest.raises(decisions.OtherDigest):
        ward.approve(seen["id"], seen=seen["digest"])
    with pytest.raises(decisions.OtherDigest):
        ward.approve(seen["id"], seen="")
    assert ward.approve(seen["id"], seen=ward.open["digest"][:16]) == "approved"


def test_a_row_that_moved_after_it_was_seen_is_not_sent_by_the_approval(ward: Ward) -> None:
    moved = ward.of("A")[0]
    id = ward.open["id"]
    ward.leaves(moved)
    ward.approve(id)
    ward.work()
    assert ward.gone(ward.of("A")[:10]) == 10  # alone it fits
    assert ward.rows("SELECT count(*) FROM guard_counted") == [(1,)]


def test_after_a_day_a_new_one_takes_its_place(ward: Ward) -> None:
    first = ward.open["id"]
    ward.time += DAY - 1
    assert ward.writer.write(lambda connection: decisions.renew(connection, ward.time)) == 0
    ward.time += 1
    assert ward.approve(first) == "expired"
    assert ward.open["id"] != first
    assert (ward.open["people"], ward.states["held"]) == (10, 10)
    old = ward.approvals[-1]
    assert (old["id"], old["state"], old["people"], old["locks"]) == (first, "expired", 10, 10)
    ward.work()
    assert ward.gone(ward.ids) == 0
    assert ward.approve(ward.open["id"]) == "approved"
    ward.work()
    assert ward.gone(ward.ids) == 10


def test_the_approver_is_not_who_caused_it(ward: Ward) -> None:
    ward.writer.write(lambda c: c.exec_driver_sql("UPDATE changes SET actor = '张三' WHERE request = 'r'"))
    for name in ("张三", " 张三 "):
        with pytest.raises(decisions.IsCause):
            ward.approve(ward.open["id"], by=name)
        with pytest.raises(decisions.IsCause):
            ward.reject(ward.open["id"], by=name)
        with pytest.raises(decisions.IsCause):
            ward.release(ward.of("A")[0], by=name)
    assert ward.approve(ward.open["id"], by="李四") == "approved"


def test_of_two_who_decide_at_once_one_wins(ward: Ward) -> None:
    id = ward.open["id"]

    def decide(number: int) -> str:
        try:
            return ward.approve(id, f"甲{number}") if number % 2 else ward.reject(id, f"乙{number}")
        except decisions.NotOpen:
            return "late"

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(decide, range(8)))
    assert answers.count("late") == 7
    ward.work()
    assert ward.gone(ward.ids) == (10 if "approved" in answers else 0)


def test_after_a_rejection_another_wish_is_judged_anew(ward: Ward) -> None:
    ward.reject(ward.open["id"])
    ward.work(DAY)
    one, other = ward.of("A")[:2]
    ward.leaves(one)
    ward.lock(other, active=True)
    ward.work()
    assert f"E-{one}" not in ward.accounts()
    assert ward.link(ward.ids[other]).state == "done"
    assert ward.states["held"] == 8
    assert ward.gone(ward.of("A")[2:10]) == 0


def test_what_was_rejected_stays_held_until_the_roster_wants_something_else_or_each_is_released(ward: Ward) -> None:
    """As docs/guide/guard.md says of `sync --until-idle`, which ends with 3 until then."""
    ward.reject(ward.open["id"])
    ward.work(3 * DAY)
    assert (ward.code, ward.gone(ward.ids), ward.states["held"]) == (3, 0, 10)
    released, *others = ward.of("A")[:10]
    ward.release(released)
    ward.work()
    assert (ward.gone([released]), ward.states["held"], ward.code) == (1, 9, 3)
    for name in others:
        ward.lock(name, active=True)
    ward.work()
    assert (ward.gone(others), ward.states.get("held", 0), ward.code) == (0, 0, 0)


def test_a_rejected_row_is_not_sent_because_the_system_has_moved(ward: Ward) -> None:
    for name in ward.of("A")[:10]:
        ward.lock(name, active=True)
    ward.work()
    ward.all_leave(ward.of("A")[:10])
    ward.work()
    ward.reject(ward.open["id"])
    for account in ward.directory.accounts.values():
        account.attributes["title"] = ("由人手改动",)
    ward.sweep()
    ward.work()
    assert (ward.gone(ward.ids), ward.states["held"]) == (0, 10)


def test_what_is_decided_is_decided(ward: Ward) -> None:
    id = ward.open["id"]
    ward.reject(id)
    with pytest.raises(decisions.NotOpen):
        ward.approve(id)
    with pytest.raises(decisions.NoSuchApproval):
        ward.approve("20300101-000000")
    with pytest.raises(decisions.NotHeld):
        ward.release(ward.of("B")[0])
