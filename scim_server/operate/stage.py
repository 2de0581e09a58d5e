"""The stage of the demonstration: a private OpenLDAP, three simulated systems and a served house, in a folder."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from scim_server.settings import load
from scim_server.systems import SIMULATORS

SCRIPT = Path(__file__).parents[2] / "deploy" / "openldap" / "openldap.sh"
HUAMING = (sys.executable, "-m", "scim_server")
READY = 20.0  # seconds for the server to answer
PORTS = range(30_000, 32_768, 2)  # below those that the machine gives to outgoing connections


class NoDemo(OSError):
    """The demonstration cannot run here. The message says what to install."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The private directory, the simulated systems, the served house, and the way into all of them.

    `simulators`: the URL of each by kind. `pids`: every process that was started.
    """

    folder: Path
    directory: Mapping[str, str]
    url: str
    token: str
    simulators: Mapping[str, str] = field(default_factory=dict)
    pids: Sequence[int] = ()

    @property
    def config(self) -> Path:
        """The house's configuration."""
        return self.folder / "huaming.toml"

    @property
    def secret(self) -> Path:
        """The file with the service account's password."""
        return self.folder / "bind.secret"


def demand() -> None:
    """Raises NoDemo where the demonstration cannot run."""
    if not SCRIPT.exists():
        raise NoDemo("the demonstration runs from a checkout of the project: deploy/openldap/openldap.sh is missing")
    paths = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
    missing = [name for name in ("slapd", "ldapsearch", "openssl") if shutil.which(name, path=paths) is None]
    if missing:
        line = "apt-get install --no-install-recommends slapd slapd-contrib ldap-utils openssl"
        raise NoDemo(f"{', '.join(missing)} not found; as root: {line}")


def set_up(folder: Path, stack: ExitStack) -> Scene:
    """Starts the directory, the simulators and the server; `stack` ends them."""
    directory = _directory(stack)
    played = {kind: _simulator(kind, folder, stack) for kind in SIMULATORS}
    (folder / "bind.secret").touch(mode=0o600)
    (folder / "bind.secret").write_text(directory["BIND_PASSWORD"], encoding="utf-8")
    (folder / "huaming.toml").write_text(
        _toml(folder, directory, [url for url, _ in played.values()]), encoding="utf-8"
    )
    server = _server(folder, stack)
    url = _url(folder, server)
    made = huaming(folder, "token", "create", "--role", "hr", "--name", "人事系统")
    pids = (server.pid, *(pid for _, pid in played.values()), int(directory["PID"]))
    return Scene(folder, directory, url, made.strip(), {kind: at for kind, (at, _) in played.items()}, pids)


def huaming(folder: Path, *words: str) -> str:
    """Runs one command on the scene's configuration; returns what it printed."""
    done = subprocess.run(
        [*HUAMING, *words, "--config", str(folder / "huaming.toml")], capture_output=True, text=True, check=True
    )
    return done.stdout


def _directory(stack: ExitStack) -> dict[str, str]:
    """In a place of its own: slapd takes neither blanks nor much length in its paths."""
    folder = Path(mkdtemp(prefix="huaming-ldap-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    started = subprocess.run(
        ["bash", str(SCRIPT), "start", str(folder), str(_free_ports())], capture_output=True, text=True, check=False
    )
    if started.returncode != 0:
        raise NoDemo(f"slapd did not start: {started.stderr.strip()}")
    stack.callback(subprocess.run, ["bash", str(SCRIPT), "stop", str(folder)], check=False)
    return dict(line.split("=", 1) for line in started.stdout.splitlines() if "=" in line)


def _simulator(kind: str, folder: Path, stack: ExitStack) -> tuple[str, int]:
    """Its URL and its process."""
    port = _free_ports()
    simulator = _start(["simulator", kind, "--port", str(port)], folder / f"{kind}.log", stack)
    url = f"http://127.0.0.1:{port}"
    _answering(f"{url}/_sim/config", simulator, folder / f"{kind}.log")
    return url, simulator.pid


def _server(folder: Path, stack: ExitStack) -> "subprocess.Popen[bytes]":
    return _start(["serve", "--config", str(folder / "huaming.toml")], folder / "server.log", stack)


def _start(words: Sequence[str], log: Path, stack: ExitStack) -> "subprocess.Popen[bytes]":
    with log.open("ab") as said:
        started = subprocess.Popen(
            [*HUAMING, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a process that is kept must not hold the terminal's pipe
            stderr=said,
            start_new_session=True,
        )
    stack.callback(started.wait, 15)
    stack.callback(started.terminate)
    return started


def _toml(folder: Path, directory: Mapping[str, str], simulators: Sequence[str]) -> str:
    own = (
        f'[server]\nport = {_free_ports()}\n\n[store]\nurl = "sqlite:///{folder.resolve()}/huaming.db"\n\n'
        f'[systems.ldap]\nurl = "{directory["LDAPS_URL"]}"\nca_file = "{directory["CA_FILE"]}"\n'
        f'bind_dn = "{directory["BIND_DN"]}"\nbind_password = "file:{folder.resolve()}/bind.secret"\n'
        f'base_dn = "{directory["BASE_DN"]}"\n'
    )
    return own + "".join(map(_table, simulators))


def _table(simulator: str) -> str:
    """The table that links to a simulator, as it tells it itself."""
    with urllib.request.urlopen(f"{simulator}/_sim/config", timeout=5) as answer:  # noqa: S310 - our own simulator
        table = json.load(answer)
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items() if key != "kind"]
    return "\n".join([f"\n[systems.{table['kind']}]", *lines, ""])


def _free_ports() -> int:
    """A free port whose next one is free too; an outgoing connection never takes either before it is listened on."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def _url(folder: Path, server: "subprocess.Popen[bytes]") -> str:
    base = load(folder / "huaming.toml").base_url
    _answering(base.replace("/scim/v2", "/readyz"), server, folder / "server.log")
    return base


def _answering(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(int(READY / 0.1)):
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own server
                return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise NoDemo(f"a process did not start; see {log}")
