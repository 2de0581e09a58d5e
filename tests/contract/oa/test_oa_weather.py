"""What the OA connector does when tokens end, pages come instead of answers, and answers do not come."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from connectors.base import Protecting
from connectors.errors import ConnectorError, Denied, Unreachable, Unreadable
from mappings.model import (
    AccountState,
    Action,
    AlreadySo,
    Done,
    Memberships,
    Outcome,
    Presence,
    Refused,
    Retry,
    Unknown,
)
from tests.contract.systems.oa import OaTarget
from tests.contract.target import Hand, group_ref, operation, ref


def asked(office: OaTarget, path: str, method: str | None = None) -> list[dict[str, Any]]:
    """Requests for exactly that path, oldest first."""
    full = f"/seeyon/rest/{path}"
    return [each for each in office.running.requests() if each["path"] == full and method in (None, each["method"])]


def test_a_revoked_token_is_renewed_once_and_nobody_notices(hand: Hand, office: OaTarget) -> None:
    state = hand.create(1)
    before = len(asked(office, "token"))
    office.office.revoke_tokens()
    assert hand.rename(state, 1, "王改") == Done()
    assert hand.see(1).attributes["name"] == ("王改",)
    assert len(asked(office, "token")) == before + 1


@pytest.mark.parametrize("fault", ["html", "cut"])
def test_a_first_page_that_got_lost_on_the_wire_is_not_taken_for_one_that_is_not_there(
    office: OaTarget, fault: str
) -> None:
    """Where pages begin with 0, the list began with page 1 then, and was called complete."""
    codes = {office.office.department(office.office.put_department(f"第{n}科", code=f"D{n}"))["code"] for n in range(5)}
    connector = office.oa(page_size=2)
    office.running.faults([{"match": "orgDepartments/all", "times": 1, fault: True}])
    page = connector.departments(None)
    found = {each.key for each in page.accounts}
    while page.cursor:
        page = connector.departments(page.cursor)
        found |= {each.key for each in page.accounts}
    assert (page.complete, found) == (True, codes)


def test_many_connectors_share_one_new_token(hand: Hand, office: OaTarget) -> None:
    state = hand.create(1)
    connectors = [office.oa() for _ in range(8)]
    for each in connectors:
        each.observe(ref(1, state))
    before = len(asked(office, "token"))
    office.office.revoke_tokens()
    seen: list[AccountState | None] = []
    threads = [
        threading.Thread(target=lambda each=each: seen.append(each.observe(ref(1, state)))) for each in connectors
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert seen == [state] * 8
    assert len(asked(office, "token")) == before + 1


def test_a_token_that_is_never_taken_is_denied_after_one_renewal(hand: Hand, office: OaTarget) -> None:
    hand.create(1)
    before = len(asked(office, "token"))
    office.running.faults([{"match": "orgMember", "code": 1010}])
    with pytest.raises(Denied):
        hand.connector.observe(ref(1))
    assert len(asked(office, "token")) == before + 1


def test_the_token_and_the_password_are_in_no_address(hand: Hand, office: OaTarget) -> None:
    hand.create(1)
    list(hand.connector.check())
    secrets = office.switches.password
    assert not any("token" in str(each["query"]) or secrets in str(each["path"]) for each in office.running.requests())


def test_a_wrong_password_is_denied_without_showing_it(office: OaTarget) -> None:
    with pytest.raises(Denied) as caught:
        office.oa(password="Wan-Fu!2024").observe(ref(1))
    assert "Wan-Fu!2024" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"html": True}, Unreadable),
        ({"cut": True}, ConnectorError),
        ({"status": 500}, Unreachable),
        ({"status": 503}, Unreachable),
        ({"code": "SYSTEM_ERROR"}, Unreadable),
    ],
    ids=["html", "cut", "500", "503", "code"],
)
@pytest.mark.parametrize("locked", [False, True])
def test_what_is_no_answer_is_never_nobody_there(
    hand: Hand, office: OaTarget, fault: dict[str, Any], error: type[Exception], locked: bool
) -> None:
    state = hand.create(1)
    if locked:
        hand.do(Action.LOCK, 1, state)
    office.running.faults([{"match": "rest/orgMember", **fault}])
    for reference in (ref(1), ref(1, state), ref(2)):
        with pytest.raises(error):
            hand.connector.observe(reference)
    with pytest.raises(error):
        hand.connector.observe_all(None)
    office.running.faults([])
    assert hand.see(1).key == "E1"


@pytest.mark.parametrize("fault", [{"html": True}, {"cut": True}, {"status": 500}, {"lost": True}])
def test_a_write_without_its_answer_is_unknown_and_done_once(
    hand: Hand, office: OaTarget, fault: dict[str, Any]
) -> None:
    state, group = hand.create(1), group_ref(1, hand.create_group(1))
    office.running.faults(
        [
            *({"match": path, "delay_s": 0} for path in ("rest/orgMembers", "rest/orgMember/")),
            {"match": "rest/orgMember", "times": 1, **fault},
        ]
    )
    outcomes: list[Outcome] = [hand.do(Action.JOIN, 1, state, group) for _ in range(2)]
    assert isinstance(outcomes[0], Unknown)
    assert type(outcomes[1]) in (AlreadySo, Done)
    assert office.people()["E1"].groups == {"D1"}


def test_a_busy_system_is_asked_again_when_it_said(hand: Hand, office: OaTarget) -> None:
    state = hand.create(1)
    office.running.faults([{"match": "rest/orgMember", "status": 503, "retry_after": 7}])
    outcome = hand.rename(state, 1, "王改")
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.outage) == (7.0, True)


def test_a_slow_answer_is_given_up_and_a_slow_write_is_unknown(hand: Hand, office: OaTarget) -> None:
    state = hand.create(1)
    quick = office.oa(answer_timeout=0.5)
    quick.observe(ref(1, state))
    office.running.faults([{"match": f"orgMember/{state.remote_id}/enabled", "times": 1, "delay_s": 3}])
    outcome = quick.apply(operation(Action.LOCK, ref(1, state)))
    assert isinstance(outcome, Unknown)
    office.running.faults([{"match": "orgMember", "times": 1, "delay_s": 3}])
    with pytest.raises(Unreachable):
        quick.observe(ref(1, state))


def test_who_was_locked_elsewhere_a_moment_ago_is_found_when_our_create_is_on_record(
    hand: Hand, office: OaTarget
) -> None:
    hand.create(1)
    assert hand.connector.observe(ref(2)) is None  # the roll of locked people has just been read
    place = hand.home()
    assert place is not None
    made = office.office.put_member("王2", "user2", int(str(place.remote_id)), code="E2")
    office.office.change_member(made, enabled=False)
    wanted = hand.person(2, presence=Presence.LOCKED)
    seen = hand.connector.observe(replace(ref(2), sought=wanted))
    assert seen is not None
    assert (seen.remote_id, seen.presence) == (str(made), Presence.LOCKED)
    create = operation(Action.CREATE, ref(2), None, wanted, place)
    assert hand.connector.apply(create) == AlreadySo()


def test_a_locked_person_is_found_by_code_and_in_the_list(hand: Hand, office: OaTarget) -> None:
    state = hand.create(1)
    hand.do(Action.LOCK, 1, state)
    fresh = office.oa()
    assert [each.presence for each in fresh.observe_all(None).accounts] == [Presence.LOCKED]
    found = fresh.observe(ref(1))
    assert found is not None
    assert (found.presence, found.remote_id) == (Presence.LOCKED, state.remote_id)


def test_a_login_of_a_locked_stranger_is_a_conflict_that_names_it(hand: Hand, office: OaTarget) -> None:
    place = hand.home()
    assert place is not None
    made = office.office.put_member("外人", "user1", int(str(place.remote_id)), code="X9")
    office.office.change_member(made, enabled=False)
    outcome = hand.connector.apply(hand.creation(1))
    assert getattr(outcome, "holder", None) == "user1"
    assert "X9" in getattr(outcome, "text", "")


def test_a_list_that_changes_while_it_is_read_is_not_complete(hand: Hand, office: OaTarget) -> None:
    for number in range(office.page_size * 2):
        hand.create(number)
    first = hand.connector.observe_all(None)
    assert first.cursor
    hand.do(Action.REMOVE, 0, hand.see(0))
    cursor, page = first.cursor, first
    while cursor:
        page = hand.connector.observe_all(cursor)
        cursor = page.cursor
    assert not page.complete


def test_a_cursor_of_another_read_is_refused(hand: Hand, office: OaTarget) -> None:
    for number in range(office.page_size + 1):
        hand.create(number)
    first = hand.connector.observe_all(None)
    hand.connector.observe_all(None)
    assert first.cursor
    with pytest.raises(Unreadable):
        hand.connector.observe_all(first.cursor)
    with pytest.raises(Unreadable):
        office.oa().observe_all(first.cursor)


def test_new_accounts_get_passwords_that_nobody_knows(hand: Hand, office: OaTarget) -> None:
    for number in (1, 2):
        hand.create(number)
    bodies = [each["body"] for each in asked(office, "orgMember", "POST")]
    told = [each["password"] if isinstance(each, dict) else str(each) for each in bodies]
    assert len(set(told)) == 2
    assert min(map(len, told)) >= 20


def test_what_the_hub_does_not_manage_is_still_there_after_every_change(hand: Hand, office: OaTarget) -> None:
    state, group = hand.create(1), group_ref(1, hand.create_group(1))
    office.office.change_member(int(str(state.remote_id)), description="备注", properties={"officenumber": "88001122"})
    hand.do(Action.JOIN, 1, state, group)
    hand.change(state, 1, telnumber=("13800000000",))
    hand.rename(state, 1, "王改")
    hand.move(state, 1, group)
    member = office.office.member("user1")
    assert member is not None
    assert (member["description"], member["properties"]["officenumber"]) == ("备注", "88001122")
    assert (member["properties"]["telnumber"], member["name"]) == ("13800000000", "王改")


def test_a_user_without_the_grant_waits_and_reads_nobody_as_gone(hand: Hand, office: OaTarget) -> None:
    state = hand.create(1)
    office.switches.grants = frozenset({"message"})
    with pytest.raises(Denied):
        hand.connector.observe(ref(1, state))
    outcome = hand.do(Action.LOCK, 1, state)
    assert isinstance(outcome, Retry)
    assert outcome.outage
    assert [each["state"] for each in office.office.accounts() if each["key"] == "E1"] == ["active"]


def test_the_last_second_post_goes_where_a_build_wants_to_be_told_to_delete_it(hand: Hand, office: OaTarget) -> None:
    state, group = hand.create(1), group_ref(1, hand.create_group(1))
    hand.do(Action.JOIN, 1, state, group)
    office.switches.empty_second_post_keeps = True
    assert hand.do(Action.LEAVE, 1, state, group) == Done()
    assert hand.see(1).memberships == Memberships(hand.lives)
    assert office.people()["E1"].groups == frozenset()


def test_second_posts_are_read_and_written_under_two_names_where_a_build_does_so(hand: Hand, office: OaTarget) -> None:
    state, one, two = hand.create(1), group_ref(1, hand.create_group(1)), group_ref(2, hand.create_group(2))
    office.switches.second_post_key = "split"
    assert [hand.do(Action.JOIN, 1, state, one), hand.do(Action.JOIN, 1, state, two)] == [Done(), Done()]
    assert hand.do(Action.LEAVE, 1, state, one) == Done()
    assert office.people()["E1"].groups == {"D2"}


def test_who_sends_the_letters_and_who_runs_the_oa_are_protected(hand: Hand, office: OaTarget) -> None:
    hand.create(1)
    connector = office.oa(login_name="user1")
    assert isinstance(connector, Protecting)
    seen = connector.observe(ref(1))
    assert seen is not None
    assert connector.protects([seen, replace(seen, name="other", key="E2", remote_id="7")]) == [True, False]
    outcome = connector.apply(operation(Action.LOCK, ref(1, seen)))
    assert isinstance(outcome, Refused)
    assert outcome.code == "protected"
