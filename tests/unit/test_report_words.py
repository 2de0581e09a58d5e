import shlex

import orjson
import pytest

from mappings.model import Action, Presence
from scim_server.reports.differences import differences
from scim_server.reports.next_steps import next_step, sentence
from scim_server.reports.rows import OpenRow, Standing, SyncRow
from scim_server.reports.summary import SystemSummary
from scim_server.reports.words import (
    ACTIONS,
    FIGURES,
    OUTCOMES,
    PRESENCES,
    STANDINGS,
    article_words,
    outcome_word,
)
from scim_server.store import attempts

TITLES = {"G01": "办公室", "G02": "综合科"}


def operation(action: str, before: object = None, after: object = None, kind: str = "person", group: str | None = None):
    states = [None if state is None else orjson.dumps(state) for state in (before, after)]
    stamp = "2026-07-01T00:00:00.000Z"
    return SyncRow(
        "a1", stamp, "ldap", "1001", action, "plain", "done", "张伟", kind, group, None, "", None, stamp, stamp, *states
    )


def test_every_code_of_the_house_has_its_word() -> None:
    assert set(ACTIONS) == set(Action)
    assert set(OUTCOMES) == set(attempts.OUTCOMES)
    assert set(PRESENCES) == set(Presence)
    assert set(STANDINGS) == set(Standing)
    assert set(FIGURES) == set(SystemSummary().figures())


def test_articles_stand_in_corner_brackets_and_plain_users_have_a_word_of_their_own() -> None:
    assert article_words("二") == "「二」"
    assert article_words("plain") == "「名册推送」"
    assert outcome_word(None) == "进行中"


def test_a_change_is_told_attribute_by_attribute_from_before_to_after() -> None:
    row = operation(
        "update",
        {"presence": "active", "attributes": {"mail": ["old@qu.gov.cn"], "title": ["科员"]}},
        {"presence": "active", "attributes": {"mail": ["new@qu.gov.cn"], "roomNumber": ["301"]}},
    )
    assert differences(row, TITLES) == [
        "邮箱：old@qu.gov.cn → new@qu.gov.cn",
        "职务：科员 → （无）",
        "roomNumber：（无） → 301",
    ]


def test_a_new_account_is_told_in_one_sentence_without_repeating_itself() -> None:
    attributes = {
        "cn": ["张伟"],
        "sn": ["张"],
        "givenName": ["伟"],
        "displayName": ["张伟"],
        "employeeNumber": ["1001"],
        "uid": ["zhangwei"],
        "mail": [],
        "manager": ["uid=li\\,si,ou=people,dc=gov,dc=cn"],
    }
    row = operation("create", None, {"presence": "active", "attributes": attributes, "groups": ["G01", "G9"]})
    assert differences(row, TITLES) == ["姓名：张伟；登录名：zhangwei；直接上级：li\\,si；所属：“办公室”（G01）、“G9”"]


def test_an_account_created_locked_says_so() -> None:
    row = operation("create", None, {"presence": "locked", "attributes": {"cn": ["张伟"]}})
    assert differences(row, TITLES) == ["状态：锁定；姓名：张伟"]


def test_a_department_has_labels_of_its_own() -> None:
    after = {"presence": "active", "attributes": {"cn": ["G02"], "ou": ["综合科"], "seeAlso": ["cn=G01,ou=groups"]}}
    assert differences(operation("create", None, after, kind="group"), TITLES) == [
        "代码：G02；名称：综合科；上级部门：“办公室”（G01）"
    ]


@pytest.mark.parametrize(
    ("action", "before", "after", "told"),
    [
        ("lock", {"presence": "active"}, {"presence": "locked"}, "状态：在用 → 锁定"),
        ("unlock", {"presence": "locked"}, {"presence": "active"}, "状态：锁定 → 在用"),
        ("remove", {"presence": "locked", "attributes": {"cn": ["张伟"]}}, None, "状态：锁定 → 已注销"),
        ("update", None, None, "—"),
        ("update", {"groups": ["G01"]}, {"groups": ["G02"]}, "加入“综合科”（G02）|退出“办公室”（G01）"),
    ],
)
def test_states_and_groups_are_told(action: str, before: object, after: object, told: str) -> None:
    assert differences(operation(action, before, after), TITLES) == told.split("|")


def test_joining_and_leaving_name_the_group() -> None:
    assert differences(operation("join", group="G02"), TITLES) == ["加入“综合科”（G02）"]
    assert differences(operation("leave", group="X"), TITLES) == ["退出“X”"]


def test_a_damaged_record_is_told_as_such() -> None:
    row = operation("update")
    object.__setattr__(row, "after", b"{cut")
    assert differences(row, TITLES) == ["（变更内容无法读取）"]


def stands(standing: Standing, said: str = "原因。", blocker: str | None = None, key: str = "1001") -> OpenRow:
    return OpenRow("ldap", key, "张伟", standing, said, blocker, None)


def test_every_standing_has_a_next_step_and_the_command_cannot_carry_another_one() -> None:
    for standing in Standing:
        assert next_step(stands(standing)).text
    command = " ".join(next_step(stands(Standing.PARKED, key="1; rm -rf ~")).command)
    assert shlex.split(command) == ["huaming", "retry", "--system", "ldap", "--person", "1; rm -rf ~"]


def test_sentences_name_the_blocker_once_and_translate_the_codes() -> None:
    assert sentence(stands(Standing.WAITING, "等待部门。", "综合科")) == "等待部门。（所等：综合科）"
    assert sentence(stands(Standing.WAITING, "等待「综合科」建立", "综合科")) == "等待「综合科」建立"
    assert "人工锁定" in sentence(stands(Standing.FINDING, "locked-by-hand"))
    assert sentence(stands(Standing.PARKED, "")) == "（未记录原因）"
