"""What the benches share: a private OpenLDAP, a served house, sample people."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "deploy" / "openldap" / "openldap.sh"
HUAMING = [sys.executable, "-m", "scim_server"]
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华"


def free_port(count: int = 1) -> int:
    """A port that is free now, with `count` - 1 free ones after it."""
    while True:
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
        try:
            for each in range(port, port + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", each))
            return port
        except OSError:
            continue


@dataclass(frozen=True, slots=True)
class Directory:
    """A running slapd and how to reach it."""

    folder: Path
    env: dict[str, str]


@contextmanager
def directory(folder: Path, **switches: str) -> Iterator[Directory]:
    """A private OpenLDAP: durable, all overlays, unless the switches say otherwise."""
    port = free_port(2)
    started = subprocess.run(
        ["bash", str(SCRIPT), "start", str(folder), str(port)],
        env=os.environ | {"MAXSIZE": str(4 << 30)} | switches,
        check=True,
        capture_output=True,
        text=True,
    )
    env = dict(line.split("=", 1) for line in started.stdout.splitlines() if "=" in line)
    try:
        yield Directory(folder, env)
    finally:
        subprocess.run(["bash", str(SCRIPT), "stop", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Served:
    """A running `huaming serve`."""

    port: int
    token: str
    pid: int
    config: Path


@contextmanager
def served(
    folder: Path,
    target: Directory | None = None,
    *options: str,
    command: Sequence[str] = HUAMING,
    systems: Mapping[str, Mapping[str, str | int | bool]] | None = None,
) -> Iterator[Served]:
    """A house on SQLite, with a worker when there is a system. `command`: what serves it; `systems`: further ones."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    config = folder / "huaming.toml"
    config.write_text(_toml(folder, port, target) + _tables(systems or {}), encoding="utf-8")
    made = [*HUAMING, "token", "create", "--role", "hr", "--name", "bench", "--config", str(config)]
    token = subprocess.run(made, check=True, capture_output=True, text=True, cwd=ROOT).stdout.strip()
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*command, "serve", "--config", str(config), *options], stderr=log, cwd=ROOT)
        try:
            wait(port)
            yield Served(port, token, server.pid, config)
        finally:
            server.terminate()
            server.wait(15)


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has spent."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Resident memory of a process, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _toml(folder: Path, port: int, target: Directory | None) -> str:
    text = f'[server]\nport = {port}\n[store]\nurl = "sqlite:///{folder}/huaming.db"\n'
    if target is None:
        return text + "[systems]\n"
    env = target.env
    return text + (
        f'[systems.ldap]\nurl = "{env["URL"]}"\nbind_dn = "{env["BIND_DN"]}"\n'
        f'bind_password = "{env["BIND_PASSWORD"]}"\nbase_dn = "{env["BASE_DN"]}"\n'
    )


def _tables(systems: Mapping[str, Mapping[str, str | int | bool]]) -> str:
    return "".join(
        f"[systems.{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        for name, table in systems.items()
    )


@dataclass(frozen=True, slots=True)
class Simulated:
    """A running `huaming simulator`, and the table that links to it."""

    url: str
    pid: int
    table: dict[str, str | int | bool]

    def ask(self, path: str) -> dict:
        """What the simulator shows of itself."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=60) as answer:
            return json.load(answer)


@contextmanager
def simulated(kind: str) -> Iterator[Simulated]:
    """A vendor's interface with nobody in it, in a process of its own."""
    port = free_port()
    process = subprocess.Popen([*HUAMING, "simulator", kind, "--port", str(port)], cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        wait(port)
        fresh = Simulated(url, process.pid, {})
        yield Simulated(url, process.pid, fresh.ask("/_sim/config"))
    finally:
        process.terminate()
        process.wait(15)


def wait(port: int) -> None:
    """Returns when somebody listens there."""
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("the server did not come up")


def person(number: int, prefix: str = "p") -> dict[str, object]:
    """A plain user with Chinese values, about 1 KB as JSON."""
    family, given = FAMILY[number % len(FAMILY)], GIVEN[number // 7 % len(GIVEN)] + GIVEN[number % len(GIVEN)]
    login = f"{prefix}{number:06}"
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise],
        "externalId": f"E{prefix}{number:06}",
        "userName": login,
        "name": {"formatted": family + given, "familyName": family, "givenName": given},
        "displayName": family + given,
        "title": "二级主任科员",
        "preferredLanguage": "zh-CN",
        "locale": "zh-CN",
        "timezone": "Asia/Shanghai",
        "active": True,
        "emails": [
            {"value": f"{login}@yazhou.example", "type": "work", "primary": True},
            {"value": f"{login}@home.example", "type": "home"},
        ],
        "phoneNumbers": [{"value": f"154{number:08}", "type": "mobile"}],
        enterprise: {"employeeNumber": f"E{prefix}{number:06}", "organization": "崖州区", "department": "区教育局"},
    }
