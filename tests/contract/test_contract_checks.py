"""What every connector does, when a person asks about the system (`targets.py` lists the systems)."""

from connectors.base import Metered
from mappings.model import Action, Kind
from tests.contract.target import Hand, Target, group_ref, operation, ref


def test_describe_needs_no_system_and_names_what_is_managed(target: Target) -> None:
    capabilities = target.unreachable().describe()
    named = {each for each in (target.login, target.text, target.name, target.group_text) if each}
    assert named <= capabilities.managed
    assert {verb for cost in capabilities.costs.values() for verb in cost} >= {
        each.verb for each in capabilities.windows
    }
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


def test_no_step_takes_more_calls_than_it_is_said_to_cost(hand: Hand) -> None:
    if not hand.capabilities.costs:
        assert not hand.capabilities.windows
        return
    assert isinstance(hand.connector, Metered)
    costs, group = hand.capabilities.costs, group_ref(1, hand.create_group(1))
    hand.home()
    hand.connector.spent()
    steps = {Action.CREATE: hand.creation(1)}
    for step in costs.keys() & set(Action):  # reading, who used it too, has tests of its own
        steps[Action(step)] = steps.get(Action(step)) or operation(Action(step), ref(1), None, hand.person(1), group)
    order = [Action.CREATE, *sorted(steps.keys() - {Action.CREATE, Action.REMOVE}), Action.REMOVE]
    for action in order:
        hand.connector.apply(steps[action])
        _within(hand, action.value)
        hand.connector.observe(ref(1))
        _within(hand, "observe")


def _within(hand: Hand, step: str) -> None:
    assert isinstance(hand.connector, Metered)
    allowed = hand.capabilities.costs[step]
    over = {verb: calls for verb, calls in hand.connector.spent().items() if calls > allowed.get(verb, calls)}
    assert over == {}, step
