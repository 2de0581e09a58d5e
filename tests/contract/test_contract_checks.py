"""What every connector does, when a person asks about the system (`targets.py` lists the systems)."""

from mappings.model import (
    Kind,
)
from tests.contract.target import Hand, Target


def test_describe_needs_no_system_and_names_what_is_managed(target: Target) -> None:
    capabilities = target.unreachable().describe()
    assert {target.login, target.text, target.name, target.group_text} <= capabilities.managed
    assert capabilities.kinds == {Kind.PERSON, Kind.GROUP}


def test_a_check_finds_all_well_and_leaves_nothing_behind(hand: Hand, target: Target) -> None:
    hand.create(1)
    before = target.people()
    findings = list(hand.connector.check())
    assert findings
    assert [each for each in findings if each.level == "error"] == []
    assert target.people() == before


def test_a_check_of_a_system_that_does_not_answer_is_an_error_with_a_remedy(target: Target) -> None:
    findings = list(target.unreachable().check())
    errors = [each for each in findings if each.level == "error"]
    assert errors
    assert all(each.text and each.remedy for each in errors)
