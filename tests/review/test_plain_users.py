"""Users without facts in a check: they were active throughout only if the record of changes says so too (A12, S1)."""

from pathlib import Path

import pytest
from sqlalchemy import insert

from mappings.policy.readings import DEFAULT
from mappings.review import Routing
from scim_server.clock import stamp
from scim_server.operate.review import window_of
from scim_server.review.check import Check, Checked, Given
from scim_server.store import reviews
from scim_server.store.people import read_org
from scim_server.store.reviews import Found, Person
from scim_server.store.tables import changes
from tests.review.lives import ORDINARY, Life
from tests.review.month import END, INSIDE, MADE, START, Month, Soul

IN_AN_OUTAGE = {"state": "due", "remote_id": "o1", "presence": None, "read_back": "{}"}
PLAIN = Life("without facts", links={"oa": IN_AN_OUTAGE}, plain=True)
EVE, SOON = MADE + 3600, INSIDE.timestamp()


class Heard:
    """What the check has found."""

    def __init__(self) -> None:
        self.reasons: dict[str, str | None] = {}

    def found(self, person: Person, accounts: list[Found]) -> None:
        self.reasons[person.subject] = accounts[0].reason


def reason(town: Month) -> str | None:
    window = window_of(reviews.Review("", "2026-07", stamp(END.timestamp()), stamp(START.timestamp()), *[""] * 6))
    heard = Heard()
    with town.desk.reader() as reader:
        given = Given(reader, [Checked("oa", "oa", plain=True)], window, read_org(reader), DEFAULT, Routing())
        list(Check(given, heard).run())
    return heard.reasons[town.people[0].subject]


@pytest.mark.parametrize(
    ("switched", "why"),
    [
        ((), None),
        (((EVE, False), (SOON, True)), "unlocked"),
        (((EVE, False), (EVE + 60, True)), None),
        (((SOON, False), (SOON + 60, True)), "unlocked"),
    ],
    ids=["never", "on again inside", "off and on before", "off and on inside"],
)
def test_who_was_off_at_any_time_of_the_window_is_not_asked_about(
    tmp_path: Path, switched: tuple[tuple[float, bool], ...], why: str | None
) -> None:
    """The unlock has not got through yet: neither the link nor the record of operations tells of it."""
    town = Month(tmp_path, [Soul(0, PLAIN), Soul(1, ORDINARY[0])])
    subject = town.people[0].subject
    same = {"actor": "hr", "action": "patch", "type": "User", "resource_id": subject, "subject": subject}
    rows = [
        same | {"at": stamp(at), "version": number, "active": active} for number, (at, active) in enumerate(switched, 2)
    ]
    town.write(lambda connection: connection.execute(insert(changes), rows) if rows else None)
    assert reason(town) == why
