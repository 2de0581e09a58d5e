"""What adoption leaves to the engine: spells, locks, names, rows at work, and a mode that changes (S13)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import Unreadable
from connectors.memory import MemoryAccount, MemoryConnector
from mappings.correlate import Identity, Standing
from mappings.model import Kind, Page, Presence
from scim_server.clock import civil_day
from scim_server.commands import COMMANDS
from scim_server.operate import adopt
from scim_server.operate.adopt import Listing, NotNow, listing
from scim_server.reconcile import mode
from scim_server.reconcile.adopt import NO_DECISIONS, Decisions, survey
from scim_server.reconcile.adopt_reading import read
from scim_server.store import adoptions, links
from tests.cli.office import HIRED, event, person, post
from tests.flows import client as say
from tests.flows.engine_room import SYSTEM, Room

WHO = Identity(login="uid", mail="mail", name="displayName", code="cn", title="ou")


class FirstDay(Room):
    """A room whose directory had accounts before; it observes until somebody says otherwise."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.target = replace(self.target, mode=None, identity=WHO, healed=frozenset({"uid"}))
        self.hire()

    def old(self, login: str, key: str = "", **attributes: str) -> MemoryAccount:
        return self.directory.put(Kind.PERSON, key, login, **attributes)

    def list(self, decisions: Decisions = NO_DECISIONS) -> Listing:
        with self.engine.connect() as connection:
            seen = read(self.target, MemoryConnector(SYSTEM, self.directory), lambda _: None)
            return listing(survey(connection, self.target, civil_day(self.time), seen), decisions)

    def accept(self, shown: Listing) -> dict[str, int]:
        return adopt.accept(self, shown, shown.digest, "李科长")  # this room is the desk

    def run(self, command: str, **given: Any) -> Any:
        return self.writer.write(lambda connection: COMMANDS[command](connection, self.clock, self.rules, given))

    def enforce(self) -> None:
        self.run("mode", system=SYSTEM, mode="enforce", by="李科长")

    def lines(self) -> dict[str, tuple[str, str | None]]:
        """account or key -> (standing, rule)."""
        return {
            row.account or row.external_id: (row.standing.value, row.rule.value if row.rule else None)
            for row in self.list().rows
        }


@pytest.fixture
def room(tmp_path: Path) -> Iterator[FirstDay]:
    one = FirstDay(tmp_path)
    yield one
    one.close()


def test_observing_writes_nothing_until_a_person_switches_and_no_restart_is_needed(room: FirstDay) -> None:
    room.old("stranger")
    room.person("wang")
    before = dict(room.directory.accounts)
    room.work()
    assert room.rows("SELECT mode FROM systems") == [("observe",)]
    assert room.outcomes() == []
    assert room.directory.accounts == before
    room.run("mode", system=SYSTEM, mode="enforce", by="李科长")
    room.work()
    assert room.outcomes() == [("create", "done")]
    room.run("mode", system=SYSTEM, mode="observe", by="李科长")
    room.person("li")
    room.work()
    assert len(room.outcomes()) == 1
    assert room.rows("SELECT actor, what FROM looks ORDER BY seq") == [
        ("李科长", "mode enforce: memory"),
        ("李科长", "mode observe: memory"),
    ]


def test_an_adopted_account_keeps_its_id_and_gets_its_login(room: FirstDay) -> None:
    account = room.old("wfang", mail="wang@x.cn", title="科长")
    id = room.person("wangfang", emails=[{"value": "WANG@x.cn", "type": "work"}], title="科员")
    assert room.lines() == {"person/wfang": ("proposed", "mail")}
    assert room.accept(room.list()) == {"linked": 1, "disowned": 0}
    room.enforce()
    room.work_out()
    assert list(room.directory.accounts) == [account.remote_id]
    assert account.attributes == {"uid": ("wangfang",), "mail": ("wang@x.cn",), "title": ("科长",)}
    assert room.outcomes() == [("adopt", "done"), ("update", "done")]
    told = adopt.differences(room.list().survey)
    assert {(each["attribute"], *each["roster"], *each["system"]) for each in told} == {
        ("title", "科员", "科长"),
        ("mail", "WANG@x.cn", "wang@x.cn"),
    }
    assert room.stored("User", id).version == 1
    done = len(room.outcomes())
    room.sweep()
    room.work_out()
    assert len(room.outcomes()) == done


def test_an_adopted_account_is_of_the_spell_that_runs_and_is_not_made_anew(room: FirstDay) -> None:
    account = room.old("zhang")
    for name, code, parent, kind in (("崖州区", "D00", None, "root"), ("教育局", "EDU", "D00", "gov")):
        room.post("Group", say.department(name, code, parent, kind))
    again = [event("x0", "resignation", "2024-01-02"), event("h2", "hire", "2025-01-02", entryRoute="recruited")]
    body = person("zhang", "Z1", "张三", *again)
    facts = next(value for name, value in body.items() if name.endswith("cnroster:2.0:User"))
    facts["assignments"] = [post(department="EDU", startDate="2025-01-02")]
    assert facts["statusEvents"][0] == HIRED
    room.post("User", body)
    room.accept(room.list())
    room.enforce()
    room.work_out()
    assert account.remote_id in room.directory.accounts
    assert {action for action, _ in room.outcomes()} <= {"adopt", "create", "update", "join"}
    assert [action for action, _ in room.outcomes()].count("create") == 2, "the departments alone"


def test_a_lock_set_by_hand_stays_and_one_that_the_roster_demands_is_set(room: FirstDay) -> None:
    locked, open_one = room.old("wang"), room.old("li")
    locked.presence = Presence.LOCKED
    wang = room.stored("User", room.person("wang")).subject
    room.person("li", active=False)
    room.accept(room.list())
    room.enforce()
    room.work_out()
    assert (locked.presence, open_one.presence) == (Presence.LOCKED, Presence.LOCKED)
    assert room.link(wang).finding == "locked-by-hand"
    assert ("unlock", "done") not in room.outcomes()


def test_a_login_that_an_adopted_account_still_bears_is_waited_for(room: FirstDay) -> None:
    """One whose old login is another one's userName: the second waits until the first has let go."""
    first = room.old("li", mail="wang@x.cn")
    room.person("wang", emails=[{"value": "wang@x.cn", "type": "work"}])
    shown = room.list()
    assert room.accept(shown) == {"linked": 1, "disowned": 0}
    room.person("li")
    assert room.rows("SELECT name FROM names") == [("uid=li",)]
    room.enforce()
    room.work_out()
    assert first.attributes["uid"] == ("wang",)
    assert sorted(each.attributes["uid"][0] for each in room.directory.accounts.values()) == ["li", "wang"]
    assert room.rows("SELECT state FROM links WHERE state <> 'done'") == []


def test_what_moved_since_the_list_was_shown_refuses_the_whole_list(room: FirstDay) -> None:
    room.old("wang")
    room.person("wang")
    shown = room.list()
    room.old("li")
    room.person("li")
    with pytest.raises(NotNow, match="不一致"):
        adopt.accept(room, room.list(), shown.digest, "李科长")
    with pytest.raises(NotNow):
        adopt.accept(room, shown, shown.digest[:8], "李科长")
    assert room.rows("SELECT 1 FROM links WHERE adopted") == []


def test_a_lot_in_which_one_row_moved_links_nobody(room: FirstDay) -> None:
    wang, li = room.old("wang"), room.old("li")
    room.person("wang")
    room.person("li")
    shown = room.list()
    subject = room.rows("SELECT subject FROM subjects WHERE key = 'E-li'")[0][0]
    room.writer.write(
        lambda connection: connection.execute(
            links.links.update().where(links.links.c.subject == subject).values(remote_id=wang.remote_id)
        )
    )
    with pytest.raises(adoptions.Moved):
        room.accept(shown)
    assert room.rows("SELECT 1 FROM links WHERE adopted") == []
    assert room.rows("SELECT 1 FROM attempts") == []
    assert li.remote_id in room.directory.accounts


def test_a_row_that_is_being_worked_is_not_linked_under_the_hands_of_its_worker(room: FirstDay) -> None:
    room.old("wang")
    room.person("wang")
    shown = room.list()
    claimed = room.writer.write(lambda connection: links.claim(connection, SYSTEM, "lane", 8, room.time))
    assert len(claimed) == 1
    with pytest.raises(adoptions.Moved, match="正在处理"):
        room.accept(shown)
    room.time += links.LEASE + 1
    assert room.accept(shown) == {"linked": 1, "disowned": 0}
    held = room.writer.write(lambda connection: links.renew(connection, claimed, room.time + 60))
    assert held == 0, "a worker that comes back too late is not heard"


def test_what_is_not_ours_is_not_asked_about_again_unless_a_person_takes_it_back(room: FirstDay) -> None:
    account = room.old("wang", mail="wang@x.cn")
    room.person("wfang", emails=[{"value": "wang@x.cn", "type": "work"}])
    decided = Decisions(not_ours=frozenset({account.remote_id}))
    assert room.accept(room.list(decided)) == {"linked": 0, "disowned": 1}
    assert room.rows('SELECT title, "by" FROM disowned') == [("person/wang", "李科长")]
    assert room.lines() == {"E-wfang": ("missing", None)}
    subject = room.rows("SELECT subject FROM subjects")[0][0]
    room.accept(room.list(Decisions(owners={account.remote_id: subject})))
    assert room.rows("SELECT 1 FROM disowned") == []
    assert room.lines() == {"person/wang": ("linked", None)}


def test_departments_are_known_by_code_or_by_name_and_people_by_name_in_them(room: FirstDay) -> None:
    room.directory.put(Kind.GROUP, "EDU", "EDU", ou="教育局")
    by_name = room.directory.put(Kind.GROUP, "jyj", "jyj", ou="人 事 科")
    account = room.old("w1", displayName="用户ｗａｎｇ")
    account.groups.add(by_name.remote_id)
    id = room.person("wang")
    room.post("Group", say.department("教育局", "EDU", None, "gov"))
    room.post("Group", say.department("人事科", "HR", None, "gov", members=(id,)))
    assert room.lines() == {
        "group/edu": ("proposed", "key"),
        "group/jyj": ("proposed", "path"),
        "person/w1": ("proposed", "name+department"),
    }
    assert room.accept(room.list()) == {"linked": 2, "disowned": 0}, "a name alone needs a decision of its own"
    with pytest.raises(NotNow, match="1 个账号或部门没有决定归属"):
        adopt.switch(Switchable(room), room.list().survey, SYSTEM, mode.ENFORCE, "李科长")


class Switchable:
    """A desk whose configuration leaves the mode open."""

    def __init__(self, room: FirstDay) -> None:
        self.run = room.run
        self.settings = self
        self.systems = {SYSTEM: self}
        self.mode = None


def test_protected_accounts_are_nobodys_business_and_do_not_keep_a_system_from_being_enforced(room: FirstDay) -> None:
    root = room.old("root", mail="wang@x.cn")
    room.person("wang", emails=[{"value": "wang@x.cn", "type": "work"}])
    for listed in ((root.remote_id,), ("PERSON/root",), ()):
        room.target = replace(room.target, protected=listed)
        found = {row.standing for row in room.list().rows}
        assert (Standing.MISSING in found) is bool(listed)
    room.target = replace(room.target, protected=(root.remote_id,))
    connector = MemoryConnector(SYSTEM, room.directory)
    assert mode.decide(room.target, connector) == mode.ENFORCE
    group = room.directory.put(Kind.GROUP, "", "old", ou="旧部门")
    assert mode.decide(room.target, connector) == mode.OBSERVE, "departments are met with the same care"
    room.target = replace(room.target, protected=(root.remote_id, group.name))
    assert mode.decide(room.target, connector) == mode.ENFORCE


def test_what_only_the_connector_knows_to_be_protected_is_protected(room: FirstDay) -> None:
    room.old("root", key="R1", mail="wang@x.cn")
    room.person("wang", emails=[{"value": "wang@x.cn", "type": "work"}])
    room.directory.protected.add("R1")
    assert room.lines() == {"E-wang": ("missing", None)}
    assert mode.decide(room.target, MemoryConnector(SYSTEM, room.directory)) == mode.ENFORCE


class Cut(MemoryConnector):
    """A list that ends before its end."""

    def observe_all(self, cursor: str | None) -> Page:
        return replace(super().observe_all(cursor), complete=False)


class Doubled(MemoryConnector):
    """A list that moved while it was read: somebody stands on two pages."""

    def observe_all(self, cursor: str | None) -> Page:
        page = super().observe_all(cursor)
        return replace(page, accounts=(*page.accounts, *page.accounts))


@pytest.mark.parametrize("connector", [Cut, Doubled])
def test_half_a_list_is_no_list(room: FirstDay, connector: type[MemoryConnector]) -> None:
    room.old("wang")
    with pytest.raises(Unreadable):
        read(room.target, connector(SYSTEM, room.directory), lambda _: None)
