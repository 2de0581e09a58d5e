"""`huaming demo`: a sample roster through the whole house into a private OpenLDAP and three simulated systems."""

import json
import subprocess
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import click

from mappings.policy.readings import TITLES
from scim_server.clock import Clock
from scim_server.operate.stage import NoDemo, Scene, demand, huaming, set_up
from scim_server.reports.words import ACTIONS, OUTCOMES

SAMPLE = Path(__file__).parent / "sample.json"
PARTS = (("一、建立名册", "roster"), ("二、名册变化", "changes"), ("三、恢复", "return"))


def run(folder: Path | None, keep: bool) -> None:
    """Sets the scene, pushes, waits, shows. Raises NoDemo."""
    demand()
    place = folder or Path(mkdtemp(prefix="huaming-demo-"))
    place.mkdir(parents=True, exist_ok=True)
    if (place / "huaming.db").exists():
        raise NoDemo(f"{place} holds a demonstration already; name another folder")
    with ExitStack() as stack:
        scene = set_up(place, stack)
        sample = json.loads(SAMPLE.read_text(encoding="utf-8"))
        ids: dict[str, str] = {}
        for title, part in PARTS:
            click.secho(f"\n{title}", bold=True)
            _push(scene, sample[part], ids)
            huaming(scene.folder, "sync", "--until-idle", "--timeout", "60")
        _show(scene)
        if keep:
            stack.pop_all()
            pids = " ".join(map(str, scene.pids))
            click.echo(f"\n服务、目录与模拟系统仍在运行。结束：kill {pids}")


def _push(scene: Scene, steps: Sequence[Mapping[str, Any]], ids: dict[str, str]) -> None:
    for step in steps:
        text = json.dumps({"path": step["path"], "body": step.get("body")}, ensure_ascii=False)
        for key, known in (ids | _days()).items():
            text = text.replace(f"@{key}@", known)
        ready = json.loads(text)
        answer = _scim(scene, step["method"], ready["path"], ready["body"])
        if "key" in step:
            ids[step["key"]] = answer["id"]
        click.echo(f"  {step['method']:6} {step['text']}")


def _days() -> dict[str, str]:
    today = date.fromisoformat(Clock().today())
    return {"TODAY": today.isoformat(), "YESTERDAY": (today - timedelta(days=1)).isoformat()}


def _scim(scene: Scene, method: str, path: str, body: Any) -> Any:
    sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    headers = {"Authorization": f"Bearer {scene.token}", "Content-Type": "application/scim+json"}
    request = urllib.request.Request(scene.url + path, sent, headers, method=method)  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - likewise
        return json.loads(answer.read() or b"null")


def _show(scene: Scene) -> None:
    click.secho("\n四、每项操作及其依据", bold=True)
    for row in json.loads(huaming(scene.folder, "report", "sync", "--format", "json")):
        group = f"「{row['groupName'] or row['group']}」" if row.get("group") else ""
        done = f"{ACTIONS[row['action']]}{group}"
        where = TITLES.get(row["system"], row["system"])
        told = f"{row['reason']}；{OUTCOMES[row['outcome']]}"
        click.echo(f"  {where}：{row['name']}（{row['externalId']}）{done}：{told}")
    for form in ("html", "csv", "xlsx"):
        huaming(scene.folder, "report", "sync", "--format", form, "--out", str(scene.folder / f"report.{form}"))
    click.secho("\n五、各系统现状", bold=True)
    click.echo(_entries(scene))
    for kind, url in scene.simulators.items():
        click.echo(_accounts(kind, url))
    click.secho("\n六、在哪里看", bold=True)
    click.echo(f"  同步报告  {scene.folder / 'report.html'}（另有 csv、xlsx）")
    click.echo(f"  目录全文  {scene.folder / 'directory.ldif'}")
    click.echo(f"  配置      {scene.config}")
    for kind, url in scene.simulators.items():
        click.echo(f"  {TITLES[kind]}的账号与所收请求  {url}/_sim/accounts  {url}/_sim/requests（--keep 时）")


def _entries(scene: Scene) -> str:
    env = scene.directory
    bind = ["-x", "-H", env["URL"], "-D", env["BIND_DN"], "-y", str(scene.secret)]
    whole = subprocess.run(
        [
            "ldapsearch",
            "-LLL",
            "-o",
            "ldif-wrap=no",
            *bind,
            "-b",
            env["BASE_DN"],
            "-E",
            "pr=500/noprompt",
            "*",
            "pwdAccountLockedTime",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    (scene.folder / "directory.ldif").write_text(whole.stdout, encoding="utf-8")
    people = [entry for entry in whole.stdout.split("\n\n") if ",ou=people," in entry.partition("\n")[0]]
    locked = sum("pwdAccountLockedTime: 000001010000Z" in entry for entry in people)
    return f"  目录：{len(people)} 个账号，其中 {locked} 个锁定"


def _accounts(kind: str, url: str) -> str:
    """What a simulated system shows of itself."""
    with urllib.request.urlopen(f"{url}/_sim/accounts", timeout=30) as answer:  # noqa: S310 - our own simulator
        accounts = json.load(answer)["accounts"]
    locked = sum(each["state"] == "locked" for each in accounts)
    further = sum(bool(each["concurrent"]) for each in accounts)
    return f"  {TITLES[kind]}：{len(accounts)} 个账号，其中 {locked} 个锁定，{further} 人有兼任部门"
