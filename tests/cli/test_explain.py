"""`huaming explain`: why one user's accounts are what they are; each look is on record (S18)."""

import getpass
import json
from typing import Any

from tests.cli.line import done, inside, refused
from tests.cli.town import Town


def explain(town: Town, key: str, *words: str) -> str:
    return done(inside("explain", key, *words, "--config", town.house.config))


def facts(town: Town, key: str, *words: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(explain(town, key, "--json", *words))
    return answer


def looks(town: Town) -> list[tuple[Any, ...]]:
    return town.house.rows("SELECT l.actor, l.what, s.key FROM looks l JOIN subjects s USING (subject) ORDER BY l.seq")


def test_the_json_tells_facts_states_links_and_operations(town: Town) -> None:
    wang = facts(town, "E1")
    assert (wang["externalId"], wang["name"]) == ("E1", "王芳")
    assert wang["systems"] == {"ldap": "active", "oa": "removed", "wecom": "removed", "attendance": "removed"}
    assert (wang["primary"], wang["concurrent"]) == ("D00", ["D01", "D02"])
    assert wang["reason"] == {"article": "plain", "text": "名册已登记，账号应当启用"}
    assert [(link["system"], link["state"], link["presence"]) for link in wang["links"]] == [("ldap", "done", "active")]
    done_so_far = {(each["action"], each["group"], each["outcome"]) for each in wang["operations"]}
    assert {("create", None, "done"), ("join", "D01", "done"), ("join", "P01", "done")} <= done_so_far


def test_who_is_locked_or_parked_or_gone_is_explained_with_the_reason(town: Town) -> None:
    assert facts(town, "E2")["reason"]["text"] == "名册标记为停用，账号应当锁定"
    assert "ASCII" in facts(town, "E4")["links"][0]["error"]
    zhao = facts(town, "E3")
    assert (zhao["systems"]["ldap"], zhao["reason"]["text"]) == ("removed", "名册已删除，账号应当注销")
    assert zhao["facts"]["removed"] in town.left_on
    assert zhao["links"][0]["state"] == "gone"


def test_a_person_reads_it_in_chinese(town: Town) -> None:
    text = explain(town, "E1")
    assert "王芳（E1）" in text
    assert "主岗部门：D00；兼任：D01、D02" in text
    assert "现状：ldap 已一致" in text
    assert "{" not in text


def test_the_scim_id_finds_the_same_user(town: Town) -> None:
    assert facts(town, town.wang)["externalId"] == "E1"


def test_another_day_is_another_answer(town: Town) -> None:
    before = facts(town, "E1", "--as-of", "2001-01-01")
    assert (before["systems"]["ldap"], before["reason"]["article"]) == ("removed", "not-yet-joined")
    assert before["reviewOn"] == before["facts"]["created"]


def test_each_look_is_on_record_and_a_look_at_nobody_is_not(town: Town) -> None:
    before = looks(town)
    explain(town, "E2")
    assert looks(town) == [*before, (getpass.getuser(), "explain", "E2")]
    assert "E99" in refused(inside("explain", "E99", "--json", "--config", town.house.config), 1)
    assert len(looks(town)) == len(before) + 1
