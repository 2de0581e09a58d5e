"""Alerts (S29): raised once, told once, over once; a restart neither repeats nor loses; what goes out names nobody."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from mappings.calendar import Calendar
from scim_server.alerts.condition import Condition, Notice
from scim_server.alerts.conditions import Present
from scim_server.alerts.overdue import AGAIN, Overdue, conditions, start_child
from scim_server.alerts.sending import NotSent
from scim_server.alerts.watch import FIRST, Watch
from scim_server.clock import Clock
from scim_server.settings import Settings
from scim_server.store import targets
from scim_server.store.engine import Unavailable, open_engine
from scim_server.store.migrate import migrate
from scim_server.store.writer import Writer
from tests.servers.stores import store_url

BEGIN = 1_900_000_000.0  # 2030-03-17
KNOWN_YEARS = Calendar(frozenset(), frozenset(), 2020, 2099)


class Collector:
    """A way out that remembers; while `down` it fails."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.down = False

    def send(self, notice: Notice) -> None:
        if self.down:
            raise NotSent("it is down")
        self.notices.append(notice)

    def told(self) -> list[tuple[str, str, bool]]:
        """(kind, about, over) of each, in their order."""
        return [(each.kind, each.about, each.over is not None) for each in self.notices]


class Post:
    """A store and its watch, on a clock that stands still."""

    def __init__(self, folder: Path) -> None:
        self.time, self.calendar, self.way = BEGIN, KNOWN_YEARS, Collector()
        url = store_url(folder / "alerts.db")
        migrate(url)
        self.engine = open_engine(url)
        self.writer = Writer(open_engine(url, writing=True))
        self.clock = Clock(now=lambda: self.time, monotonic=lambda: self.time)
        self.restart()

    def restart(self) -> None:
        self.watch = Watch(self.engine, self.writer, self.clock, self.way, self.present, lambda: True)

    def present(self) -> Present:
        return Present(self.time, self.clock.today(), ["ldap", "oa"], self.calendar, "p", 900)

    def look(self, seconds: float = 0.0) -> None:
        self.time += seconds
        self.watch.look()

    def do(self, statement: str, *rows: dict[str, Any]) -> None:
        self.writer.write(lambda connection: connection.execute(text(statement), list(rows) or None))

    def link(self, number: int, state: str, **values: Any) -> None:
        """So many rows of `ldap` in a state."""
        columns = {"hold": None, "error": None} | values
        insert = (
            "INSERT INTO links (subject, system, kind, desired, applied, state, attempts, epoch, creating, locking, "
            "incarnation, hold, error) VALUES (:subject, 'ldap', 'person', 1, 0, :state, 0, 0, false, false, 0, "
            ":hold, :error)"
        )
        self.do(insert, *[{"subject": f"{state}{each}", "state": state, **columns} for each in range(number)])


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    one = Post(tmp_path)
    yield one
    one.writer.close()


def test_nothing_is_told_of_a_house_in_order(post: Post) -> None:
    post.look()
    assert post.way.notices == []


def test_ten_thousand_held_rows_are_one_alert_told_once_until_it_is_over(post: Post) -> None:
    post.link(10_000, "held", hold="H1")
    for _ in range(3):
        post.look(2)
        post.restart()
    assert post.way.told() == [("held", "ldap H1", False)]
    assert "10000 个账号" in post.way.notices[0].sentence()
    post.do("UPDATE links SET state = 'done', hold = NULL")
    for _ in range(3):
        post.look(2)
        post.restart()
    assert post.way.told() == [("held", "ldap H1", False), ("held", "ldap H1", True)]
    post.do("UPDATE links SET state = 'held', hold = 'H2'")
    post.look(2)
    assert post.way.told()[2:] == [("held", "ldap H2", False)]


def test_what_was_rejected_is_held_and_asks_nobody_any_more(post: Post) -> None:
    post.link(3, "held", hold="H1")
    approval = "INSERT INTO approvals (id, system, opened, expires, state) VALUES ('H1', 'ldap', 0, 0, :state)"
    post.do(approval, {"state": "open"})
    post.look()
    post.do("UPDATE approvals SET state = 'rejected'")
    post.look(2)
    assert post.way.told() == [("held", "ldap H1", False), ("held", "ldap H1", True)]


def test_a_group_that_is_held_for_a_stranger_sends_nobody_to_the_approvals(post: Post) -> None:
    post.link(1, "held")
    post.look()
    (notice,) = post.way.notices
    assert notice.about == "ldap"
    assert "approvals" not in notice.sentence()
    assert "huaming report stuck" in notice.sentence()


def test_what_does_not_get_out_is_tried_again_ever_later_and_not_lost_by_a_restart(post: Post) -> None:
    post.way.down = True
    post.link(1, "held", hold="H1")
    post.look()
    post.look(FIRST - 1)
    post.restart()
    post.way.down = False
    post.look()
    assert post.way.notices == []
    post.look(1)
    assert post.way.told() == [("held", "ldap H1", False)]


def test_what_was_over_before_it_got_out_is_told_once_as_over(post: Post) -> None:
    post.way.down = True
    post.link(1, "held", hold="H1")
    post.look()
    post.do("UPDATE links SET state = 'done'")
    post.look(1)
    post.way.down = False
    post.look(700)
    post.look(700)
    assert post.way.told() == [("held", "ldap H1", True)]


def test_a_system_that_is_silent_for_fifteen_minutes_and_answers_again(post: Post) -> None:
    post.writer.write(lambda connection: targets.note(connection, "oa", failing_since=BEGIN, error="x"))
    post.look(899)
    assert post.way.notices == []
    post.look(2)
    post.writer.write(lambda connection: targets.note(connection, "oa", failing_since=None, error=None))
    post.look(60)
    assert post.way.told() == [("breaker", "oa", False), ("breaker", "oa", True)]


def test_rows_parked_for_one_reason_are_one_alert_which_says_the_code_and_no_value(post: Post) -> None:
    post.link(12, "parked", error="65：object class violation of uid=王小明")
    post.look()
    (notice,) = post.way.notices
    assert notice.about == "ldap 65"
    assert "王小明" not in json.dumps(notice.said(), ensure_ascii=False)


def test_a_few_parked_rows_are_nobodys_alarm(post: Post) -> None:
    post.link(9, "parked", error="65：x")
    post.look()
    assert post.way.notices == []


def test_an_incomplete_sweep_is_told_until_a_complete_one(post: Post) -> None:
    numbers = ("accounts", "departments", "pages", "members", "compared", "differences", "healing", "remaining")
    more = (*numbers, "graced", "missing", "strange", "orphans")
    insert = (
        f"INSERT INTO sweeps (id, system, kind, report_only, began, outcome, {', '.join(more)}) "
        f"VALUES (:id, 'oa', 'asked', false, :id, :outcome, {', '.join('0' for _ in more)})"
    )
    post.do(insert, {"id": "1", "outcome": "partial"})
    post.look()
    post.do(insert, {"id": "2", "outcome": "running"})
    post.look(2)
    post.do(insert, {"id": "3", "outcome": "complete"})
    post.look(2)
    assert post.way.told() == [("sweep", "oa", False), ("sweep", "oa", True)]


def test_a_year_without_a_calendar_and_a_clock_that_was_set_back(post: Post) -> None:
    post.calendar = Calendar(frozenset(), frozenset(), 2020, 2029)
    post.do("INSERT INTO rolls (name, day) VALUES ('day', '2031-01-01')")
    post.look()
    assert sorted(post.way.told()) == [("calendar", "2030", False), ("clock", "clock", False)]


def test_a_trace_that_nobody_seals(post: Post) -> None:
    post.do("INSERT INTO trace (at, kind) VALUES ('2030-03-17T17:00:00.000Z', 'intent')")
    post.look()
    assert post.way.told() == [("trace", "trace", False)]


def test_overdue_letters_are_told_by_deadline_and_what_is_old_together() -> None:
    found = conditions({"2030-03-01": 2, "2029-01-01": 3, "2029-02-01": 4}, "2030-03-17", BEGIN)
    assert sorted(each.about for each in found) == ["2030-03-01", "earlier"]
    assert "7 件" in next(each.text for each in found if each.about == "earlier")


def test_a_walk_that_fails_is_logged_and_tried_again_after_a_while(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url, started = store_url(tmp_path / "walk.db", empty=True), []

    def start(given: str) -> "subprocess.Popen[str]":
        started.append(start_child(given))
        return started[-1]

    walk = Overdue(Settings.model_validate({"store": {"url": url}}), start)

    def ended(now: float) -> list[Condition] | None:
        walk.look("2030-03-17", now)
        started[-1].wait(60)
        return walk.look("2030-03-17", now)

    assert ended(BEGIN) is None, "there is no table"
    [said] = [each.getMessage() for each in caplog.records]
    assert re.search(r"failed \(1: \w+Error in \w+, \w+\.py:\d+\); again in 900 s", said)
    assert "table" not in said, "the words of an error may hold what is personal"
    assert walk.look("2030-03-17", BEGIN + AGAIN - 1) is None
    assert len(started) == 1
    migrate(url)
    assert ended(BEGIN + AGAIN) == []
    assert walk.look("2030-03-17", BEGIN + 3 * AGAIN) == []
    assert len(started) == 2, "it has ended well: the next is tomorrow's"


# -- the store itself


def test_a_store_that_cannot_be_written_is_told_after_ten_seconds_and_so_is_its_end(post: Post) -> None:
    if post.engine.dialect.name != "sqlite":
        pytest.skip("a store that takes no writes is played by a pragma of SQLite")
    engine, full = open_engine(str(post.engine.url), writing=True), [True]
    event.listen(engine, "connect", lambda connection, _: full[0] and connection.execute("PRAGMA query_only=1"))
    post.writer.close()
    post.writer = Writer(engine)
    post.restart()
    row = "INSERT INTO rolls (name, day) VALUES ('{}', '{}')"
    with pytest.raises(Unavailable):
        post.do(row.format("a", "2030-01-01"))
    post.look()
    assert post.way.notices == []
    post.look(11)
    post.look(11)
    assert post.way.told() == [("store", "store", False)]
    full[0] = False
    post.look(2)
    post.look(2)
    assert post.way.told() == [("store", "store", False), ("store", "store", True)]
    post.do(row.format("b", "2030-01-01"))
