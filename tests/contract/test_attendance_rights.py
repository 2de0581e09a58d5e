"""Rights at the doors: the platform's tasks, begun and looked at, until the doors know."""

from collections.abc import Iterator

import pytest

from connectors.attendance.simulator.switches import Switches
from mappings.model import AccountState, Action, AlreadySo, Done, Memberships, Pending, Presence, Retry
from tests.contract.systems.attendance import Site, wanted

DEVICE_OFFLINE = "0x1540300a"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as made:
        yield made


def test_a_new_person_opens_no_door_until_rights_were_brought_there(site: Site) -> None:
    state = site.create(1)
    assert state.attributes["rights"] == ()
    assert site.vendor.on_device("door-1") == {}
    outcomes = site.grant(1)
    assert [type(each) for each in outcomes[:-1]] == [Pending] * (len(outcomes) - 1)
    assert {each.state for each in outcomes if isinstance(each, Pending)} == {"权限下发中"}
    assert outcomes[-1] == Done()
    assert set(site.vendor.on_device("door-1")) == set(site.vendor.on_device("door-2")) == {"E1-1"}
    assert site.see(1).attributes["rights"] == ("granted",)


def test_each_step_is_asked_for_once_however_often_one_looks(site: Site) -> None:
    site.create(1)
    site.grant(1)
    assert site.asked("auth_config/add") == ["auth_config/add"]
    assert site.asked("configuration/shortcut") == ["configuration/shortcut"]


def test_a_restart_goes_on_from_what_is_kept_and_what_is_lost_is_read_from_the_list(site: Site) -> None:
    site.create(1)
    order = AccountState("E1", Presence.ACTIVE, {"rights": ("granted",)})
    first = site.apply(1, Action.UPDATE, order)
    assert isinstance(first, Pending)
    site.connector.close()
    site.connector = site.artemis()
    site.clock.at += first.after
    second = site.apply(1, Action.UPDATE, order, private=first.private)
    assert isinstance(second, Pending)
    assert site.asked("auth_config/add") == ["auth_config/add"]
    assert site.grant(1)[-1] == Done()  # nothing is known of a task, and the list shows that it was done
    assert site.asked("auth_config/add") == ["auth_config/add"]
    assert set(site.vendor.on_device("door-1")) == {"E1-1"}


def test_an_order_that_was_lost_before_the_platform_did_it_is_given_again(site: Site) -> None:
    site.create(1)
    assert isinstance(site.apply(1, Action.UPDATE, wanted(1)), Pending)  # and nobody has kept it
    assert site.grant(1)[-1] == Done()
    assert set(site.vendor.on_device("door-1")) == {"E1-1"}
    assert len(site.asked("auth_config/add")) == 2


def test_a_door_that_is_away_is_told_in_the_platforms_words_and_tried_again_later(site: Site) -> None:
    site.create(1)
    site.vendor.set_offline("door-2")
    outcomes = site.grant(1)
    failed = outcomes[-1]
    assert isinstance(failed, Retry)
    assert "设备不在线" in failed.text
    assert failed.after
    assert not failed.outage
    private = next(each.private for each in reversed(outcomes) if isinstance(each, Pending))
    order = AccountState("E1", Presence.ACTIVE, {"rights": ("granted",)})
    assert isinstance(site.apply(1, Action.UPDATE, order, private=private), Retry)
    site.vendor.set_offline()
    site.clock.at += failed.after
    assert isinstance(site.apply(1, Action.UPDATE, order, private=private), Pending)  # given again
    assert site.grant(1)[-1] == Done()
    assert set(site.vendor.on_device("door-2")) == {"E1-1"}


def test_a_change_of_rights_that_fails_is_a_retry_and_is_ordered_again(site: Site) -> None:
    site.create(1)
    site.vendor.fail_configs("0x15400001")
    outcomes = site.grant(1)
    assert isinstance(outcomes[-1], Retry)
    assert outcomes[-1].text
    assert site.see(1).attributes["rights"] == ()
    site.clock.at += 120
    kept = next(each.private for each in reversed(outcomes) if isinstance(each, Pending))
    assert site.grant(1, kept)[-1] == Done()
    assert len(site.asked("auth_config/add")) == 2


def test_a_person_without_a_face_waits_for_it_and_gets_the_rights_then() -> None:
    with Site(Switches(faceless_downloads=False)) as site:
        site.create(1)
        waiting = site.grant(1)[-1]
        assert isinstance(waiting, Pending)
        assert "等待录入人脸" in waiting.state
        assert site.see(1).attributes["rights"] == ()
        site.vendor.put_face("E1-1")
        site.clock.at += waiting.after
        assert site.grant(1, waiting.private)[-1] == Done()
        assert site.vendor.on_device("door-1") == {"E1-1": True}
        assert site.asked("auth_config/add") == ["auth_config/add"]


def test_rights_that_the_download_of_another_has_brought_are_done() -> None:
    """Two applications, one door: what waits there goes out with whoever downloads first; the other has nothing."""
    with Site(Switches(empty_download_fails=True)) as site:
        lanes = {1: site.connector, 2: site.artemis(tag_id="another")}
        kept: dict[int, str | None] = dict.fromkeys(lanes)
        for number in lanes:
            site.create(number)
        for _ in range(2):  # configured, and both downloads begun
            for number, site.connector in lanes.items():
                kept[number] = _kept(site.apply(number, Action.UPDATE, wanted(number), private=kept[number]))
            site.clock.at += 10
        assert len(site.asked("configuration/shortcut")) == 2
        for number, site.connector in lanes.items():
            assert site.apply(number, Action.UPDATE, wanted(number), private=kept[number]) == Done()
        lanes[1].close()


def test_many_at_once_share_their_downloads(site: Site) -> None:
    """The platform keeps a hundred unfinished downloads at most; five thousand people come on the first day."""
    people = range(1, 41)
    for number in people:
        site.create(number)
    kept: dict[int, str | None] = dict.fromkeys(people)
    rounds = 0
    while kept:
        rounds += 1
        assert rounds < 10
        waits = [site.clock()]
        for number in list(kept):
            outcome = site.apply(number, Action.UPDATE, wanted(number), private=kept[number])
            if isinstance(outcome, Pending):
                kept[number] = outcome.private
                waits.append(site.clock() + outcome.after)
            else:
                assert outcome == Done()
                del kept[number]
            site.clock.at += 0.01
        site.clock.at = max(waits)
    assert len(site.vendor.on_device("door-1")) == 40
    site.clock.at += 60
    site.create(99)
    alone = site.apply(99, Action.UPDATE, wanted(99))
    assert isinstance(alone, Pending)
    assert alone.after == 0.5  # who comes later does not wait for those long served
    assert len(site.asked("configuration/shortcut")) <= 4


def test_without_doors_rights_are_not_managed() -> None:
    with Site(doors="") as site:
        assert "rights" not in site.connector.describe().managed
        assert "rights" not in site.create(1).attributes
        assert site.apply(1, Action.UPDATE, wanted(1)) == AlreadySo()
        assert site.asked("acps") == []


def test_rights_of_an_organisation_are_brought_down_and_follow_a_move() -> None:
    with Site(rights="organisation") as site:
        site.vendor.grant("org", "D01", "door-1")
        site.vendor.grant("org", "D02", "door-2")
        site.create(1)
        assert site.see(1).attributes["rights"] == ()
        assert site.grant(1)[-1] == Done()
        assert (set(site.vendor.on_device("door-1")), site.vendor.on_device("door-2")) == ({"E1-1"}, {})
        move = AccountState("E1", Presence.ACTIVE, {}, Memberships("D02"))
        assert site.apply(1, Action.UPDATE, move, org="D02") == Done()
        assert site.see(1).attributes["rights"] == ()
        assert site.grant(1)[-1] == Done()
        assert (site.vendor.on_device("door-1"), set(site.vendor.on_device("door-2"))) == ({}, {"E1-1"})
        assert site.asked("auth_config/add", "auth_config/delete") == []


def test_rights_taken_away_by_hand_are_seen_and_given_again(site: Site) -> None:
    site.create(1)
    site.grant(1)
    by_hand = {
        "personDatas": [{"indexCodes": ["E1-1"], "personDataType": "person"}],
        "resourceInfos": [{"resourceIndexCode": "door-1", "resourceType": "door", "channelNos": [1]}],
    }
    site.ask("/api/acps/v1/auth_config/delete", by_hand)
    site.clock.at += 1
    assert site.see(1).attributes["rights"] == ()
    assert site.grant(1)[-1] == Done()
    assert site.see(1).attributes["rights"] == ("granted",)


def _kept(outcome: object) -> str | None:
    assert isinstance(outcome, Pending), outcome
    return outcome.private
