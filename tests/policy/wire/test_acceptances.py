"""Every acceptance of the decision table through HTTP: what is stored on the day, what `states` tells as of it."""

from typing import Any

import pytest

from scim_server.scim.urns import ROSTER_USER
from tests.policy.table import ROWS, TABLE
from tests.policy.test_decision_table import NOT_IN_THE_FACTS
from tests.policy.wire.acting import Acting
from tests.policy.wire.conftest import Bureaus
from tests.policy.wire.looks import asked, letters_owed, spell, stored, to_be_stored, told


def acted(row: dict[str, Any], bureaus: Bureaus) -> Acting:
    return Acting(bureaus(row["acceptance"].get("settings")), row["acceptance"]).begin()


def test_none_is_left_out() -> None:
    ran = {
        "rows": len(TABLE["rows"]),
        "combinations": len(TABLE["combinations"]),
        "letters": len(LETTERS),
        "checks": sum(len(row["acceptance"]["checks"]) for row in ROWS),
    }
    assert ran == {name: TABLE["meta"]["counts"][name] for name in ran}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_on_the_day(row: dict[str, Any], bureaus: Bureaus) -> None:
    """In the evening of each day, after the night's roll and the day's steps: what is stored, and what is told."""
    acting = acted(row, bureaus)
    judged = 0
    for _, checks in acting.days():
        for check in checks:
            judged += 1
            if acting.key not in acting.ids:  # not pushed yet: the house cannot know of him
                assert acting.key not in acting.bureau.states()
                continue
            assert told(acting, check["date"]) == asked(check), check["id"]
            assert spell(acting) == check["spell"], check["id"]
            found = stored(acting)
            if found is not None:
                plain = "plain" in check["articles"] or ROSTER_USER not in acting.user
                assert found == to_be_stored(acting, check, plain), check["id"]
    assert judged == len(acting.checks)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_as_of(row: dict[str, Any], bureaus: Bureaus) -> None:
    """When all is over, and from before anything: the same answers, by both faces."""
    acting = acted(row, bureaus).act()
    for check in acting.checks:
        assert told(acting, check["date"]) == asked(check), check["id"]
        assert told(acting, check["date"], public=True) == asked(check, public=True), check["id"]


FORESEEN = [row for row in ROWS if not row["acceptance"].get("steps")]


def test_all_in_one_house(bureaus: Bureaus) -> None:
    """Everybody who needs no clock in one roster of one tree, asked long before."""
    bureau = bureaus()
    bureau.on("2019-12-01" if bureau.day < "2019-12-01" else bureau.day)
    acting = [Acting(bureau, row["acceptance"]) for row in FORESEEN if not row["acceptance"].get("settings")]
    ids: dict[str, str] = {}
    for each in acting:
        each.ids = ids
        each.post_groups()
        each.post_user()
    assert len(acting) > 55
    for each in acting:
        for check in each.checks:
            assert told(each, check["date"]) == asked(check), check["id"]


LETTERS = [row for row in ROWS if row["acceptance"].get("letter")]


@pytest.mark.parametrize("row", LETTERS, ids=lambda row: row["id"])
def test_letters_owed(row: dict[str, Any], bureaus: Bureaus) -> None:
    """At the end of the year the report names each department that owes the letter, and by when."""
    acting = acted(row, bureaus).act()
    acting.bureau.on("2026-12-31")
    found, wanted = letters_owed(acting, "2026-12-31"), row["acceptance"]["letter"]
    if row["id"] in NOT_IN_THE_FACTS:
        assert wanted["event"] not in found
    else:
        assert found[wanted["event"]] == (wanted["senders"], wanted["due"])
