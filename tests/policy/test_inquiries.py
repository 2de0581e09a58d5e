"""Every check of activity in the decision table, through the pure function (R401, R402, R401n)."""

from datetime import datetime
from typing import Any

import pytest

from mappings.activity import PROOF, Evidence, Known, Watch, span, verdict
from tests.policy.table import ROWS

INQUIRIES = [row for row in ROWS if "inquiry" in row["acceptance"]]
ASKED = ("oa", "wecom", "attendance")  # 四 names three systems


@pytest.mark.parametrize("row", INQUIRIES, ids=lambda row: row["id"])
def test_who_is_silent_and_of_whom_nothing_is_known(row: dict[str, Any]) -> None:
    wanted = row["acceptance"]["inquiry"]
    until = datetime.fromisoformat(wanted["check"])
    since = until.replace(month=until.month - 1)
    found = {system: _verdict(system, wanted["activity"].get(system, {}), since, until) for system in ASKED}
    assert [system for system, said in found.items() if said == "silent"] == wanted["silent"]
    assert [system for system, said in found.items() if said == "no-data"] == wanted["noData"]


def _verdict(system: str, told: dict[str, str | None], since: datetime, until: datetime) -> str:
    """A terminal that the source names was watched; None: it showed no operation."""
    watches = [Watch(terminal, "log", since, until) for terminal in told]
    evidence = [Evidence(each, "log", PROOF, datetime.fromisoformat(at)) for each, at in told.items() if at]
    return verdict(Known(tuple(evidence)), span(system, watches, since, until)).state


def test_none_is_left_out() -> None:
    assert len(INQUIRIES) == 3
