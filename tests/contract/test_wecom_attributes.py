"""What is written of a member: phone, mail, superior, extended attributes. The state of the corp afterwards tells."""

from dataclasses import replace
from typing import Any

import pytest

from mappings.model import AlreadySo, Conflict, Done, Presence, Refused, Retry
from tests.contract.systems.wecom import WecomTarget, wecom
from tests.contract.target import Hand


@pytest.fixture
def target(request: pytest.FixtureRequest) -> WecomTarget:
    return wecom({})(request)


def test_nobody_is_invited_unless_that_is_wished(hand: Hand, target: WecomTarget) -> None:
    hand.create(1)
    assert target.vendor.invited() == []
    inviting = Hand(target, target.wecom(to_invite=True))
    inviting.create(2)
    locked = inviting.connector.apply(inviting.creation(3, inviting.person(3, presence=Presence.LOCKED)))
    assert locked == Done()
    assert target.vendor.invited() == ["E2"]


def test_a_phone_and_a_mail_are_written_and_never_sent_empty(hand: Hand, target: WecomTarget) -> None:
    state = hand.create(1, email=("e1@example.gov.cn",))
    assert hand.change(state, 1, mobile=(), email=()) == AlreadySo()
    assert hand.change(state, 1, mobile=("13900000009",)) == Done()
    member = target.vendor.member("E1")
    assert member is not None
    assert member.fields["mobile"].endswith("13900000009")
    assert member.fields["email"] == "e1@example.gov.cn"
    assert all(each.get("mobile", "x") and each.get("email", "x") for each in target.bodies("user/update"))


def test_what_cannot_be_read_back_is_not_observed_and_where_it_can_it_is(request: pytest.FixtureRequest) -> None:
    target = wecom({"readable": True}, readable=True)(request)
    hand = Hand(target, target.connector())
    assert hand.connector.describe().unreadable == frozenset()
    state = hand.create(1, mobile=("13900000001",), email=("e1@example.gov.cn",))
    assert (state.attributes["mobile"], state.attributes["email"]) == (("13900000001",), ("e1@example.gov.cn",))
    blind = Hand(target, target.wecom(readable=False))
    assert blind.connector.describe().unreadable == {"mobile", "email"}
    assert not {"mobile", "email"} & blind.see(1).attributes.keys()


def test_a_phone_with_the_country_code_of_home_is_the_same_phone(request: pytest.FixtureRequest) -> None:
    target = wecom({"readable": True}, readable=True)(request)
    hand = Hand(target, target.connector())
    target.vendor.put_member("E1", "王1", [1], mobile="+86 13900000001")
    assert hand.see(1).attributes["mobile"] == ("13900000001",)
    assert hand.change(hand.see(1), 1, mobile=("13900000001",)) == AlreadySo()


@pytest.mark.parametrize("attribute", ["mobile", "email"])
def test_a_phone_or_mail_of_somebody_else_is_a_conflict_that_names_him_and_no_phone(
    hand: Hand, target: WecomTarget, attribute: str
) -> None:
    value = {"mobile": "13900000009", "email": "taken@example.gov.cn"}[attribute]
    hand.create(2, **{attribute: (value,)})
    state = hand.create(1)
    before = target.people()
    outcome = hand.change(state, 1, **{attribute: (value,)})
    assert isinstance(outcome, Conflict)
    assert outcome.holder == "E2"
    assert value not in outcome.text
    create = hand.connector.apply(hand.creation(3, hand.person(3, **{attribute: (value,)})))
    assert isinstance(create, Conflict)
    assert target.people() == before


def test_without_phone_and_mail_the_vendor_declines(hand: Hand, target: WecomTarget) -> None:
    wanted = replace(hand.person(1), attributes={"name": ("王1",)})
    outcome = hand.connector.apply(hand.creation(1, wanted))
    assert outcome == Refused("60129", outcome.text)  # type: ignore[union-attr]
    assert target.people() == {}


def test_a_superior_is_written_and_taken_away(hand: Hand, target: WecomTarget) -> None:
    state, _ = hand.create(1), hand.create(2)
    assert hand.change(state, 1, direct_leader=("E2",)) == Done()
    assert hand.see(1).attributes["direct_leader"] == ("E2",)
    assert hand.change(hand.see(1), 1, direct_leader=()) == Done()
    assert hand.see(1).attributes["direct_leader"] == ()


def test_a_superior_who_is_not_there_is_waited_for(hand: Hand) -> None:
    state = hand.create(1)
    outcome = hand.change(state, 1, direct_leader=("E9",))
    assert isinstance(outcome, Retry | Refused)
    assert hand.see(1).attributes["direct_leader"] == ()


def test_extended_attributes_are_written_and_others_are_kept(request: pytest.FixtureRequest) -> None:
    target = wecom({"extattrs": frozenset({"工号", "车牌"})}, extattr={"工号": "key"})(request)
    hand = Hand(target, target.connector())
    state = hand.create(1, extattr=("工号=E1",))
    assert state.attributes["extattr"] == ("工号=E1",)
    plate = {"type": 0, "name": "车牌", "text": {"value": "甲A0001"}}
    mine = {"type": 0, "name": "工号", "text": {"value": "E1"}}
    target.call("user/update", userid="E1", extattr={"attrs": [mine, plate]})
    assert hand.change(hand.see(1), 1, extattr=("工号=E001",)) == Done()
    shown = {each["name"]: each["text"]["value"] for each in _attrs(target)}
    assert shown == {"工号": "E001", "车牌": "甲A0001"}
    assert hand.change(hand.see(1), 1, extattr=()) == Done()
    assert hand.see(1).attributes["extattr"] == ()


def _attrs(target: WecomTarget) -> list[dict[str, Any]]:
    member = target.vendor.member("E1")
    assert member is not None
    return list(member.extattr.values())


def test_an_extended_attribute_that_nobody_has_defined_is_refused_by_its_name(request: pytest.FixtureRequest) -> None:
    """WeCom says "created" and drops it without a word."""
    target = wecom({"extattrs": frozenset()}, extattr={"工号": "key"})(request)
    hand = Hand(target, target.connector())
    outcome = hand.connector.apply(hand.creation(1, hand.person(1, extattr=("工号=E1",))))
    assert isinstance(outcome, Refused)
    assert "工号" in outcome.text
    assert target.people().keys() == {"E1"}
