"""`huaming ruling`: dated, signed, taking away, at once; through whoever works the store (S28)."""

import json
from pathlib import Path
from typing import Any

import pytest

from scim_server.clock import Clock
from scim_server.scim.urns import ROSTER_USER
from tests.cli.line import done, inside, refused
from tests.cli.office import Office, event, post
from tests.cli.past import Past
from tests.cli.town import Town
from tests.flows import client as say
from tests.servers import stores

BY = "符主任"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def typed(office: Office, *words: Any) -> str:
    return done(inside("ruling", *words, "--config", office.config))


def rulings(office: Office) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(typed(office, "list", "--json"))
    return found


def states(office: Office, key: str) -> dict[str, Any]:
    """The line of today, and `active` as a reader of SCIM sees it."""
    lines = map(json.loads, done(inside("states", "--restricted", "--config", office.config)).splitlines())
    line: dict[str, Any] = next(each for each in lines if each["externalId"] == key)
    return line


def test_a_block_locks_today_and_its_end_gives_back(office: Office) -> None:
    id = typed(office, "add", "--kind", "block", "--person", "Z1", "--by", BY).strip()
    assert states(office, "Z1")["systems"] == {
        "ldap": "locked",
        "oa": "locked",
        "wecom": "locked",
        "attendance": "active",
    }
    assert stored(office, "Z1") == 0
    (found,) = rulings(office)
    assert (found["id"], found["externalId"], found["by"], found["end"]) == (id, "Z1", BY, None)
    assert found["start"] == Clock().today()
    typed(office, "end", id, "--by", "王科长")
    assert states(office, "Z1")["systems"]["oa"] == "active"
    assert stored(office, "Z1") == 1
    assert rulings(office)[0]["endedBy"] == "王科长"
    assert "由符主任作出，当日由王科长撤销" in typed(office, "list")


def stored(office: Office, key: str) -> int:
    """The column `active`: settled at once, not at the next roll."""
    return rows(office, "SELECT active FROM resources WHERE external_id = ?", key)[0][0]


def rows(office: Office, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    return stores.rows(stores.store_url(office.folder / "huaming.db"), statement, *values)


def test_a_block_may_name_its_systems(office: Office) -> None:
    typed(office, "add", "--kind", "block", "--person", "Z1", "--systems", "oa", "--systems", "attendance", "--by", BY)
    assert states(office, "Z1")["systems"] == {
        "ldap": "active",
        "oa": "locked",
        "wecom": "active",
        "attendance": "removed",
    }
    assert "（政务OA、无感考勤）" in typed(office, "list")


def test_a_reply_that_says_left_cancels_every_account(office: Office) -> None:
    typed(office, "add", "--kind", "reply-says-left", "--person", "Z1", "--departure", "death", "--by", BY)
    line = states(office, "Z1")
    assert set(line["systems"].values()) == {"removed"}
    assert (line["articles"], line["anomalies"]) == (["三(三)"], ["reply-says-left"])
    assert "复函称已离职（死亡）" in typed(office, "list")


def test_a_reply_that_a_later_hire_has_overtaken_is_not_called_in_force(office: Office) -> None:
    typed(office, "add", "--kind", "reply-says-left", "--person", "Z1", "--by", BY)
    assert "仍然有效" in typed(office, "list")
    today = Clock().today()
    came_back = [event("x1", "resignation", "2026-05-06"), event("h2", "hire", today, entryRoute="recruited")]
    add = {"op": "add", "path": f"{ROSTER_USER}:statusEvents", "value": came_back}
    posted = {"op": "add", "path": f"{ROSTER_USER}:assignments", "value": [post("a2", startDate=today)]}
    past = Past(office.config, "hr").on(today)
    past.push("PATCH", f"/Users/{office.ids['Z1']}", {"schemas": [say.PATCH], "Operations": [add, posted]})
    past.close()
    assert set(states(office, "Z1")["systems"].values()) == {"active"}
    (found,) = rulings(office)
    assert (found["end"], found["hiredAnew"]) == (None, today)
    assert f"因 {today} 再次入职不再适用" in typed(office, "list")


def test_plain_users_are_ruled_on_too_and_their_rows_are_due(office: Office) -> None:
    typed(office, "add", "--kind", "block", "--person", "P1", "--by", BY)
    assert states(office, "P1")["systems"]["ldap"] == "locked"


def test_a_running_server_writes_it_and_the_directory_follows(town: Town) -> None:
    config = town.house.config
    words = ("add", "--kind", "block", "--person", "E1", "--by", BY, "--config", config)
    id = done(inside("ruling", *words)).strip()
    town.settle()
    assert town.house.link("E1")["presence"] == "locked"
    done(inside("ruling", "end", id, "--by", BY, "--config", config))
    town.settle()
    assert town.house.link("E1")["presence"] == "active"


def test_what_is_wrong_is_said(office: Office) -> None:
    add = ("ruling", "add", "--kind", "block", "--config", office.config)
    assert "Z99" in refused(inside(*add, "--person", "Z99", "--by", BY), 1)
    assert "--by" in refused(inside(*add, "--person", "Z1"), 2)
    assert "--by" in refused(inside(*add, "--person", "Z1", "--by", "  "), 2)
    refused(inside(*add, "--person", "Z1", "--by", BY, "--systems", "canteen"), 2)
    refused(inside(*add, "--person", "Z1", "--by", BY, "--departure", "death"), 2)
    assert "0000" in refused(inside("ruling", "end", "0000", "--by", BY, "--config", office.config), 1)
    assert rulings(office) == []


def test_an_ended_ruling_does_not_end_twice(office: Office) -> None:
    id = typed(office, "add", "--kind", "block", "--person", "Z1", "--by", BY).strip()
    typed(office, "end", id, "--by", BY)
    assert id in refused(inside("ruling", "end", id, "--by", "另一人", "--config", office.config), 1)
    assert rulings(office)[0]["endedBy"] == BY


def test_the_list_is_restricted_and_each_look_on_record(office: Office) -> None:
    before = rows(office, "SELECT count(*) FROM looks")[0][0]
    typed(office, "list")
    assert rows(office, "SELECT count(*) FROM looks")[0][0] == before + 1
    assert rows(office, "SELECT what FROM looks ORDER BY seq DESC LIMIT 1") == [("ruling list",)]
