"""`huaming plan --with` and `huaming apply` as they are typed: exit codes, sentences, and what a file must be."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.line import done, inside, refused
from tests.cli.office import Office
from tests.flows import client as say


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A roster without any system."""
    return Office(tmp_path_factory.mktemp("office"))


def written(folder: Path, *lines: Any) -> Path:
    path = folder / "push.jsonl"
    path.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines), encoding="utf-8")
    return path


def typed(office: Office, *words: Any) -> Any:
    return inside(*words, "--config", office.config)


def test_a_plan_as_json_has_its_lists_its_digest_and_how_far_it_reaches(office: Office, tmp_path: Path) -> None:
    path = written(tmp_path, {"method": "POST", "path": "/Users", "body": say.user("neu")})
    answer = json.loads(done(typed(office, "plan", "--json", "--with", path)))
    assert answer.keys() == {"digest", "operations", "held", "stuck", "overview", "with"}
    assert len(answer["digest"]) == 64
    assert (answer["overview"]["operations"], answer["overview"]["people"]) == (0, 0)
    assert (answer["with"]["requests"], answer["with"]["accepted"], answer["with"]["refused"]) == (1, 1, [])


def test_requests_that_scim_refuses_are_told_by_line_and_end_with_1(office: Office, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {"method": "PATCH", "path": f"/Users/{office.ids['Z1']}", "body": say.replace(title="科长")},
        {"method": "DELETE", "path": "/Users/nobody"},
        {"method": "POST", "path": "/Users", "body": say.user("wang", "Z77")},
    )
    words = refused(typed(office, "plan", "--with", path), 1)
    assert "第 2 行 DELETE /Users/nobody：404" in words
    assert "第 3 行 POST /Users：409" in words
    assert "--skip-refused" in words
    passed_over = typed(office, "plan", "--with", path, "--skip-refused")
    assert passed_over.returncode == 0
    assert "被拒绝并略过：第 2 行" in passed_over.stderr


def test_what_is_no_file_of_requests_is_bad_usage(office: Office, tmp_path: Path) -> None:
    path = written(
        tmp_path, {"method": "DELETE", "path": "/Users/1"}, "nonsense", {"method": "GET", "path": "/Users/1"}
    )
    words = refused(typed(office, "plan", "--with", path), 2)
    assert "第 2 行不是一个 JSON 对象" in words
    assert "第 3 行的 method" in words
    refused(typed(office, "plan", "--with", tmp_path / "nowhere"), 2)


def test_a_plan_that_nobody_was_shown_is_not_applied(office: Office) -> None:
    words = refused(typed(office, "apply", "--plan", "0123456789ab", "--by", "王主任"), 1)
    assert "没有摘要为 0123456789ab 的计划" in words
    assert "12 位" in refused(typed(office, "apply", "--plan", "0123", "--by", "王主任"), 1)
    refused(typed(office, "apply", "--plan", "0123456789ab"), 2)


def test_a_day_that_was_left_empty_was_planned_as_today(office: Office) -> None:
    assert "YYYY-MM-DD" in refused(typed(office, "plan", "--as-of", ""), 2)


def test_what_the_guard_is_to_decide_was_told_to_have_been_let_pass(office: Office, tmp_path: Path) -> None:
    """Who pushes a file is the cause of what comes of it: without a second name the guard decides (S24)."""
    path = written(tmp_path, {"method": "POST", "path": "/Users", "body": say.user("wen")})
    digest = json.loads(done(typed(office, "plan", "--json", "--with", path)))["digest"]
    said = done(typed(office, "apply", "--plan", digest, "--by", "王主任", "--with", path))
    assert "已放行" not in said
    assert "已交由安全上限核定" in said
    assert "超出上限的待批（huaming approvals list）" in said


def test_a_file_is_applied_without_a_server_and_once(office: Office, tmp_path: Path) -> None:
    path = written(tmp_path, {"method": "POST", "path": "/Users", "body": say.user("einmal")})
    digest = json.loads(done(typed(office, "plan", "--json", "--with", path)))["digest"]
    words = ("apply", "--plan", digest, "--by", "王主任", "--with", path, "--json")
    first, again = (json.loads(done(typed(office, *words))) for _ in range(2))
    assert (first["applied"], first["pushed"]["accepted"], first["pushed"]["line"]) == (True, 1, 1)
    assert (again["applied"], again["pushed"]["accepted"], again["pushed"]["line"]) == (True, 0, 1)
    assert "apply" not in done(typed(office, "token", "list")), "its own token is struck off"
    lines = [json.loads(line) for line in done(typed(office, "states")).splitlines()]
    assert [each["externalId"] for each in lines].count("E-einmal") == 1
