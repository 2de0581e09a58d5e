"""Reports through the JSON API: each made by a process of its own, told in the same JSON as by the command."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from scim_server.api.console.children import Children
from scim_server.api.console.faults import Problem
from tests.cli.line import done, inside
from tests.console.asker import Asker


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/reports/zero-activity?month=2026-07", ("zero-activity", "--month", "2026-07")),
        ("/reports/access?department=EDU", ("access", "--department", "EDU")),
    ],
)
def test_the_same_as_the_command(console: Asker, path: str, words: tuple[str, ...]) -> None:
    typed = done(inside("report", *words, "--format", "json", "--config", console.town.config))
    answer = console.ask("GET", path, "auditor")
    assert answer.json() == json.loads(typed)
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_the_restricted_face_is_on_record_twice(console: Asker) -> None:
    """In the name of the token, and of the process that read it."""
    before = len(console.town.looks())
    whole = console.get("/reports/zero-activity", restricted="true")
    assert [each["externalId"] for each in whole["cases"]].count("L1") == 1
    assert [what for _, what, _ in console.town.looks()[before:]] == [
        "console report zero-activity",
        "report zero-activity",
    ]
    assert console.town.looks()[before][0] == "hr-console"


def test_deadlines_by_department(console: Asker) -> None:
    items = console.get("/deadlines", asOf="2026-07-08", restricted="true")["items"]
    found = {(each["department"], each["article"]): each for each in items}
    assert found["EDU", "四"] == {
        "department": "EDU", "name": "区教育局", "article": "四",
        "owed": 1, "onTime": 0, "late": 1, "missing": 0, "open": 0, "provisional": 0,
    }  # fmt: skip
    assert found["HEA", "四"]["missing"] == 1
    assert ("EDU", "二") in found


def test_what_cannot_be_reported(console: Asker) -> None:
    assert "没有 2026-06 的核查" in console.get("/reports/zero-activity", status=404, month="2026-06")["detail"]
    assert "有：zero-activity" in console.get("/reports/everything", status=404)["detail"]
    assert "没有编号为“--help”的部门" in console.get("/reports/access", status=400, department="--help")["detail"]


def test_the_server_serves_meanwhile_and_two_are_made_at_once(console: Asker) -> None:
    async def go() -> tuple[list[int], list[float]]:
        async with console.town.client("hr") as client:
            names = ("drift", "orphans", "sync", "letters")
            asked = [asyncio.create_task(client.get(f"/reports/{name}")) for name in names]
            loop, times = asyncio.get_running_loop(), list[float]()
            while not all(each.done() for each in asked):
                begun = loop.time()
                assert (await client.get("/cases")).status_code == 200
                times.append(loop.time() - begun)
                await asyncio.sleep(0.2)
            return [each.result().status_code for each in asked], times

    statuses, times = asyncio.run(go())
    assert sorted(statuses) == [200, 200, 503, 503]
    assert len(times) > 1


def child(source: str) -> Children:
    return Children([sys.executable, "-c", source])


def outcome(children: Children, name: str = "sync", seconds: float = 30.0) -> Any:
    async def go() -> bytes:
        return await children.read(name, {}, seconds)

    try:
        return asyncio.run(go())
    except Problem as problem:
        return problem.status, problem.detail


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    source = f"import os, time, pathlib; pathlib.Path({str(mark)!r}).write_text(str(os.getpid())); time.sleep(600)"
    children = child(source)
    status, detail = outcome(children, seconds=3.0)
    assert (status, "用时过长" in detail) == (503, True)
    assert not Path(f"/proc/{mark.read_text()}").exists()
    assert outcome(children, seconds=0.0)[0] == 503, "its place is free again"


def test_who_waits_for_a_report_is_answered_before_the_house_closes(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    source = f"import os, time, pathlib; pathlib.Path({str(mark)!r}).write_text(str(os.getpid())); time.sleep(600)"
    children = child(source)

    async def go() -> list[int]:
        async def asked() -> int:
            with pytest.raises(Problem) as refused:
                await children.read("sync", {}, 300.0)
            return refused.value.status

        first = asyncio.create_task(asked())
        while not (mark.exists() and mark.read_text()):
            await asyncio.sleep(0.01)
        children.end()
        return [await asyncio.wait_for(first, 30), await asked()]

    assert asyncio.run(go()) == [503, 503]
    assert not Path(f"/proc/{mark.read_text()}").exists()


def test_what_a_child_says() -> None:
    leave = "import sys; print('{}'); sys.stderr.write({!r}); sys.exit({})"
    assert outcome(child("print('[1]')")) == b"[1]\n"
    assert outcome(child(leave.format("x", "huaming: 没有这个部门\n", 2))) == (400, "没有这个部门")
    assert outcome(child(leave.format("x", "huaming: no system named oa\n", 2)))[0] == 400
    assert "oa" not in outcome(child(leave.format("x", "huaming: no system named oa\n", 2)))[1]
    assert outcome(child(leave.format("x", "Traceback: 密码 secret\n", 1))) == (503, "报告没有出成，原因见服务器日志。")
    assert outcome(child(leave.format("[]", "huaming: oa 未能完整读取\n", 1)), "orphans") == b"[]\n"
    assert outcome(child("import sys; sys.exit(1)"), "orphans")[0] == 503
    assert outcome(child("import sys; sys.stderr.write('x' * 5_000_000)")) == b""
    assert outcome(Children(None))[0] == 503
