"""WeCom in bad weather: what is lost, cut, slow, refused for a while. Nothing is done twice, nobody is lost."""

import threading
import time
from typing import Any

import pytest

from connectors.errors import ConnectorError, Unreachable
from connectors.http.answer import Busy
from mappings.model import AccountState, Action, AlreadySo, Done, Kind, Operation, Presence, Ref, Retry, Unknown
from tests.contract.systems.wecom import WecomTarget, wecom
from tests.contract.target import Hand, group_ref, operation, ref


@pytest.fixture
def target(request: pytest.FixtureRequest) -> WecomTarget:
    return wecom({}, answer_timeout=2)(request)


def writes(hand: Hand) -> dict[str, Operation]:
    """One operation of every kind, each with something to do."""
    state, group = hand.create(1), group_ref(1, hand.create_group(1))
    other, third = hand.create(2), hand.create_group(3)
    hand.do(Action.LOCK, 2, other)
    before = AccountState("E1", Presence.ACTIVE, {"position": ()})
    after = AccountState("E1", Presence.ACTIVE, {"position": ("科长",)})
    renamed = AccountState("D1", Presence.ACTIVE, {"name": ("人事科",)})
    return {
        "user/create": hand.creation(9),
        "user/update of attributes": operation(Action.UPDATE, ref(1, state), before, after),
        "user/update that locks": operation(Action.LOCK, ref(1, state), state, state),
        "user/update that unlocks": operation(Action.UNLOCK, ref(2, other), other, other),
        "user/update that joins": operation(Action.JOIN, ref(1, state), None, state, group),
        "user/delete": operation(Action.REMOVE, ref(2, other), other, None),
        "department/update": operation(Action.UPDATE, group, hand.group(1), renamed),
        "department/delete": operation(Action.REMOVE, group_ref(3, third), third, None),
    }


WRITES = (
    "user/create",
    "user/update of attributes",
    "user/update that locks",
    "user/update that unlocks",
    "user/update that joins",
    "user/delete",
    "department/update",
    "department/delete",
)


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("fault", ["lost", "html", "cut"])
def test_a_write_whose_answer_is_no_answer_is_unknown_and_a_repeat_changes_nothing_more(
    hand: Hand, target: WecomTarget, write: str, fault: str
) -> None:
    do = writes(hand)[write]
    target.running.faults([{"match": write.split(maxsplit=1)[0], "times": 1, fault: True}])
    assert isinstance(hand.connector.apply(do), Unknown)
    assert hand.connector.apply(do) in (Done(), AlreadySo())
    after = target.people(), target.groups()
    assert hand.connector.apply(do) == AlreadySo()
    assert (target.people(), target.groups()) == after


@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_is_answered_too_late_is_unknown(
    request: pytest.FixtureRequest, hand: Hand, target: WecomTarget, write: str
) -> None:
    do = writes(hand)[write]
    hasty = target.wecom(answer_timeout=0.5)
    hasty.observe(ref(1))
    target.running.faults([{"match": write.split(maxsplit=1)[0], "times": 1, "delay_s": 1.5}])
    assert isinstance(hasty.apply(do), Unknown)
    target.running.faults([])
    assert hand.connector.apply(do) in (Done(), AlreadySo())
    assert hand.connector.apply(do) == AlreadySo()


@pytest.mark.parametrize("write", WRITES)
def test_a_busy_gateway_says_when_and_nothing_was_done(hand: Hand, target: WecomTarget, write: str) -> None:
    do = writes(hand)[write]
    before = target.people(), target.groups()
    target.running.faults([{"match": write.split(maxsplit=1)[0], "status": 503, "retry_after": 7}])
    assert hand.connector.apply(do) == Retry(hand.connector.apply(do).text, 7.0, outage=True)  # type: ignore[union-attr]
    target.running.faults([])
    assert (target.people(), target.groups()) == before


@pytest.mark.parametrize(("code", "after"), [(45009, 60.0), (45033, 5.0), (-1, None)])
def test_a_vendor_who_has_had_enough_is_left_alone_for_as_long_as_it_takes(
    hand: Hand, target: WecomTarget, code: int, after: float | None
) -> None:
    state = hand.create(1)
    target.running.faults([{"match": "user/", "code": code}])
    outcome = hand.connector.apply(hand.creation(2))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.outage) == (after, True)
    with pytest.raises(Busy) as raised:
        hand.connector.observe(ref(1, state))
    assert raised.value.after == after


def test_the_vendors_own_limit_is_met_and_told(request: pytest.FixtureRequest) -> None:
    target = wecom({"per_minute": 10})(request)
    connector = target.connector()
    for _ in range(10):
        assert connector.observe(ref(1)) is None
    with pytest.raises(Busy):
        connector.observe(ref(1))


@pytest.mark.parametrize("code", [48002, 50003, 60020, 301002])
def test_rights_that_are_missing_stop_the_system_and_park_nobody(hand: Hand, target: WecomTarget, code: int) -> None:
    hand.home()
    target.running.faults([{"match": "user/create", "code": code}])
    outcome = hand.connector.apply(hand.creation(1))
    assert isinstance(outcome, Retry)
    assert outcome.outage
    assert str(code) in outcome.text


@pytest.mark.parametrize("code", [60011, 60103, 301013, 77777])
def test_a_code_that_concerns_one_account_refuses_it(hand: Hand, target: WecomTarget, code: int) -> None:
    hand.home()
    target.running.faults([{"match": "user/create", "code": code}])
    outcome = hand.connector.apply(hand.creation(1))
    assert type(outcome).__name__ == "Refused"
    assert str(code) in outcome.text  # type: ignore[union-attr]


@pytest.mark.parametrize("fault", [{"html": True}, {"cut": True}, {"lost": True}, {"status": 502}, {"code": 99999}])
def test_a_reading_that_is_no_answer_is_never_nobody_there(
    hand: Hand, target: WecomTarget, fault: dict[str, Any]
) -> None:
    state, group = hand.create(1), hand.create_group(1)
    target.running.faults([{"match": "cgi-bin/", **fault}])
    refs = (ref(1, state), ref(1), group_ref(1, group), Ref("d0", Kind.GROUP, "D00", root=True))
    for each in refs:
        with pytest.raises(ConnectorError):
            hand.connector.observe(each)
    for read in (hand.connector.observe_all, hand.connector.departments):
        with pytest.raises(ConnectorError):
            read(None)
    outcome = hand.do(Action.REMOVE, 1, state)
    assert isinstance(outcome, Retry)
    target.running.faults([])
    assert target.people().keys() == {"E1"}


def fetches(target: WecomTarget) -> int:
    return sum(each["path"].endswith("gettoken") for each in target.running.requests())


def test_a_token_that_is_revoked_in_mid_run_is_renewed_once_for_all_lanes(target: WecomTarget) -> None:
    lanes, rounds = 20, 15
    setup = Hand(target, target.connector())
    setup.create(1)
    connectors = [target.connector() for _ in range(lanes)]
    for each in connectors:
        each.observe(ref(1))
    before = fetches(target)
    failures: list[Exception] = []
    ready = threading.Barrier(lanes + 1)

    def run(connector: Any) -> None:
        try:
            ready.wait(30)
            for _ in range(rounds):
                assert connector.observe(ref(1)) is not None
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(each,)) for each in connectors]
    for thread in threads:
        thread.start()
    target.vendor.revoke_tokens()
    ready.wait(30)
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert fetches(target) - before == 1


@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_meets_a_revoked_token_is_done_once(hand: Hand, target: WecomTarget, write: str) -> None:
    do = writes(hand)[write]
    before = fetches(target)
    target.running.faults([{"match": write.split(maxsplit=1)[0], "times": 1, "revoke_tokens": True}])
    first = hand.connector.apply(do)
    second = hand.connector.apply(do)
    assert {type(first), type(second)} <= {Done, AlreadySo}
    assert fetches(target) - before <= 1


@pytest.mark.parametrize("code", [40014, 42001, 40001])
def test_a_token_that_is_never_accepted_is_renewed_once_a_call_and_stops_the_system(
    hand: Hand, target: WecomTarget, code: int
) -> None:
    """A widely used client asks again and again without an end."""
    hand.create(1)
    before, calls = fetches(target), len(target.running.requests())
    target.running.faults([{"match": "user/get", "code": code}])
    outcome = hand.do(Action.LOCK, 1)
    assert isinstance(outcome, Retry)
    assert outcome.outage
    assert fetches(target) - before == 1
    assert len(target.running.requests()) - calls == 3


@pytest.mark.parametrize("setting", [{"secret": "falsch-geheim"}, {"corp_id": "wwfalsch"}])
def test_a_wrong_secret_is_told_without_being_shown(target: WecomTarget, setting: dict[str, str]) -> None:
    connector = target.wecom(**setting)
    with pytest.raises(ConnectorError) as raised:
        connector.observe(ref(1))
    assert "geheim" not in str(raised.value) + repr(connector.config)
    assert raised.value.outage


def test_a_vendor_who_never_answers_is_given_up_in_time(hand: Hand, target: WecomTarget) -> None:
    state = hand.create(1)
    hasty = target.wecom(answer_timeout=0.5)
    target.running.faults([{"match": "user/get", "times": 1, "delay_s": 20}])
    started = time.monotonic()
    with pytest.raises(Unreachable):
        hasty.observe(ref(1, state))
    assert time.monotonic() - started < 10
    target.running.faults([])
    assert hasty.observe(ref(1, state)) == state


def test_three_hundred_creations_in_a_storm_make_three_hundred_members(hand: Hand, target: WecomTarget) -> None:
    hand.home()
    rounds = [{"lost": True}, {"html": True}, {"cut": True}, {"status": 503}, {"code": 45009}, {"revoke_tokens": True}]
    for number in range(300):
        target.running.faults([{"match": "user/create", "times": 1, **rounds[number % len(rounds)]}])
        outcome = hand.connector.apply(hand.creation(number))
        if not isinstance(outcome, Done | AlreadySo) and hand.connector.observe(ref(number)) is None:
            assert hand.connector.apply(hand.creation(number)) in (Done(), AlreadySo())
    assert target.people().keys() == {f"E{number}" for number in range(300)}
