"""A removal that takes its steps (S22): what was approved is asked once, however the account looks meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.memory import MemoryConnector
from mappings.model import Action, Operation, Outcome, Pending
from tests.flows.engine_room import SYSTEM
from tests.flows.ward import Ward

MINUTE = 60.0


class InSteps(MemoryConnector):
    """As attendance deregisters: at first the rights go, which shows, and the person later."""

    def apply(self, operation: Operation) -> Outcome:
        account = self.directory.accounts.get(operation.ref.remote_id or "")
        if operation.action is Action.REMOVE and account is not None and account.attributes.get("title") != ("无权限",):
            account.attributes["title"] = ("无权限",)
            return Pending(1.0, "权限收回中")
        return super().apply(operation)


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    made = Ward(tmp_path, {"A": 30})
    made.hire(lambda: InSteps(SYSTEM, made.directory))
    made.work()
    yield made
    made.close()


def test_a_removal_in_steps_is_approved_once(ward: Ward) -> None:
    """After its first step it was another operation, and was held again."""
    names = ward.of("A")[:12]
    ward.all_leave(names)
    ward.work()
    assert (ward.gone(names), ward.states["held"]) == (0, 12)
    ward.approve(ward.open["id"])
    ward.work_out()
    assert (ward.gone(names), ward.code) == (12, 0)
    assert [each["state"] for each in ward.approvals] == ["approved"]


def test_a_removal_in_steps_that_passed_alone_goes_on_while_others_are_held(ward: Ward) -> None:
    one, *names = ward.of("A")[:13]
    ward.leaves(one)
    ward.work()
    ward.all_leave(names)
    ward.work()
    ward.work(MINUTE)
    assert (ward.gone([one]), ward.gone(names)) == (1, 0)
