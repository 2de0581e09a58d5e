"""What `huaming doctor` finds in a SCIM service, and that it leaves nothing behind."""

from collections.abc import Iterator
from typing import Any

import pytest

from mappings.model import Finding
from tests.contract.odd_link import Linked, links
from tests.servers.canned_http import answered
from tests.servers.odd_scim import OddScim

NAME = "huaming-doctor"


@pytest.fixture
def linked() -> Iterator[Linked]:
    with links() as link:
        yield link


def wrong(findings: Any) -> list[Finding]:
    """What is not well; each says what to do."""
    found = [each for each in findings if each.level != "ok"]
    assert all(each.remedy for each in found)
    return found


@pytest.mark.parametrize("shows_groups", [True, False])
@pytest.mark.parametrize("patch", [True, False])
def test_a_sound_service_is_well(linked: Linked, patch: bool, shows_groups: bool) -> None:
    service = OddScim(patch=patch, etag=True, shows_groups=shows_groups)
    findings = list(linked(service).check())
    assert wrong(findings) == []
    assert any("GET 后 PUT" in each.text for each in findings) is not patch
    assert any("所在组的读法：user" in each.text for each in findings) is shows_groups
    assert (service.users, service.groups) == ({}, {})
    assert not any(b"password" in each.body for each in service.asked)


def test_the_trial_account_is_never_open_before_it_is_proved_that_it_can_be_locked(linked: Linked) -> None:
    service = OddScim()
    list(linked(service).check())
    written = [each.body for each in service.asked if each.method == "POST" and each.path == "/Users"]
    assert [b'"active":false' in each for each in written] == [True]


def test_values_that_the_service_does_not_keep_are_named_with_the_line_to_write(linked: Linked) -> None:
    service = OddScim(drops=frozenset({"title", "emails"}))
    (found,) = wrong(linked(service).check())
    assert (found.level, "emails、title" in found.text) == ("warning", True)
    assert "unmanaged = ['emails', 'title']" in found.remedy
    assert wrong(linked(service, unmanaged="title, emails").check()) == []


def test_a_service_that_keeps_no_key_cannot_be_used(linked: Linked) -> None:
    service = OddScim(drops=frozenset({"externalId"}))
    (found,) = wrong(linked(service).check())
    assert (found.level, "externalId" in found.text) == ("error", True)
    assert service.users == {}


def test_groups_without_a_key_are_found_out(linked: Linked) -> None:
    service = OddScim(keeps_group_key=False)
    (found,) = wrong(linked(service).check())
    assert "group_key" in found.remedy
    assert wrong(linked(service, group_key="displayName").check()) == []
    assert (service.users, service.groups) == ({}, {})


def test_a_lock_that_has_no_effect_is_an_error(linked: Linked) -> None:
    service = OddScim(active_only=True)
    assert {each.level for each in wrong(linked(service).check())} == {"error"}
    assert service.users == {}


def test_a_service_without_active_is_an_error(linked: Linked) -> None:
    schema = {"id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": [{"name": "userName"}]}
    found = wrong(linked(OddScim(schemas=[schema], active_only=True)).check())
    assert any("不能锁定" in each.text for each in found)


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_may_not_write_is_told_from_one_that_is_wrong(linked: Linked, status: int) -> None:
    service = OddScim(instead=lambda asked, done: answered(status) if asked.method == "POST" else done())
    findings = list(linked(service).check())
    found = wrong(findings)
    assert [each.level for each in found] == ["error"]
    assert "试写中止" in found[0].text
    assert not any("均成功" in each.text for each in findings)
    service = OddScim(instead=lambda asked, done: answered(status))
    (found_first,) = wrong(linked(service).check())
    assert "token" in found_first.remedy


def test_a_wrong_address_is_told_with_a_command(linked: Linked) -> None:
    service = OddScim(instead=lambda asked, done: answered(404))
    (found,) = wrong(linked(service).check())
    assert found.remedy.startswith("curl")


def test_a_stranger_of_the_trial_s_name_is_left_alone(linked: Linked) -> None:
    service = OddScim()
    id = service.put(userName=NAME, externalId="E7")
    before = dict(service.users[id])
    (found,) = wrong(linked(service).check())
    assert NAME in found.text
    assert service.users == {id: before}


def test_a_leftover_of_a_trial_that_was_cut_short_is_cleared_away(linked: Linked) -> None:
    service = OddScim()
    id = service.put(userName=NAME, externalId=NAME)
    service.group(id, displayName=NAME, externalId=NAME)
    assert wrong(linked(service).check()) == []
    assert (service.users, service.groups) == ({}, {})


def test_what_cannot_be_deleted_is_said(linked: Linked) -> None:
    found = wrong(linked(OddScim(deletes="deactivates")).check())
    assert any("没有删掉" in each.text for each in found)


def test_without_a_trial_nothing_is_written(linked: Linked) -> None:
    service = OddScim()
    (found,) = wrong(linked(service, trial=False).check())
    assert found.level == "warning"
    assert {each.method for each in service.asked} == {"GET"}
