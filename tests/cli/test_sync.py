"""`huaming sync`: waits for whoever works the store, works where nobody does, and tells by its exit code."""

import subprocess
import time
from collections.abc import Iterator

import ldap3
import pytest

from tests.cli.line import HUAMING, done, refused
from tests.cli.past import Past
from tests.flows import client as say
from tests.flows.client import Hr
from tests.flows.house import Served
from tests.servers.stores import only_postgresql, only_sqlite
from tests.servers.tempo import allowed


def pushed(house: Served, *bodies: say.Json) -> list[str]:
    """HR pushes people into a store that nobody works."""
    past = Past(house.config)
    ids = [past.push("POST", "/Users", body)["id"] for body in bodies]
    past.close()
    return ids


def people(house: Served) -> set[str]:
    return {each["uid"][0] for each in house.directory.search(house.directory.people).values()}


def waiting(house: Served, timeout: float = 40) -> "subprocess.Popen[str]":
    command = [str(HUAMING), "sync", "--until-idle", "--timeout", str(timeout), "--config", str(house.config)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(command: "subprocess.Popen[str]") -> tuple[int, str, str]:
    said = command.communicate(timeout=60)
    return command.returncode, *said


@pytest.fixture
def hr(house: Served) -> Iterator[Hr]:
    """HR's client of a server without a worker."""
    house.start("--no-worker")
    client = Hr(house.base, house.secret)
    yield client
    client.close()


def test_without_a_server_it_works_itself_and_a_parked_row_does_not_hinder(house: Served) -> None:
    parked = say.user("li", emails=[{"value": "李@教育.中国", "type": "work"}])
    pushed(house, say.user("wang"), parked, say.user("zhao"))
    assert done(house.run("sync", "--until-idle", "--timeout", "200")) == ""
    assert people(house) == {"wang", "zhao"}
    assert house.count("state = 'parked'") == 1


def test_two_at_once_both_end_with_0(house: Served) -> None:
    pushed(house, *(say.user(f"user{number}") for number in range(30)))
    both = [waiting(house) for _ in range(2)]
    assert [ended(each) for each in both] == [(0, "", "")] * 2
    assert len(people(house)) == 30


def test_a_directory_that_does_not_answer_ends_it_with_4_in_time(lone: Served) -> None:
    pushed(lone, say.user("wang"))
    began = time.monotonic()
    answer = lone.run("sync", "--until-idle", "--timeout", "1")
    assert (answer.returncode, answer.stdout) == (4, "")
    assert "Traceback" not in answer.stderr
    assert time.monotonic() - began < allowed(12)
    assert lone.count("state = 'due'") == 1


@only_postgresql
def test_beside_a_server_without_a_worker_it_works_itself(house: Served, hr: Hr) -> None:
    """There a server holds nobody off: `serve --no-worker` leaves the work to whoever will do it."""
    hr.add("wang")
    assert ended(waiting(house)) == (0, "", "")
    assert people(house) == {"wang"}
    hr.add("zhao")


@only_sqlite
def test_when_the_server_dies_the_waiting_command_works_on_itself(house: Served, hr: Hr) -> None:
    hr.add("wang")
    command = waiting(house)
    time.sleep(2)
    assert command.poll() is None  # a server without a worker does nothing, and nobody else may
    house.kill()
    assert ended(command) == (0, "", "")
    assert people(house) == {"wang"}


def test_a_sweep_heals_what_was_changed_by_hand_and_report_only_shows_it(house: Served) -> None:
    house.start()
    hr = Hr(house.base, house.secret)
    hr.add("wang", title="科员")
    hr.close()
    house.settle()
    root, dn = house.directory.root(), f"uid=wang,{house.directory.people}"
    assert root.modify(dn, {"title": [(ldap3.MODIFY_REPLACE, ["局长"])]})
    root.unbind()
    before = house.directory.dump()
    shown = done(house.run("sync", "--sweep", "--report-only"))
    assert "E-wang）：职务与名册不符" in shown
    assert "不符 1：恢复 0，仅报告 1" in shown
    assert house.directory.dump() == before
    healed = done(house.run("sync", "--sweep", "--system", "ldap", "--until-idle", "--timeout", "200"))
    assert "不符 1：恢复 1，仅报告 0" in healed
    assert (house.directory.read(dn) or {})["title"] == ["科员"]


def test_a_system_that_nobody_configured_is_refused(lone: Served) -> None:
    assert "oa" in refused(lone.run("sync", "--sweep", "--system", "oa"), 2)
