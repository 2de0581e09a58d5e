"""The attendance platform in bad weather: HTML, cut and lost answers, busy, quotas, other clocks, lists that change."""

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.attendance.simulator.switches import Switches
from connectors.errors import ConnectorError, Denied, Unreachable, Unreadable
from connectors.http.answer import Busy
from mappings.model import AccountState, Action, AlreadySo, Conflict, Done, Page, Pending, Presence, Refused, Retry
from mappings.model import Unknown as Lost
from tests.contract.systems.attendance import Site, wanted
from tests.contract.systems.attendance import connector as of_table
from tests.contract.target import ref

WRITES = ("person/single/add", "person/single/update", "person/batch/delete")


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(doors="") as made:
        yield made


def _write(site: Site, path: str) -> Any:
    """The operation whose write that is, on person 1."""
    if path == "person/single/add":
        return site.apply(1, Action.CREATE, wanted(1), org="D01")
    if path == "person/single/update":
        renamed = AccountState("E1", Presence.ACTIVE, {"personName": ("王大",)})
        return site.apply(1, Action.UPDATE, renamed)
    return site.apply(1, Action.REMOVE, None)


@pytest.mark.parametrize("fault", [{"html": True}, {"cut": True}, {"lost": True}, {"status": 500}])
@pytest.mark.parametrize("path", WRITES)
def test_a_write_whose_answer_is_none_is_unknown_and_the_next_look_tells(
    site: Site, path: str, fault: dict[str, Any]
) -> None:
    if path != "person/single/add":
        site.create(1)
    site.running.faults([{"match": path, "times": 1, **fault}])
    assert isinstance(_write(site, path), Lost)
    assert type(_write(site, path)) in (Done, AlreadySo)
    assert type(_write(site, path)) is AlreadySo
    assert len(site.vendor.accounts()) == (path != "person/batch/delete")


@pytest.mark.parametrize("fault", [{"html": True}, {"cut": True}, {"status": 500}, {"status": 503}])
@pytest.mark.parametrize("path", ["personInfo", "personList", "orgList", "rootOrg"])
def test_a_read_whose_answer_is_none_never_says_that_nobody_is_there(
    site: Site, path: str, fault: dict[str, Any]
) -> None:
    site.create(1)
    site.running.faults([{"match": path, **fault}])
    connector = site.artemis()
    reads = {
        "personInfo": lambda: connector.observe(ref(1)),
        "personList": lambda: connector.observe_all(None),
        "orgList": lambda: connector.departments(None),
        "rootOrg": lambda: connector.observe(ref(1)),
    }
    with pytest.raises(ConnectorError):
        reads[path]()
    connector.close()


@pytest.mark.parametrize("path", WRITES)
def test_a_busy_platform_says_when_to_come_back(site: Site, path: str) -> None:
    if path != "person/single/add":
        site.create(1)
    site.running.faults([{"match": path, "times": 1, "status": 503, "retry_after": 7}])
    outcome = _write(site, path)
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.outage) == (7, True)
    assert _write(site, path) == Done()


def test_a_used_up_quota_is_told_to_the_worker() -> None:
    with Site(Switches(calls_a_minute=30), doors="", calls_per_minute=30) as site:
        (window,) = site.connector.describe().windows
        assert (window.calls, window.seconds) == (30, 60)
        assert {window.verb} == {verb for cost in site.connector.describe().costs.values() for verb in cost}
        with pytest.raises(Busy) as told:
            _ask_often(site)
        assert told.value.after
        outcome = site.apply(1, Action.CREATE, wanted(1), org="D01")
        assert isinstance(outcome, Retry)
        assert outcome.after
        assert outcome.outage


def _ask_often(site: Site) -> None:
    for _ in range(40):
        site.connector.observe(ref(1))


def test_a_slow_platform_is_given_up_and_nothing_is_guessed(site: Site) -> None:
    connector = site.artemis(answer_timeout=0.2)
    site.running.faults([{"match": "rootOrg", "delay_s": 1}])
    with pytest.raises(Unreachable):
        connector.observe(ref(1))
    connector.close()


def test_a_wrong_secret_is_our_own_affair_and_nothing_of_it_is_shown(site: Site) -> None:
    connector = site.artemis(app_secret="another-secret")
    with pytest.raises(Denied) as told:
        connector.observe(ref(1))
    table = site.vendor.config(site.running.url)
    assert not [each for each in ("another-secret", str(table["app_key"]), "x-ca-") if each in str(told.value)]
    connector.close()


def test_a_clock_that_is_wrong_lets_everything_wait(site: Site) -> None:
    table = {name: each for name, each in site.vendor.config(site.running.url).items() if name != "kind"}
    late = of_table(table | {"doors": ""}, lambda: site.clock() - 3600)
    with pytest.raises(Denied, match="时钟"):
        late.observe(ref(1))
    late.close()


def _pages(site: Site, between: Any) -> list[Page]:
    connector = site.artemis(page_size=2)
    pages = [connector.observe_all(None)]
    between()
    while pages[-1].cursor:
        pages.append(connector.observe_all(pages[-1].cursor))
    connector.close()
    return pages


def test_a_list_that_changes_while_it_is_read_is_not_complete(site: Site) -> None:
    for number in range(5):
        site.create(number)
    assert _pages(site, lambda: None)[-1].complete
    assert not _pages(site, lambda: site.vendor.delete_person("E0-1"))[-1].complete
    assert not _pages(site, lambda: site.create(9))[-1].complete


def test_a_personid_of_somebody_else_is_in_the_way(site: Site) -> None:
    site.vendor.put_person("E1-1", "别人", jobNo="X9")
    outcome = site.apply(1, Action.CREATE, wanted(1), org="D01")
    assert isinstance(outcome, Conflict)
    assert "别人" in outcome.holder
    assert site.connector.observe(ref(1)) is None


def test_a_field_that_the_site_has_made_mandatory_parks_the_row_with_what_to_do() -> None:
    with Site(Switches(required=frozenset({"certificateNo"})), doors="") as site:
        outcome = site.apply(1, Action.CREATE, wanted(1), org="D01")
        assert isinstance(outcome, Refused)
        assert "安保基础数据" in outcome.text


def test_a_licence_that_is_full_parks_the_row() -> None:
    with Site(Switches(persons=1), doors="") as site:
        site.create(1)
        assert isinstance(site.apply(2, Action.CREATE, wanted(2), org="D01"), Refused | Retry)
        assert len(site.vendor.accounts()) == 1


def test_a_department_that_is_gone_meanwhile_lets_the_person_wait(site: Site) -> None:
    site.vendor.drop_org("D01")
    outcome = site.apply(1, Action.CREATE, wanted(1), org="D01")
    assert isinstance(outcome, Retry)
    assert not isinstance(outcome, Pending)
    assert site.vendor.accounts() == []


def test_a_cursor_of_another_read_is_not_read_as_the_end(site: Site) -> None:
    with pytest.raises(Unreadable):
        site.connector.observe_all("nonsense")
