"""What a connector tells to be protected is what it refuses to write, and nothing else (S16)."""

from typing import Any

import pytest

from connectors.attendance.config import AttendanceConfig
from connectors.base import Connector, Protecting
from mappings.model import Action, Kind, Ref, Refused
from tests.contract.systems.attendance import AttendanceTarget
from tests.contract.systems.wecom import WecomTarget
from tests.contract.target import Hand, Target, group_ref, operation
from tests.contract.targets import TARGETS

TELLING = [name for name in TARGETS if not name.startswith("scim")]  # all but those who list nothing but ids


@pytest.fixture(params=TELLING)
def target(request: pytest.FixtureRequest) -> Target:
    return TARGETS[request.param](request)


def told(connector: Connector) -> dict[str, bool]:
    """Of everybody there, by key."""
    assert isinstance(connector, Protecting)
    states = connector.observe_all(None).accounts
    return dict(zip([each.key for each in states], connector.protects(states), strict=True))


def test_who_is_protected_is_told_among_those_who_are_not(hand: Hand, target: Target) -> None:
    hand.create(1)
    hand.create(2)
    guarded = target.protect("E1")
    assert told(guarded) == {"E1": True, "E2": False}
    guarded.close()


def test_a_protected_member_is_told_whatever_the_letter_case(request: pytest.FixtureRequest) -> None:
    target: WecomTarget = TARGETS["wecom"](request)  # type: ignore[assignment]
    Hand(target, target.connector()).create(1)
    assert told(target.wecom(protected=["e1"])) == {"E1": True}


def test_a_department_is_protected_by_its_number(request: pytest.FixtureRequest) -> None:
    target: WecomTarget = TARGETS["wecom"](request)  # type: ignore[assignment]
    hand = Hand(target, target.connector())
    state = hand.create_group(1)
    guarded = target.wecom(protected=[str(state.remote_id)])
    departments = guarded.departments(None).accounts
    assert list(guarded.protects(departments)) == [True]
    before = target.groups()
    outcome = guarded.apply(operation(Action.REMOVE, group_ref(1, state), state))
    assert outcome == Refused("protected", "受保护的部门，不写")
    assert target.groups() == before


@pytest.mark.parametrize("listed", [["e1"], ["E1"], " e1 , X"], ids=["folded", "as-it-is", "with-blanks"])
def test_a_protected_person_is_told_and_never_written_whatever_the_letter_case(
    request: pytest.FixtureRequest, listed: Any
) -> None:
    """It was told by one rule and refused by another: listed in another case it could be deregistered."""
    target: AttendanceTarget = TARGETS["attendance"](request)  # type: ignore[assignment]
    state = Hand(target, target.connector()).create(1)
    guarded = target.artemis(protected=listed)
    assert told(guarded) == {"E1": True}
    before = target.people()
    outcome = guarded.apply(operation(Action.REMOVE, Ref("s1", Kind.PERSON, "E1", state.remote_id), state))
    assert isinstance(outcome, Refused)
    assert outcome.code == "protected"
    assert target.people() == before


def test_blanks_around_a_protected_number_do_not_count() -> None:
    given = {"url": "https://isc/artemis", "app_key": "k", "app_secret": "s"}
    assert AttendanceConfig(**given, protected=[" ADMIN ", ""]).protected == ("ADMIN",)  # type: ignore[arg-type]
