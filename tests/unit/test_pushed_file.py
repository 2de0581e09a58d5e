"""Files of SCIM requests as HR's programs write them, and what is no such file, told by its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from scim_server.operate.pushed_file import BadFile, Request, check

BASE = "https://hub.example.org/scim/v2"
BULK = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [{"method": "DELETE"}]}
POST = {"method": "POST", "path": "/Users", "body": {"userName": "王"}}


def read(folder: Path, *lines: str, encoding: str = "utf-8") -> list[Request]:
    path = folder / "push.jsonl"
    path.write_text("\n".join(lines), encoding=encoding)
    file = check(path, BASE)
    found = list(file.requests())
    assert file.lines == len(found)
    return found


def said(folder: Path, *lines: str) -> str:
    with pytest.raises(BadFile) as error:
        read(folder, *lines)
    return str(error.value)


@pytest.mark.parametrize("path", ["/Users/1", "Users/1", "/scim/v2/Users/1", f"{BASE}/Users/1"])
def test_a_path_may_begin_anywhere(tmp_path: Path, path: str) -> None:
    (one,) = read(tmp_path, json.dumps({"method": "delete", "path": path}))
    assert one == Request(1, "DELETE", "/Users/1")


def test_body_and_data_say_the_same_and_a_version_is_a_condition(tmp_path: Path) -> None:
    line = {"method": "PUT", "path": "/Groups/1", "data": {"displayName": "科"}, "version": 'W/"3"'}
    (one,) = read(tmp_path, json.dumps(line))
    assert one == Request(1, "PUT", "/Groups/1", {"displayName": "科"}, 'W/"3"')


def test_empty_lines_count_and_are_passed_over(tmp_path: Path) -> None:
    found = read(tmp_path, "", json.dumps(POST, ensure_ascii=False), "  ", json.dumps(POST), "", encoding="utf-8-sig")
    assert [each.line for each in found] == [2, 4]


def test_a_bulk_stands_in_a_line_or_is_the_whole_file(tmp_path: Path) -> None:
    lines = read(tmp_path, json.dumps(POST), json.dumps(BULK))
    assert [(each.path, each.is_bulk) for each in lines] == [("/Users", False), ("/Bulk", True)]
    (whole,) = read(tmp_path, json.dumps(BULK, indent=2))
    assert (whole.line, whole.path, whole.body) == (1, "/Bulk", BULK)


def test_what_is_left_begins_behind_a_line(tmp_path: Path) -> None:
    path = tmp_path / "push.jsonl"
    path.write_text("\n".join([json.dumps(POST)] * 4))
    assert [each.line for each in check(path, BASE).requests(after=2)] == [3, 4]


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    one.write_text(json.dumps(POST))
    other.write_text(json.dumps(POST) + "\n")
    assert check(one, BASE).digest == check(one, BASE).digest != check(other, BASE).digest


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[1]", "第 2 行不是一个 JSON 对象"),
        ("{", "第 2 行不是一个 JSON 对象"),
        ({"method": "GET", "path": "/Users"}, "第 2 行的 method"),
        ({"path": "/Users"}, "第 2 行的 method"),
        ({"method": "POST", "path": "/Users"}, "第 2 行缺少 body"),
        ({"method": "POST", "path": "/Users/1", "body": {}}, "第 2 行：POST 不能用于 path"),
        ({"method": "DELETE", "path": "/Users"}, "第 2 行：DELETE 不能用于 path"),
        ({"method": "POST", "path": "/Me", "body": {}}, "第 2 行：POST 不能用于 path"),
        ({"method": "DELETE", "path": 7}, "第 2 行：DELETE 不能用于 path"),
        ({"schemas": 5, "method": "DELETE", "path": "/Users"}, "第 2 行：DELETE 不能用于 path"),
    ],
)
def test_what_is_no_request_is_told(tmp_path: Path, line: Any, words: str) -> None:
    text = line if isinstance(line, str) else json.dumps(line)
    assert words in said(tmp_path, json.dumps(POST), text)


def test_all_faults_are_told_the_first_ten_by_name(tmp_path: Path) -> None:
    words = said(tmp_path, json.dumps(POST), *["[]"] * 14).splitlines()
    assert (len(words), words[-1]) == (11, "……另有 4 处")


@pytest.mark.parametrize("content", ["", "\n \n", "nonsense"])
def test_what_holds_nothing_is_no_file(tmp_path: Path, content: str) -> None:
    assert said(tmp_path, content)
