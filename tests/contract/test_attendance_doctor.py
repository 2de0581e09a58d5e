"""What the doctor says of the attendance platform, with a remedy, and leaving nothing behind."""

from typing import Any

import pytest

from connectors.attendance import api
from connectors.attendance.simulator.switches import Switches
from mappings.model import Finding
from tests.contract.systems.attendance import Site

USED = [
    api.ORG_LIST,
    api.PERSON_ADD,
    api.PERSON_DELETE,
    api.FACE_DELETE,
    api.RIGHTS_DELETE,
    api.RIGHTS_ITEMS,
    api.PROGRESS,
    api.RECORD,
    api.DOOR_EVENTS,
]


def _errors(findings: list[Finding]) -> list[Finding]:
    return [each for each in findings if each.level == "error"]


def test_a_platform_that_is_well_has_no_errors_and_nothing_was_written() -> None:
    with Site() as site:
        findings = list(site.connector.check())
        assert _errors(findings) == []
        assert [each for each in findings if "2 个门禁点" in each.text]
        assert (site.vendor.accounts(), site.vendor.deleted()) == ([], [])
        assert site.asked("configuration/shortcut") == []


@pytest.mark.parametrize("path", USED)
def test_a_grant_that_is_missing_is_named_with_where_to_give_it(path: str) -> None:
    with Site(Switches(ungranted=frozenset({"/artemis" + path, path}))) as site:
        errors = _errors(list(site.connector.check()))
        assert [each for each in errors if path in each.remedy and api.title(path) in each.text], errors


@pytest.mark.parametrize("more", [{"app_secret": "wrong"}, {"app_key": "1"}])
def test_a_partner_that_the_platform_does_not_know(more: dict[str, Any]) -> None:
    with Site() as site:
        connector = site.artemis(**more)
        (error,) = _errors(list(connector.check()))
        connector.close()
        assert "app_key" in error.remedy


def test_a_root_that_is_not_there() -> None:
    with Site() as site:
        connector = site.artemis(root_org="nowhere")
        (error,) = _errors(list(connector.check()))
        connector.close()
        assert "nowhere" in error.text
        assert "root_org" in error.remedy


def test_without_doors_it_warns_that_nobody_will_pass() -> None:
    with Site(doors="") as site:
        findings = list(site.connector.check())
        assert _errors(findings) == []
        assert [each for each in findings if each.level == "warning" and "doors" in each.remedy]
