"""First passwords (S15): sealed before the system is told, set once, shown once, in no plan, attempt or log."""

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert

from connectors.memory import MemoryConnector
from mappings.model import Done, Outcome, Ref, Refused, Retry, Unknown
from scim_server.app import House
from scim_server.reconcile.slip import CLASSES, BadSlipKey, Seal, first_password
from scim_server.settings import BadSettings, Settings
from scim_server.store import slips, system_tables
from tests.flows import client as say
from tests.flows.client import Json
from tests.flows.engine_room import SYSTEM, Room
from tests.servers.stores import ON_POSTGRESQL, contents, store_url
from tests.servers.stores import rows as stored
from tests.servers.tempo import allowed

KEY = "k" * 32


class WithPasswords(MemoryConnector):
    """A directory that takes first passwords, and says what it is told to say."""

    def __init__(self, room: Room) -> None:
        super().__init__(SYSTEM, room.directory)
        self.passwords: dict[str, list[str]] = {}
        self.answers: list[Outcome] = []

    def set_initial(self, ref: Ref, password: str) -> Outcome:
        answer = self.answers.pop(0) if self.answers else Done()
        if isinstance(answer, Done | Unknown):
            self.passwords.setdefault(ref.key, []).append(password)
        if isinstance(answer, Refused):
            return Refused(answer.code, f"{answer.text}{password}")
        return answer


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    one.target = replace(one.target, slip_key=lambda: KEY, takes_passwords=True)
    yield one
    one.close()


@pytest.fixture
def directory(room: Room) -> WithPasswords:
    connector = WithPasswords(room)
    room.hire(lambda: connector)
    return connector


def shown(room: Room) -> dict[str, str]:
    with room.engine.connect() as connection:
        return {each.key: Seal(KEY).open(each.sealed) for each in slips.ready(connection, room.time)}


def test_a_new_account_gets_one_password_and_its_slip_says_which(room: Room, directory: WithPasswords) -> None:
    room.person("a")
    room.person("b")
    room.work()
    assert {key: [password] for key, password in shown(room).items()} == directory.passwords
    assert shown(room).keys() == {"E-a", "E-b"}
    room.sweep()
    room.work()
    assert {key: len(each) for key, each in directory.passwords.items()} == {"E-a": 1, "E-b": 1}


def test_a_group_gets_no_password(room: Room, directory: WithPasswords) -> None:
    room.post("Group", say.plain_group("篮球队", "T1"))
    room.person("a")
    room.work()
    assert directory.passwords.keys() == {"E-a"}
    assert room.rows("SELECT count(*) FROM slips") == [(1,)]


def test_no_password_stands_in_plain_text_anywhere(
    room: Room, directory: WithPasswords, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    directory.answers = [Refused("19", "口令不合要求："), Retry("忙")]
    for name in "abc":
        room.person(name)
    room.work()
    room.work(120)
    room.writer.write(room.retry)
    room.work()
    written = [password for each in directory.passwords.values() for password in each]
    assert len(written) == 3
    everything = [repr(contents(room.url)).encode()]
    if not ON_POSTGRESQL:
        everything += [path.read_bytes() for path in Path(str(room.engine.url.database)).parent.iterdir()]
    for content in everything:
        assert [password for password in written if password.encode() in content] == []
    assert [password for password in written if password in caplog.text] == []


def test_a_password_that_the_system_refuses_parks_the_account_that_is_there(
    room: Room, directory: WithPasswords
) -> None:
    directory.answers = [Refused("19", "口令不合要求：")]
    a = room.person("a")
    room.work()
    row = room.link(a)
    assert (row.state, row.remote_id is not None) == ("parked", True)
    assert "初始口令未能设置" in row.error
    assert room.outcomes() == [("create", "done")]
    room.writer.write(room.retry)
    room.work()
    assert (room.link(a).state, shown(room).keys()) == ("done", {"E-a"})


def test_a_key_that_is_away_for_a_while_keeps_nobody_but_who_waits_for_a_password(
    room: Room, directory: WithPasswords
) -> None:
    """It was an internal error: each new account parked, until somebody typed retry."""
    away = [BadSettings("slip_key: /etc/huaming/slip.key cannot be read")]

    def key() -> str:
        if away:
            raise away[0]
        return KEY

    room.target = replace(room.target, slip_key=key)
    room.hire(lambda: directory)
    team, a = room.post("Group", say.plain_group("篮球队", "T1")).id, room.person("a")
    room.work()
    row = room.link(a)
    assert (row.state, row.remote_id is not None) == ("due", True)
    assert "初始口令未能设置：slip_key: /etc/huaming/slip.key cannot be read" in row.error
    assert (room.link(team).state, room.worker.breakers[SYSTEM].open) == ("done", False)
    away.clear()
    room.work(60)
    assert (room.link(a).state, shown(room)) == ("done", {"E-a": directory.passwords["E-a"][0]})
    assert room.outcomes() == [("create", "done"), ("create", "done")]


def test_a_lost_answer_is_followed_by_another_password_and_the_slip_has_the_last(
    room: Room, directory: WithPasswords
) -> None:
    directory.answers = [Unknown("应答丢失")]
    room.person("a")
    room.work()
    assert shown(room) == {}
    room.work(60)
    assert len(directory.passwords["E-a"]) == 2
    assert shown(room) == {"E-a": directory.passwords["E-a"][-1]}


def test_a_slip_is_gone_after_a_week_and_with_its_account(room: Room, directory: WithPasswords) -> None:
    a = room.person("a")
    room.person("b")
    room.work()
    room.delete("User", a)
    room.work()
    assert shown(room).keys() == {"E-b"}
    room.time += slips.WEEK + 1
    assert shown(room) == {}
    room.hire(lambda: directory)
    assert room.rows("SELECT count(*) FROM slips") == [(0,)]


def test_a_server_that_runs_for_months_keeps_no_slip_longer_than_a_week(tmp_path: Path) -> None:
    """Sealed passwords that nobody had fetched stayed in the store until the next start."""
    house = House(Settings.model_validate({"store": {"url": store_url(tmp_path / "months.db")}}))
    assert house.worker is not None
    now = house.clock.now()
    old = {"system": SYSTEM, "sealed": b"sealed", "ready": True}
    ages = {"late": slips.WEEK + 60.0, "new": 60.0}
    rows = [old | {"subject": name, "made": now - age} for name, age in ages.items()]
    house.writer.write(lambda connection: connection.execute(insert(system_tables.slips), rows))
    house.worker.start()
    until = time.monotonic() + allowed(20)
    while (left := stored(store_url(tmp_path / "months.db"), "SELECT subject FROM slips")) != [("new",)]:
        assert time.monotonic() < until, left
        time.sleep(0.05)
    house.close()


def test_who_is_made_again_gets_a_new_password_and_who_is_unlocked_none(room: Room, directory: WithPasswords) -> None:
    a = room.person("a")
    room.work()
    room.put("User", a, {**_user("a"), "active": False})
    room.work()
    room.put("User", a, _user("a"))
    room.work()
    assert len(directory.passwords["E-a"]) == 1
    (account,) = [each for each in room.directory.accounts.values() if each.key == "E-a"]
    del room.directory.accounts[account.remote_id]
    room.sweep()
    room.work()
    assert len(set(directory.passwords["E-a"])) == 2
    assert shown(room) == {"E-a": directory.passwords["E-a"][-1]}


def _user(name: str) -> Json:
    return say.user(name)


def test_a_password_has_every_class_and_nothing_that_looks_like_something_else() -> None:
    made = {first_password() for _ in range(500)}
    assert len(made) == 500
    for password in made:
        assert len(password) == 16
        assert all(any(each in group for each in password) for group in CLASSES)
        assert not set(password) & set("lI1O0o ")


def test_a_short_key_and_another_key_are_told() -> None:
    with pytest.raises(BadSlipKey, match="32 characters"):
        Seal("short")
    with pytest.raises(BadSlipKey, match="not the one"):
        Seal("x" * 32).open(Seal(KEY).close("secret"))
