"""Many people at once on the attendance platform: few calls, and nobody pays for anybody else."""

from collections.abc import Iterator

import pytest

from connectors.attendance.simulator.switches import Switches
from connectors.errors import ConnectorError, Denied
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
from tests.contract.attendance_crowd import HOME, Crowd
from tests.contract.systems.attendance import Site, wanted
from tests.contract.target import group_ref, operation, ref

GRANTED = ("granted",)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as made:
        yield made


def test_three_hundred_people_take_less_than_two_calls_each_to_be_at_the_doors(site: Site) -> None:
    crowd = Crowd(site, range(300))
    assert site.connector.observe_each([ref(number) for number in range(64)]) == [None] * 64
    crowd.create()
    crowd.drive(crowd.granting)
    assert {each.attributes["rights"] for each in crowd.see() if each} == {GRANTED}
    assert crowd.at("door-1") == crowd.at("door-2") == set(range(300))
    assert len(site.running.requests()) < 300 * 1.5
    assert crowd.sizes("auth_config/add") == [64, 64, 64, 64, 44]
    assert len(site.asked("configuration/shortcut")) <= 3


def test_three_hundred_people_leave_together_and_each_face_goes_before_its_person(site: Site) -> None:
    crowd = Crowd(site, range(300))
    crowd.create()
    faces = {site.vendor.put_face(f"E{number}-1"): f"E{number}-1" for number in range(300)}
    crowd.drive(crowd.granting)
    before = len(site.running.requests())
    crowd.drive(crowd.removal)
    assert set(map(type, crowd.last.values())) == {Done}
    assert (site.vendor.accounts(), crowd.at("door-1"), crowd.at("door-2")) == ([], set(), set())
    assert {len(each["faces"]) for each in site.vendor.deleted()} == {0}
    asked = site.running.requests()[before:]
    assert len(asked) < 300 * 5.5
    assert sorted(crowd.sizes("auth_config/delete")) == [44, 64, 64, 64, 64]
    gone = [each["body"]["personIds"] for each in asked if "person/batch/delete" in each["path"]]
    assert sorted(map(len, gone)) == [1] * 300  # a deletion is nobody else's
    order = [each["body"].get("faceId") or each["body"]["personIds"][0] for each in asked if _takes_away(each["path"])]
    assert all(order.index(face) < order.index(person) for face, person in faces.items())


def _takes_away(path: str) -> bool:
    return "face/single/delete" in path or "person/batch/delete" in path


def test_a_mixed_batch_does_to_each_what_is_asked_of_him(site: Site) -> None:
    crowd = Crowd(site, range(6))
    crowd.create()
    crowd.drive(crowd.granting, [0, 1])
    site.vendor.put_person("by-hand", "手工", "D01", jobNo="E9")
    site.vendor.put_person("E8-1", "别人", "D01", jobNo="X8")
    renamed = AccountState("E3", Presence.ACTIVE, {"personName": ("王改名",)})
    office = Ref("s-D02", Kind.GROUP, "D02", "D02")
    outcomes = site.connector.apply_each(
        [
            crowd.removal(0),  # has rights: they go first
            operation(
                Action.CREATE,
                group_ref(3),
                None,
                AccountState("D3", Presence.ACTIVE, {"orgName": ("新科",), "parent": ()}),
            ),
            operation(Action.UPDATE, crowd.ref(3), None, renamed),
            crowd.removal(4),  # never had any
            operation(Action.UPDATE, crowd.ref(2), None, wanted(2, "D02"), office),
            operation(Action.CREATE, ref(7), None, wanted(7), group_ref(3)),  # into the department of this very batch
            crowd.creation(5),
            operation(Action.CREATE, ref(8), None, wanted(8), HOME),
            operation(Action.LOCK, crowd.ref(1)),
            operation(Action.UPDATE, ref(99), None, wanted(99)),
            operation(Action.REMOVE, ref(98)),
            operation(Action.REMOVE, Ref("s9", Kind.PERSON, "E9", "E9-1")),
        ]
    )
    assert [type(each) for each in outcomes] == [
        Pending,
        Done,
        Done,
        Done,
        Pending,
        Done,
        AlreadySo,
        Conflict,
        Refused,
        Retry,
        AlreadySo,
        Conflict,
    ]
    names = {each["key"]: (each["name"], each["primary"]) for each in site.vendor.accounts()}
    assert names["E3"] == ("王改名", "办公室")
    assert names["E2"] == ("王2", "人事科")
    assert names["E7"] == ("王7", "新科")
    assert names.keys() == {"E0", "E1", "E2", "E3", "E5", "E7", "E9", "X8"}


def test_two_operations_on_one_person_keep_their_order(site: Site) -> None:
    crowd = Crowd(site, range(3))
    crowd.create()
    again = operation(Action.CREATE, Ref("s1", Kind.PERSON, "E1", incarnation=2), None, wanted(1), HOME)
    outcomes = site.connector.apply_each([crowd.removal(1), again, crowd.removal(2)])
    assert outcomes == [Done()] * 3
    assert {each["id"] for each in site.vendor.accounts()} == {"E0-1", "E1-2"}


def test_once_the_platform_is_away_nobody_is_sent_after_it(site: Site) -> None:
    crowd = Crowd(site, range(64))
    site.running.faults([{"match": "person/single/add", "status": 503, "retry_after": 7}])
    outcomes = crowd.apply(crowd.creation)
    assert {(each.after, each.outage) for each in outcomes if isinstance(each, Retry)} == {(7, True)}
    assert len(outcomes) == 64
    assert len(site.asked("person/single/add")) == 1
    site.running.faults([])
    assert crowd.apply(crowd.creation) == [Done()] * 64


def test_an_interface_that_was_not_granted_is_an_outage_for_all() -> None:
    with Site(Switches(ungranted=frozenset({"/api/resource/v1/person/condition/personInfo"}))) as site:
        seen = Crowd(site, range(64)).observe(range(64))
        assert {type(each) for each in seen} == {Denied}
        assert len(site.running.requests()) == 2  # the root, and the persons


def test_a_creation_whose_answer_is_lost_is_unknown_and_the_others_are_made(site: Site) -> None:
    crowd = Crowd(site, range(10))
    site.running.faults([{"match": "person/single/add", "times": 1, "lost": True}])
    outcomes = crowd.apply(crowd.creation)
    assert [type(each) for each in outcomes] == [Unknown] + [Done] * 9
    assert crowd.apply(crowd.creation) == [AlreadySo()] * 10
    assert len(site.vendor.accounts()) == 10


def test_everybody_at_a_platform_that_answers_nonsense_has_an_error_and_nobody_is_absent(site: Site) -> None:
    crowd = Crowd(site, range(8))
    crowd.create()
    site.running.faults([{"match": "personInfo", "html": True}])
    assert all(isinstance(each, ConnectorError) for each in crowd.observe(crowd.numbers))
    site.running.faults([{"match": "auth_item", "cut": True}])
    assert all(isinstance(each, ConnectorError) for each in crowd.observe(crowd.numbers))
