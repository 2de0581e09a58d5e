"""Deregistration: rights, face, person, in that order and each read back; and the way back under a new number."""

from collections.abc import Iterator

import pytest

from connectors.attendance.simulator.switches import Switches
from mappings.model import Action, AlreadySo, Conflict, Done, Pending, Refused, Retry
from tests.contract.systems.attendance import Site, wanted
from tests.contract.target import ref

ORDER = ("auth_config/delete", "face/single/delete", "person/batch/delete")


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as made:
        yield made


def _settled(site: Site, faces: int = 1) -> None:
    """A person with rights and a face, whom the doors know."""
    site.create(1)
    for _ in range(faces):
        site.vendor.put_face("E1-1")
    site.grant(1)


def test_the_rights_go_first_then_the_face_then_the_person(site: Site) -> None:
    _settled(site)
    assert site.vendor.on_device("door-1") == {"E1-1": True}
    outcomes = site.drive(1, Action.REMOVE)
    assert outcomes[-1] == Done()
    assert {each.state for each in outcomes if isinstance(each, Pending)} == {"权限收回中"}
    assert site.asked(*ORDER) == ["auth_config/delete", "single/delete", "batch/delete"]
    assert site.vendor.accounts() == []
    assert site.vendor.on_device("door-1") == site.vendor.on_device("door-2") == {}
    assert site.connector.observe(ref(1)) is None


@pytest.mark.parametrize("outlive", [True, False])
def test_what_the_platform_hides_holds_no_face_of_ours(outlive: bool) -> None:
    with Site(Switches(faces_outlive_person=outlive, faces_per_person=3)) as site:
        _settled(site, faces=3)
        assert site.drive(1, Action.REMOVE)[-1] == Done()
        (hidden,) = site.vendor.deleted()
        assert (hidden["key"], hidden["faces"]) == ("E1", [])
        assert site.vendor.faces("E1-1") == []


def test_while_the_rights_are_on_their_way_back_the_face_and_the_person_are_there(site: Site) -> None:
    _settled(site)
    assert isinstance(site.apply(1, Action.REMOVE, None), Pending)
    assert len(site.vendor.faces("E1-1")) == 1
    assert len(site.vendor.accounts()) == 1


def test_a_door_that_is_away_holds_the_removal_and_says_so(site: Site) -> None:
    _settled(site)
    site.vendor.set_offline("door-1")
    last = site.drive(1, Action.REMOVE)[-1]
    assert isinstance(last, Retry)
    assert "设备不在线" in last.text
    assert len(site.vendor.faces("E1-1")) == 1
    site.vendor.set_offline()
    site.clock.at += 120
    assert site.drive(1, Action.REMOVE)[-1] == Done()


@pytest.mark.parametrize(("fault", "held"), [({"code": "0x00072201"}, Refused), ({"code": "0x00052102"}, Retry)])
def test_a_face_that_cannot_be_deleted_holds_the_person(site: Site, fault: dict[str, str], held: type) -> None:
    _settled(site)
    site.running.faults([{"match": "face/single/delete", **fault}])
    last = site.drive(1, Action.REMOVE)[-1]
    assert isinstance(last, held)
    assert last.text
    assert [each["id"] for each in site.vendor.accounts()] == ["E1-1"]
    assert site.asked("person/batch/delete") == []
    site.running.faults([])
    assert site.drive(1, Action.REMOVE)[-1] == Done()
    assert site.vendor.deleted()[0]["faces"] == []


def test_the_face_alone_can_be_erased_and_is_read_back_gone(site: Site) -> None:
    _settled(site)
    assert [site.connector.erase_face(ref(1)), site.connector.erase_face(ref(1))] == [Done(), AlreadySo()]
    assert site.vendor.faces("E1-1") == []
    assert len(site.vendor.accounts()) == 1
    assert site.connector.erase_face(ref(9)) == AlreadySo()


def test_who_never_had_rights_is_removed_at_once(site: Site) -> None:
    site.create(1)
    assert site.apply(1, Action.REMOVE, None) == Done()
    assert site.asked("auth_config") == []


def test_rights_that_an_organisation_gives_end_at_the_doors_with_the_removal() -> None:
    with Site(rights="organisation") as site:
        site.vendor.grant("org", "D01", "door-1")
        _settled(site)
        assert set(site.vendor.on_device("door-1")) == {"E1-1"}
        assert site.drive(1, Action.REMOVE)[-1] == Done()
        assert site.vendor.on_device("door-1") == {}
        assert site.vendor.deleted()[0]["faces"] == []


def test_a_personid_is_never_used_twice(site: Site) -> None:
    _settled(site)
    site.drive(1, Action.REMOVE)
    again = site.apply(1, Action.CREATE, wanted(1), incarnation=1, org="D01")
    assert isinstance(again, Retry)
    assert "E1-1" in again.text
    assert site.create(1, incarnation=2).remote_id == "E1-2"
    assert site.see(1).attributes["rights"] == ()
    assert site.vendor.faces("E1-2") == []


def test_a_jobno_that_a_hidden_person_holds_asks_for_a_purge() -> None:
    with Site(Switches(job_no_reusable=False)) as site:
        _settled(site)
        site.drive(1, Action.REMOVE)
        again = site.apply(1, Action.CREATE, wanted(1), incarnation=2, org="D01")
        assert isinstance(again, Conflict)
        assert "已删除人员" in again.text
        site.vendor.purge_person("E1-1")
        assert site.create(1, incarnation=2).remote_id == "E1-2"


def test_a_deletion_that_the_platform_did_not_do_is_no_success(site: Site) -> None:
    """Code "0" with a list of what failed."""
    site.create(1)
    site.running.faults([{"match": "person/batch/delete", "code": "0x00052102"}])
    assert isinstance(site.apply(1, Action.REMOVE, None), Retry)
    assert len(site.vendor.accounts()) == 1


def test_what_remains_for_a_person_is_said(site: Site) -> None:
    assert "已删除人员" in site.connector.describe().leaves
