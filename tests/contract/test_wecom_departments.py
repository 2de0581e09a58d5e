"""Departments of WeCom: the vendor gives the number, we keep it; a name finds only what we asked for ourselves."""

from dataclasses import replace

import pytest

from mappings.model import (
    AccountState,
    Action,
    AlreadySo,
    Conflict,
    Done,
    Kind,
    Pending,
    Presence,
    Ref,
    Refused,
    Retry,
    Unknown,
)
from tests.contract.systems.wecom import LISTS_CLOSED, OLD, SINCE_2022, WecomTarget, wecom
from tests.contract.target import Hand, group_ref, operation


@pytest.fixture(params=[{}, LISTS_CLOSED, SINCE_2022, OLD], ids=["today", "lists-closed", "since-2022", "old"])
def target(request: pytest.FixtureRequest) -> WecomTarget:
    return wecom(request.param)(request)


def below(number: int, parent: AccountState | None, name: str | None = None) -> AccountState:
    shown = {"name": (name or f"第{number}科",), "parentid": (str(parent.remote_id) if parent else "1",)}
    return AccountState(f"D{number}", Presence.ACTIVE, shown)


def test_a_department_of_that_name_that_is_not_ours_is_a_conflict_and_stays(hand: Hand, target: WecomTarget) -> None:
    number = target.vendor.put_department("第1科")
    before = target.groups()
    outcome = hand.connector.apply(operation(Action.CREATE, group_ref(1), None, hand.group(1)))
    assert isinstance(outcome, Conflict)
    assert str(number) in outcome.holder
    assert hand.connector.observe(group_ref(1)) is None
    assert target.groups() == before


def test_a_department_whose_creation_was_answered_into_the_void_is_found_again(hand: Hand, target: WecomTarget) -> None:
    create = operation(Action.CREATE, group_ref(1), None, hand.group(1))
    target.running.faults([{"match": "department/create", "times": 1, "lost": True}])
    assert isinstance(hand.connector.apply(create), Unknown)
    ours = replace(group_ref(1), sought=hand.group(1))
    seen = hand.connector.observe(ours)
    assert seen is not None
    assert seen.remote_id is not None
    assert hand.connector.apply(replace(create, ref=ours)) == AlreadySo()
    assert target.groups().keys() == {"D1"}


def test_the_same_name_under_another_parent_is_another_department(hand: Hand, target: WecomTarget) -> None:
    one, two = hand.create_group(1), hand.create_group(2)
    for number, parent in ((3, one), (4, two)):
        wanted = below(number, parent, "综合科")
        ours = replace(group_ref(number), sought=wanted)
        assert hand.connector.apply(operation(Action.CREATE, ours, None, wanted)) == Done()
        seen = hand.connector.observe(ours)
        assert seen is not None
        assert seen.attributes == wanted.attributes
    assert sorted(target.vendor.departments()) == ["第1科", "第1科/综合科", "第2科", "第2科/综合科"]


def test_a_department_moves_with_all_that_is_in_it(hand: Hand, target: WecomTarget) -> None:
    one, two = hand.create_group(1), hand.create_group(2)
    change = operation(Action.UPDATE, group_ref(2, two), below(2, None), below(2, one))
    assert [hand.connector.apply(change), hand.connector.apply(change)] == [Done(), AlreadySo()]
    assert sorted(target.vendor.departments()) == ["第1科", "第1科/第2科"]
    circle = operation(Action.UPDATE, group_ref(1, one), below(1, None), below(1, two))
    assert isinstance(hand.connector.apply(circle), Refused)


def test_a_new_name_that_a_sibling_has_is_a_conflict(hand: Hand, target: WecomTarget) -> None:
    one, two = hand.create_group(1), hand.create_group(2)
    outcome = hand.connector.apply(operation(Action.UPDATE, group_ref(2, two), below(2, None), below(2, None, "第1科")))
    assert isinstance(outcome, Conflict)
    assert str(one.remote_id) in outcome.holder
    assert sorted(target.vendor.departments()) == ["第1科", "第2科"]


def test_a_department_that_is_not_empty_waits_and_says_for_how_many(hand: Hand, target: WecomTarget) -> None:
    one = hand.create_group(1)
    number = int(str(one.remote_id))
    for each in range(3):
        target.vendor.put_member(f"F{each}", "外人", [number], email=f"f{each}@x.cn")
    below_it = [target.vendor.put_department(name, number) for name in ("甲", "乙")]
    remove = operation(Action.REMOVE, group_ref(1, one), one)
    said = set()
    for _ in range(6):
        outcome = hand.connector.apply(remove)
        if not isinstance(outcome, Pending):
            break
        said.add(outcome.state)
        if "成员" in outcome.state:
            for each in range(3):
                target.vendor.delete_member(f"F{each}")
        else:
            for each in below_it:
                target.vendor.delete_department(each)
    assert outcome == Done()
    assert said == {"部门内仍有 3 名成员（F0、F1、F2）", "部门下仍有 2 个下级部门"}
    assert target.groups() == {}


def test_a_department_deleted_by_hand_is_none_and_nothing_is_written_to_it(hand: Hand, target: WecomTarget) -> None:
    one = hand.create_group(1)
    target.vendor.delete_department(int(str(one.remote_id)))
    assert hand.connector.observe(group_ref(1, one)) is None
    change = operation(Action.UPDATE, group_ref(1, one), below(1, None), below(1, None, "新"))
    assert isinstance(hand.connector.apply(change), Retry)
    assert hand.connector.apply(operation(Action.REMOVE, group_ref(1, one), one)) == AlreadySo()


def test_a_department_that_is_not_in_the_system_is_not_looked_for_by_name(hand: Hand, target: WecomTarget) -> None:
    target.vendor.put_department("第1科")
    assert hand.connector.observe(group_ref(1)) is None


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE, Action.REMOVE])
def test_the_root_is_the_configured_one_and_never_written(hand: Hand, target: WecomTarget, action: Action) -> None:
    root = Ref("d0", Kind.GROUP, "D00", root=True)
    seen = hand.connector.observe(root)
    assert seen == AccountState("D00", Presence.ACTIVE, {}, None, "1", target.corp.root_name)
    for each in (root, replace(root, remote_id="1"), replace(root, remote_id="1", root=False)):
        outcome = hand.connector.apply(operation(action, each, seen, below(0, None, "别的名字")))
        assert isinstance(outcome, Refused)
    assert hand.connector.observe(root) == seen


def test_a_root_that_is_not_there_is_none(hand: Hand, target: WecomTarget) -> None:
    lost = target.wecom(root_id=999)
    assert lost.observe(Ref("d0", Kind.GROUP, "D00", root=True)) is None


def test_a_district_in_a_larger_corp_has_its_own_root(hand: Hand, target: WecomTarget) -> None:
    district = target.vendor.put_department("示范区教育局")
    connector = target.wecom(root_id=district)
    wanted = AccountState("D1", Presence.ACTIVE, {"name": ("办公室",)})
    assert connector.apply(operation(Action.CREATE, group_ref(1), None, wanted)) == Done()
    assert sorted(target.vendor.departments()) == ["示范区教育局", "示范区教育局/办公室"]
    (listed,) = connector.departments(None).accounts
    assert (listed.name, listed.attributes["parentid"]) == ("办公室", (str(district),))
