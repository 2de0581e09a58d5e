"""A district on several nodes: one PostgreSQL, servers and workers that are processes of their own."""

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.cli.line import inside
from tests.flows.house import HUAMING
from tests.servers.plain import PLAIN
from tests.servers.ports import free_ports

HUGE = {"floor": 1000000, "share": 1.0, "department_floor": 1000000, "department_share": 1.0}

Row = tuple[Any, ...]


@dataclass
class Node:
    """One process of a district."""

    config: Path
    words: tuple[str, ...]
    log: Path
    port: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [str(HUAMING), *self.words, "--config", str(self.config)]
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
                time.sleep(0.05)

    def wait_said(self, sentence: str, seconds: float = 120.0, times: int = 1) -> None:
        """Until the log has it so often."""
        until = time.monotonic() + seconds
        while self.said().count(sentence) < times:
            assert self.process is not None
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, (sentence, self.said())
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def terminate(self, within: float = 60.0) -> tuple[int, float]:
        """SIGTERM; (exit code, seconds until the end)."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within), time.monotonic() - began

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()


@dataclass
class District:
    """`serve` and `work` start nodes; `rows` looks at the store from outside."""

    folder: Path
    url: str
    systems: dict[str, dict[str, Any]]
    nodes: list[Node] = field(default_factory=list)
    secret: str = ""

    def serve(self, *options: str, **systems: dict[str, Any]) -> Node:
        """A server without a worker, ready."""
        node = self._node(("serve", *(options or ("--no-worker",))), free_ports(), systems, {})
        node.start()
        node.wait_ready()
        if not self.secret:
            self.secret = self.command(node, "token", "create", "--role", "hr", "--name", "hr").strip()
        return node

    def work(self, environment: dict[str, str] | None = None, **systems: dict[str, Any]) -> Node:
        """A worker, started. `systems`: keys of its own, such as another way to the same directory."""
        node = self._node(("worker",), 0, systems, environment or {})
        node.start()
        return node

    def command(self, node: Node, *words: str) -> str:
        """What the command line says, with a node's configuration."""
        done = self.run(node, *words)
        assert done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout

    def run(self, node: Node, *words: str) -> subprocess.CompletedProcess[str]:
        return inside(*words, "--config", node.config)

    def _node(
        self, words: tuple[str, ...], port: int, systems: dict[str, dict[str, Any]], environment: dict[str, str]
    ) -> Node:
        number = len(self.nodes)
        config = self.folder / f"node{number}.toml"
        config.write_text(self._toml(port, systems))
        node = Node(config, words, self.folder / f"node{number}.log", port, environment)
        self.nodes.append(node)
        return node

    def _toml(self, port: int, systems: dict[str, dict[str, Any]]) -> str:
        server = {"host": "127.0.0.1", "port": port, "base_url": "http://127.0.0.1/scim/v2"}
        tables: dict[str, dict[str, Any]] = {"server": server, "store": {"url": self.url}, "guard": HUGE}
        tables["sweep"] = {"at": "off"}  # whatever time of day the tests run at
        tables |= {f"systems.{name}": each | systems.get(name, {}) for name, each in self.systems.items()}
        lines = []
        for name, table in tables.items():
            lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items()), ""]
        return "\n".join(lines)

    def close(self) -> None:
        for node in self.nodes:
            node.close()

    # -- the store, looked at from outside

    def rows(self, statement: str, **values: Any) -> list[Row]:
        """Rows of the store, read by psycopg alone; %(name)s in the statement."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def wait_for(self, statement: str, seconds: float = 180.0, **values: Any) -> list[Row]:
        """Until a question to the store has an answer."""
        until = time.monotonic() + seconds
        with psycopg.connect(self.url, autocommit=True) as connection:
            while not (found := connection.execute(statement, values).fetchall()):
                assert time.monotonic() < until, (statement, self.open_rows(), self.last_words())
                time.sleep(0.03)
        return found

    def settle(self, seconds: float = 200.0) -> None:
        """Until nothing moves by itself any more."""
        self.wait_for(
            "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM links WHERE due IS NOT NULL AND state IN ('due', 'waiting'))",
            seconds,
        )

    def open_rows(self) -> list[Row]:
        """What is neither done nor gone."""
        return self.rows(
            "SELECT s.key, l.state, l.attempts, l.owner, l.lease_until - extract(epoch FROM now())::float8, l.error "
            "FROM links l JOIN subjects s USING (subject) WHERE l.state NOT IN ('done', 'gone') LIMIT 10"
        )

    def last_words(self) -> list[str]:
        return [node.said()[-600:] for node in self.nodes]
