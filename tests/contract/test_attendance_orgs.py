"""Departments as organisations: their codes are ours, their place is given once, and the root is nobody's to change."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from connectors.attendance import api
from mappings.model import AccountState, Action, AlreadySo, Done, Kind, Outcome, Pending, Presence, Ref, Refused, Retry
from tests.contract.systems.attendance import Platform, Site, page, told
from tests.contract.target import operation

ROOT = Ref("s-D00", Kind.GROUP, "D00", "root000000", root=True)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(doors="") as made:
        yield made


def _ref(code: str, remote_id: str | None = None) -> Ref:
    return Ref(f"s-{code}", Kind.GROUP, code, remote_id)


def _is(code: str, name: str, *parent: str) -> AccountState:
    return AccountState(code, Presence.ACTIVE, {"orgName": (name,), "parent": parent})


def _do(site: Site, action: Action, code: str, after: AccountState | None = None, remote: str | None = None) -> Outcome:
    return site.connector.apply(operation(action, _ref(code, remote), None, after))


def test_a_department_is_made_below_its_parent_under_its_own_code(site: Site) -> None:
    assert _do(site, Action.CREATE, "D11", _is("D11", "文书组", "D01")) == Done()
    seen = site.connector.observe(_ref("D11"))
    assert seen is not None
    assert (seen.key, seen.remote_id, seen.name) == ("D11", "D11", "文书组")
    assert seen.attributes == {"orgName": ("文书组",), "parent": ("D01",)}
    below_root = site.connector.observe(_ref("D01"))
    assert below_root is not None
    assert below_root.attributes["parent"] == ()


def test_a_child_waits_for_its_parent(site: Site) -> None:
    for waiting in (_is("D11", "文书组", "D99"), AccountState("D11", Presence.ACTIVE, {"orgName": ("文书组",)})):
        outcome = _do(site, Action.CREATE, "D11", waiting)
        assert isinstance(outcome, Retry)
        assert "上级" in outcome.text
    assert site.connector.observe(_ref("D11")) is None


def test_another_parent_is_a_persons_affair_and_the_new_name_is_written_all_the_same(site: Site) -> None:
    _do(site, Action.CREATE, "D11", _is("D11", "文书组", "D01"))
    outcome = _do(site, Action.UPDATE, "D11", _is("D11", "文电组", "D02"))
    assert isinstance(outcome, Refused)
    assert "文电组" in outcome.text
    assert "人事科" in outcome.text
    seen = site.connector.observe(_ref("D11"))
    assert seen is not None
    assert seen.attributes == {"orgName": ("文电组",), "parent": ("D01",)}


def test_where_the_platform_takes_another_parent_it_is_sent() -> None:
    with Platform(move_organisations=True) as platform:
        platform.answers[api.ORG_INFO] = page(
            {"orgIndexCode": "D11", "orgName": "文书组", "parentOrgIndexCode": "D01"},
        )
        change = operation(Action.UPDATE, _ref("D11"), None, _is("D11", "文书组", "D02"))
        assert platform.connector.apply(change) == Done()
        (body,) = [json.loads(each.body) for each in platform.server.asked if each.path.endswith("org/single/update")]
        assert body == {"orgIndexCode": "D11", "orgName": "文书组", "parentIndexCode": "D02"}


def test_an_organisation_goes_once_nobody_and_nothing_is_in_it(site: Site) -> None:
    _do(site, Action.CREATE, "D11", _is("D11", "文书组", "D01"))
    site.create(1, org="D11")
    for code, holding in (("D01", "1 个下级组织"), ("D11", "1 名人员")):
        outcome = _do(site, Action.REMOVE, code)
        assert isinstance(outcome, Pending)
        assert holding in outcome.state
    assert site.apply(1, Action.REMOVE, None) == Done()
    assert [_do(site, Action.REMOVE, code) for code in ("D11", "D01", "D01")] == [Done(), Done(), AlreadySo()]
    assert site.connector.observe(_ref("D01")) is None


def test_strangers_in_an_organisation_hold_it_visibly(site: Site) -> None:
    site.vendor.put_person("x", "外单位", "D01", jobNo="X1")
    outcome = _do(site, Action.REMOVE, "D01")
    assert isinstance(outcome, Pending)
    assert "1 名人员" in outcome.state


def test_a_deletion_that_fails_by_the_list_is_no_success() -> None:
    with Platform() as platform:
        platform.answers[api.SUB_ORGS] = platform.answers[api.ORG_PERSONS] = page()
        platform.answers[api.ORG_DELETE] = told([{"orgIndexCode": "D01", "code": "0x00072002", "msg": "has persons"}])
        outcome = platform.connector.apply(operation(Action.REMOVE, _ref("D01", "D01")))
        assert isinstance(outcome, Refused)


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE, Action.REMOVE])
def test_the_root_is_looked_at_and_never_written(site: Site, action: Action) -> None:
    seen = site.connector.observe(replace(ROOT, remote_id=None))
    assert seen is not None
    assert (seen.key, seen.remote_id, seen.attributes) == ("D00", "root000000", {})
    for subject in (ROOT, replace(ROOT, remote_id=None)):
        assert isinstance(site.connector.apply(operation(action, subject, seen, _is("D00", "某区"))), Refused)
    if action is not Action.CREATE:
        by_code = operation(action, _ref("root000000", "root000000"), seen, _is("D00", "某区"))
        assert isinstance(site.connector.apply(by_code), Refused)


def test_a_district_may_live_below_an_organisation_of_its_own(site: Site) -> None:
    site.vendor.put_org("QU", "某区")
    connector = site.artemis(root_org="QU")
    assert connector.apply(operation(Action.CREATE, _ref("D21"), None, _is("D21", "财政局"))) == Done()
    assert site.connector.observe(_ref("D21")).attributes["parent"] == ("QU",)  # type: ignore[union-attr]
    assert connector.observe(_ref("D21")).attributes["parent"] == ()  # type: ignore[union-attr]
    assert "QU" not in {each.remote_id for each in connector.departments(None).accounts}
    connector.close()


def test_people_of_other_districts_on_the_same_platform_are_not_read_as_ours(site: Site) -> None:
    """They stood among the orphans, and on the first day a staff number like one of ours proposed them for adoption."""
    site.vendor.put_org("QU", "某区")
    site.vendor.put_org("KE", "某科", "QU")
    site.vendor.put_org("BIE", "别的区")
    for number, org in enumerate(("QU", "KE", "BIE", "root000000")):
        site.vendor.put_person(f"p{number}", f"人{number}", org, jobNo=f"E{number}")
    page = site.artemis(root_org="QU").observe_all(None)
    assert ({each.key for each in page.accounts}, page.complete) == ({"E0", "E1"}, True)
    assert len(site.connector.observe_all(None).accounts) == 4


def test_an_adopted_organisation_is_addressed_by_the_code_it_has(site: Site) -> None:
    site.vendor.put_org("old-77", "老科室")
    found = site.connector.observe(_ref("D31", "old-77"))
    assert found is not None
    assert found.remote_id == "old-77"
    assert _do(site, Action.UPDATE, "D31", _is("D31", "新科室"), "old-77") == Done()
    assert site.connector.observe(_ref("D31", "old-77")).attributes["orgName"] == ("新科室",)  # type: ignore[union-attr]
    assert site.connector.observe(_ref("D31")) is None
