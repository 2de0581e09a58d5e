"""A client that GETs and PUTs back what it read, for people in every state of the table: nothing changes at all."""

from typing import Any

import pytest

from scim_server.scim.urns import ROSTER_USER
from tests.policy.table import ROWS
from tests.policy.wire.acting import Acting
from tests.policy.wire.conftest import Bureaus

# what such a client reads: the default answer, or what it named beside it
NAMED = ("statusEvents", "statusEvents.workSuspended", "statusEvents.outcome", "statusEvents.authority")
MORE = ",".join(f"{ROSTER_USER}:{name}" for name in NAMED)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_put_back(row: dict[str, Any], bureaus: Bureaus) -> None:
    bureau = bureaus(row["acceptance"].get("settings"))
    acting = Acting(bureau, row["acceptance"]).begin()
    put = 0
    for day, checks in acting.days():
        if not checks or acting.key not in acting.ids:
            continue
        answer = bureau.ask("GET", f"/Users/{acting.id}")
        if answer.status_code == 404:  # DELETEd: nothing to put back
            assert any(step.get("method") == "DELETE" for step in acting.steps)
            continue
        put += 1
        before, told = bureau.everything(), [bureau.states(each["date"]) for each in acting.checks]
        again = bureau.ask("PUT", f"/Users/{acting.id}", answer.json(), **{"If-Match": answer.headers["ETag"]})
        assert again.status_code == 200, again.text
        assert (again.json(), again.headers["ETag"]) == (answer.json(), answer.headers["ETag"]), (day, "the same")
        _put_with_everything(acting)
        assert bureau.everything() == before, day
        assert [bureau.states(each["date"]) for each in acting.checks] == told
    assert put or any(step.get("method") == "DELETE" for step in acting.steps)


def _put_with_everything(acting: Acting) -> None:
    """The same by a client that may see the cases and names them: what it read is what it writes."""
    shown = acting.bureau.ok("GET", f"/Users/{acting.id}")
    named = acting.bureau.ok("GET", f"/Users/{acting.id}?attributes={MORE}")
    shown[ROSTER_USER] = shown.get(ROSTER_USER, {}) | named.get(ROSTER_USER, {})
    if not shown[ROSTER_USER]:
        del shown[ROSTER_USER]
    acting.bureau.ok("PUT", f"/Users/{acting.id}", shown)


def test_groups_too(bureaus: Bureaus) -> None:
    """Departments with derived and added members, as they were read."""
    row = next(each for each in ROWS if each["id"] == "R203c")
    bureau = bureaus()
    acting = Acting(bureau, row["acceptance"]).begin()
    acting.take(acting.steps[0])
    for key in acting.groups:
        before = bureau.everything()
        answer = bureau.ask("GET", f"/Groups/{acting.ids[key]}")
        again = bureau.ask("PUT", f"/Groups/{acting.ids[key]}", answer.json())
        assert (again.status_code, again.json()) == (200, answer.json())
        assert bureau.everything() == before
