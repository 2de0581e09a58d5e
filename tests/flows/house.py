"""A house as a user runs it: `huaming serve` as a process of its own, on a store and a configuration in a folder."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.cli.line import inside
from tests.servers.openldap import OpenLdap
from tests.servers.plain import PLAIN
from tests.servers.ports import free_ports
from tests.servers.stores import copy_store, rows, store_url

HUAMING = Path(sys.executable).with_name("huaming")
OPEN_HANDED = {"floor": 1000000, "share": 1.0, "department_floor": 1000000, "department_share": 1.0}
READY = 5.0  # seconds within which a start must answer (design: The outside)


@dataclass
class Served:
    """One house. `start` it, `kill` it, `terminate` it; `run` is the command line beside it."""

    folder: Path
    directory: OpenLdap
    port: int = field(default_factory=free_ports)
    ldap_port: int | None = None  # of a proxy in front of the directory
    mode: str | None = "enforce"
    settings: dict[str, Any] = field(default_factory=dict)  # further keys of [systems.ldap]
    server: dict[str, Any] = field(default_factory=dict)  # further keys of [server]
    guard: dict[str, Any] = field(default_factory=lambda: dict(OPEN_HANDED))  # [guard]
    process: subprocess.Popen[bytes] | None = None
    secret: str = ""
    template: "Served | None" = None  # a house whose store, with its token in it, is copied
    environment: dict[str, str] = field(default_factory=dict)  # beside this process's own
    further: dict[str, dict[str, Any]] = field(default_factory=dict)  # tables beside those

    @property
    def config(self) -> Path:
        return self.folder / "huaming.toml"

    @property
    def store(self) -> Path:
        return self.folder / "huaming.db"

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def write_config(self) -> None:
        directory = self.directory
        url = f"ldap://127.0.0.1:{self.ldap_port}" if self.ldap_port else directory.URL
        ldap = {
            "url": url,
            "bind_dn": directory.BIND_DN,
            "bind_password": directory.BIND_PASSWORD,
            "base_dn": directory.BASE_DN,
            **({"mode": self.mode} if self.mode else {}),
            **self.settings,
        }
        tables: dict[str, dict[str, Any]] = {
            "server": {"host": "127.0.0.1", "port": self.port, **self.server},
            "store": {"url": store_url(self.store)},
            "guard": self.guard,
            "sweep": {"at": "off"},
            "systems.ldap": ldap,
            **self.further,
        }
        lines = []
        for name, table in tables.items():
            lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items()), ""]
        self.config.write_text("\n".join(lines))

    # -- the process

    def start(self, *options: str) -> float:
        """Starts the server and waits until it is ready; returns the seconds that took."""
        began = time.monotonic()
        self.launch(*options)
        self.wait_ready()
        if not self.secret:
            self.secret = self.command("token", "create", "--role", "hr", "--name", "hr").stdout.strip()
        return time.monotonic() - began

    def launch(self, *options: str) -> None:
        """Starts the server and does not wait."""
        if not self.config.exists():
            self.write_config()
            if self.template is not None:
                copy_store(self.template.store, self.store)
                self.secret = self.template.secret
        with self.log.open("ab") as log:
            command = [str(HUAMING), "serve", "--config", str(self.config), *options]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | self.environment)

    def wait_ready(self, seconds: float = 120.0) -> None:
        until = time.monotonic() + seconds
        with httpx.Client(base_url=self.base, timeout=5, verify=PLAIN) as client:
            while True:
                try:
                    if client.get("/readyz").status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                assert self.process is not None
                assert self.process.poll() is None, self.said()
                assert time.monotonic() < until, self.said()
                time.sleep(0.02)

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def terminate(self, within: float = 60.0) -> tuple[int, float]:
        """SIGTERM; returns (exit code, seconds until the end)."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within), time.monotonic() - began

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def said(self) -> str:
        """What the server wrote to its log."""
        return self.log.read_text(errors="replace")

    # -- the command line

    def run(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Typed within this process, which saves its start, unless the house has an environment of its own."""
        if not self.environment:
            return inside(*arguments, "--config", self.config)
        command = [str(HUAMING), *arguments, "--config", str(self.config)]
        given = os.environ | self.environment
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=given, check=False)

    def command(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """`run`, and it must succeed."""
        done = self.run(*arguments, timeout=timeout)
        assert done.returncode == 0, (arguments, done.returncode, done.stdout, done.stderr)
        return done

    def idle(self, timeout: float = 180) -> None:
        """`sync --until-idle` must end with 0."""
        done = self.run("sync", "--until-idle", "--timeout", str(timeout), timeout=timeout + 30)
        assert done.returncode == 0, (done.returncode, done.stderr, self.status(), self.open_rows())

    def sweep(self, timeout: float = 180) -> None:
        """`sync --sweep --until-idle` must end with 0."""
        done = self.run("sync", "--sweep", "--until-idle", "--timeout", str(timeout), timeout=timeout + 30)
        assert done.returncode == 0, (done.returncode, done.stderr, self.status(), self.open_rows())

    def status(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.command("status", "--json").stdout)["systems"]["ldap"]
        return answer

    def plan(self) -> list[dict[str, Any]]:
        """The operations that `plan --json` names."""
        answer = json.loads(self.command("plan", "--json").stdout)
        assert answer["stuck"] == [], answer
        operations: list[dict[str, Any]] = answer["operations"]
        return operations

    def operations(self) -> list[dict[str, Any]]:
        """Every operation on record, as `report sync` tells it."""
        rows: list[dict[str, Any]] = json.loads(self.command("report", "sync", "--format", "json").stdout)
        return rows

    def explain(self, key: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.command("explain", key, "--json").stdout)
        return answer

    def link(self, key: str) -> dict[str, Any]:
        """What `explain` says of the account in the directory."""
        (link,) = self.explain(key)["links"]
        found: dict[str, Any] = link
        return found

    # -- the store, looked at from outside

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the store, read from outside."""
        return rows(store_url(self.store), statement, *values)

    def open_rows(self) -> list[tuple[Any, ...]]:
        """What is neither done nor gone."""
        return self.rows(
            "SELECT s.key, l.state, l.attempts, l.blocker, l.error FROM links l JOIN subjects s USING (subject) "
            "WHERE l.state NOT IN ('done', 'gone') LIMIT 20"
        )

    def wait_for(self, statement: str, *values: Any, seconds: float = 120) -> list[tuple[Any, ...]]:
        """Waits until a question to the store has an answer."""
        until = time.monotonic() + seconds
        while not (found := self.rows(statement, *values)):
            assert time.monotonic() < until, (statement, self.open_rows())
            time.sleep(0.02)
        return found

    def count(self, condition: str) -> int:
        """How many links are so."""
        number: int = self.rows(f"SELECT count(*) FROM links WHERE {condition}")[0][0]
        return number

    def settle(self, seconds: float = 180) -> None:
        """Waits until nothing moves any more: a faster eye than `sync --until-idle`, for steps on the way."""
        until = time.monotonic() + seconds
        while found := self.rows("SELECT 1 FROM links WHERE due IS NOT NULL AND state IN ('due', 'waiting') LIMIT 1"):
            assert time.monotonic() < until, (found, self.open_rows())
            time.sleep(0.02)

    def state_of(self, key: str) -> tuple[str, str | None]:
        """(state, error) of the newest link that bears a key."""
        found = self.rows(
            "SELECT l.state, l.error FROM links l JOIN subjects s USING (subject) WHERE s.key = ? "
            "ORDER BY s.subject DESC LIMIT 1",
            key,
        )
        return found[0][0], found[0][1]

    def wait_state(self, key: str, state: str, seconds: float = 20) -> str | None:
        """Waits until the row of a key is in a state; returns its error."""
        until = time.monotonic() + seconds
        while (seen := self.state_of(key))[0] != state:
            assert time.monotonic() < until, (key, seen, self.open_rows())
            time.sleep(0.02)
        return seen[1]
