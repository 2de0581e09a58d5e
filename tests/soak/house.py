"""The house of a soak: its nodes as processes of their own, kept alive as a service manager would, and measured."""

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from tests.flows.house import HUAMING
from tests.flows.nodes.district import Node
from tests.servers.ports import free_ports
from tests.servers.stores import rows

Json = dict[str, Any]
NO_STORE = "cannot be used: connection failed"  # a node that is started while the database is away says so, and ends
LOOK = 5.0  # seconds between two looks at the memory


class House:
    """`servers` and `workers`; on SQLite one server that is both. `ended`: nodes that ended without being told to."""

    def __init__(self, folder: Path, url: str, systems: dict[str, Json], nodes: int) -> None:
        self.folder, self.url, self._systems = folder, url, systems
        self.sqlite = url.startswith("sqlite")
        kinds = [("serve",)] if self.sqlite else [("serve", "--no-worker")] * 2 + [("worker",)] * nodes
        self.nodes = [self._node(number, words) for number, words in enumerate(kinds)]
        self.servers = [node for node in self.nodes if node.words[0] == "serve"]
        self.workers = [node for node in self.nodes if node.words[0] == "worker"] or self.servers
        self.ended: list[str] = []
        self.kills = 0
        self.memory: dict[int, list[tuple[float, float]]] = {}  # by pid: seconds, MB
        self.gate = threading.RLock()  # who holds it may have a node down
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._keep_alive, name="keeper", daemon=True)

    def _node(self, number: int, words: tuple[str, ...]) -> Node:
        port = free_ports() if words[0] == "serve" else 0
        tables = {
            "server": {"host": "127.0.0.1", "port": port, "base_url": "http://127.0.0.1/scim/v2"},
            "store": {"url": self.url},
            "sweep": {"at": "off"},
        } | {f"systems.{name}": each for name, each in self._systems.items()}
        lines = []
        for name, table in tables.items():
            lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items()), ""]
        config = self.folder / f"node{number}.toml"
        config.write_text("\n".join(lines))
        return Node(config, words, self.folder / f"node{number}.log", port)

    def start(self) -> str:
        """Everything, ready; the secret of HR's token."""
        for node in self.servers:
            node.start()
        for node in self.servers:
            node.wait_ready()
        secret = self.run("token", "create", "--role", "hr", "--name", "hr").stdout.strip()
        for node in self.nodes:
            if node.process is None:
                node.start()
        self._watch.start()
        return secret

    def close(self) -> list[tuple[int, float]]:
        """SIGTERM to all; (exit code, seconds) of each."""
        self._over.set()
        self._watch.join()
        return [node.terminate(60) for node in self.nodes]

    def kill_all(self) -> None:
        """Whatever still runs."""
        self._over.set()
        for node in self.nodes:
            if node.process is not None and node.process.poll() is None:
                node.go_on()
            node.close()

    def kill(self, node: Node, environment: dict[str, str] | None = None) -> None:
        """kill -9, and a start."""
        with self.gate:
            self.kills += 1
            node.kill()
            node.environment = environment or {}
            node.start()

    def is_ready(self, node: Node) -> bool:
        """Whether a server answers that it is."""
        try:
            return httpx.get(f"{node.base}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def run(self, *words: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """The command line beside it."""
        command = [str(HUAMING), *words, "--config", str(self.nodes[0].config)]
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """The store, read from outside."""
        return rows(self.url, statement, *values)

    # -- the service manager

    def _keep_alive(self) -> None:
        looked = 0.0
        while not self._over.wait(0.5):
            with self.gate:
                for node in self.nodes:
                    if node.process is not None and node.process.poll() is not None:
                        last = node.said()[-1500:]
                        if NO_STORE not in last.splitlines()[-1]:
                            self.ended.append(f"{node.words} ended with {node.process.returncode}: {last}")
                        node.start()
            if time.monotonic() - looked > LOOK:
                looked = time.monotonic()
                self._measure()

    def _measure(self) -> None:
        for node in self.nodes:
            with contextlib.suppress(OSError, IndexError):
                status = Path(f"/proc/{node.pid}/status").read_text()
                megabytes = int(status.split("VmRSS:")[1].split()[0]) / 1024
                self.memory.setdefault(node.pid, []).append((time.monotonic(), megabytes))

    # -- what it said

    def tracebacks(self) -> list[str]:
        """The last line of each traceback in the logs, with what stands before it."""
        found = []
        for node in self.nodes:
            said = node.said() if node.log.exists() else ""
            for part in said.split("Traceback (most recent call last)")[1:]:
                lines = part[:6000].splitlines()
                end = next((line for line in lines[1:] if line and not line.startswith((" ", "\t"))), lines[-1])
                found.append(f"{node.log.name}: {end[:300]}")
        return found


def freeze(node: Node) -> int:
    """SIGSTOP; the pid."""
    pid = node.pid
    os.kill(pid, signal.SIGSTOP)
    return pid


def go_on(pid: int) -> None:
    """SIGCONT, where it still lives."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
