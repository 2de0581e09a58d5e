"""Secrets: rotated while the house runs, and heard nowhere, whatever it writes, keeps, tells or starts (S15, S26)."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import ldap3
import pytest

from connectors.attendance.simulator.vendor import Attendance
from connectors.oa.simulator.switches import Switches
from connectors.oa.simulator.vendor import Oa
from connectors.simulation.running import Running
from connectors.wecom.simulator.corp import Corp
from connectors.wecom.simulator.vendor import WecomVendor
from tests.cli.line import done, inside
from tests.flows import client as say
from tests.flows.client import Hr
from tests.flows.conftest import Houses
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap
from tests.servers.stores import contents, store_url

SONG = "Kanarienvogel"  # no other text holds it
NAME, PHONE = "金丝雀", "1387770004"
STEPS = ("answered", "committed", "claimed", "called", "read back", "settled")
SPY = (
    "import os, sys; open(sys.argv[1], 'ab').write(sys.stdin.buffer.read() + repr(dict(os.environ)).encode() + b'\\n')"
)


class Listener:
    """Keeps the bodies that are posted to it, as they are."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        outer = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def collector() -> Iterator[Listener]:
    one = Listener()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def vendors() -> Iterator[dict[str, Running]]:
    """The three simulators, each with a secret that sings."""
    made = {
        "oa": Oa(Switches(password=f"{SONG}-oa")),
        "wecom": WecomVendor(Corp(secret=f"{SONG}-wecom")),
        "attendance": Attendance(time.time, app_secret=f"{SONG}-attendance"),
    }
    running = {name: Running(vendor, time.time) for name, vendor in made.items()}
    yield running
    for each in running.values():
        each.close()


class Office:
    """A house whose secrets lie in files and in its environment, and all places where they could be heard."""

    def __init__(self, houses: Houses, ldap: OpenLdap, vendors: dict[str, Running], collector: Listener) -> None:
        self.ldap, self.collector = ldap, collector
        self.house: Served = houses(
            ldap,
            initial_password="slip",
            bind_dn=ldap.ROOT_DN,
            bind_password=f"file:{self._file('bind', ldap.ROOT_PASSWORD, houses)}",
            lanes=1,
        )
        keys = {"oa": "password", "wecom": "secret", "attendance": "app_secret"}
        for name, key in keys.items():
            table = dict(vendors[name].vendor.config(vendors[name].url))
            self.house.environment[f"SECRET_{name}"] = str(table[key])
            self.house.further[f"systems.{name}"] = table | {
                key: f"env:SECRET_{name}",
                "mode": "enforce",
                "plain": True,
                "default_department": "D1",
            }
        self.alerted = self.house.folder / "alerted"
        self.secret("slip", f"{SONG}-slip-" + "9f" * 16)
        self.house.server = {"slip_key": f"file:{self.folder / 'slip'}"}
        self.house.further |= {
            "log": {"format": "json", "level": "debug"},
            "telemetry": {"otlp_endpoint": collector.url},
            "alerts": {"command": [sys.executable, "-c", SPY, str(self.alerted)], "breaker_minutes": 0.01},
        }
        self.house.start()
        self.hr = Hr(self.house.base, self.house.secret)

    def _file(self, name: str, value: str, houses: Houses) -> Path:
        self.folder = Path(houses.secrets)  # type: ignore[attr-defined]
        self.secret(name, value)
        return self.folder / name

    def secret(self, name: str, value: str) -> None:
        """A secret file is replaced, as who rotates it does."""
        (self.folder / f"{name}.new").write_text(value + "\n")
        (self.folder / f"{name}.new").rename(self.folder / name)

    def failing(self) -> bool:
        return bool(self.house.rows("SELECT 1 FROM systems WHERE name = 'ldap' AND failing_since IS NOT NULL"))

    def until(self, so: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not so():
            assert time.monotonic() < end, self.house.said()[-3000:]
            time.sleep(0.05)

    def said_by_the_alert(self) -> bytes:
        """What the program got on its stdin, and its environment."""
        return self.alerted.read_bytes() if self.alerted.exists() else b""

    def slip(self, person: str) -> str:
        return done(inside("slip", "show", "--system", "ldap", "--person", person, config=self.house.config)).strip()


@pytest.fixture
def office(
    houses: Houses, private_openldap: Any, vendors: dict[str, Running], collector: Listener, tmp_path: Path
) -> Iterator[Office]:
    houses.secrets = str(tmp_path / "secrets")  # type: ignore[attr-defined]
    Path(houses.secrets).mkdir()  # type: ignore[attr-defined]
    one = Office(houses, private_openldap(), vendors, collector)
    yield one
    one.hr.close()


def person(name: str, **more: Any) -> dict[str, Any]:
    phones = [{"value": f"{PHONE}{ord(name) % 10}", "type": "mobile"}]
    return say.user(name, phoneNumbers=phones, displayName=f"{NAME}{name}", **more)


def rotate_in_the_directory(ldap: OpenLdap, password: str) -> None:
    """The directory knows the new one alone, and has hung up on everybody."""
    configuring = ldap.bound("cn=config", ldap.ROOT_PASSWORD)
    configuring.search("cn=config", f"(olcSuffix={ldap.BASE_DN})")
    (database,) = [entry["dn"] for entry in configuring.response]
    assert configuring.modify(database, {"olcRootPW": [(ldap3.MODIFY_REPLACE, [password])]}), configuring.result
    configuring.unbind()
    ldap.ROOT_PASSWORD = password
    ldap.stop()
    ldap.start()


def test_secrets_are_rotated_while_the_house_runs_and_sing_nowhere(office: Office) -> None:
    house, hr = office.house, office.hr
    hr.office("教育局", "D1")
    answer = hr.http.post("/Users", json=person("a"), headers={"X-Request-Id": "push-1"})
    assert (answer.status_code, answer.headers["X-Request-Id"]) == (201, "push-1")
    house.settle()
    passwords = [office.slip("E-a")]
    rotate_in_the_directory(office.ldap, f"{SONG}-bind-2")
    office.secret("slip", f"{SONG}-slip2-" + "7c" * 16)
    hr.post("Users", person("b"))
    office.until(office.failing)
    assert house.count("state = 'parked'") == 0
    office.until(lambda: b"breaker" in office.said_by_the_alert())
    office.secret("bind", f"{SONG}-bind-2")
    office.until(lambda: not office.failing())
    house.settle()
    assert house.count("state NOT IN ('done')") == 0, house.open_rows()
    passwords.append(office.slip("E-b"))
    assert all(
        office.ldap.can_bind(f"uid={name},{office.ldap.people}", each)
        for name, each in zip("ab", passwords, strict=True)
    )
    hear(office, [house.secret, *passwords, SONG])


def hear(office: Office, secrets: list[str]) -> None:
    """Nothing of it is in what the house keeps; nothing of people's values in what it tells."""
    house = office.house
    wrong = office.hr.http.get("/Users", headers={"Authorization": f"Bearer {SONG}-token"})
    assert wrong.status_code == 401
    done(inside("backup", house.folder / "roster.backup", config=house.config))
    told = {
        "metrics": httpx.get(f"{house.base}/metrics").content,
        "audit": done(inside("report", "sync", "--format", "json", config=house.config)).encode(),
        "401": wrong.content,
        "alert": office.said_by_the_alert(),
        "processes": b"".join(each.read_bytes() for each in _descendants(house)),
        "config": house.config.read_bytes(),
    }
    assert house.terminate()[0] == 0
    told["log"], told["spans"] = house.log.read_bytes(), b"".join(office.collector.bodies)
    kept = {path.name: path.read_bytes() for path in house.folder.rglob("*") if path.is_file()}
    assert {"roster.backup", "server.log"} <= set(kept)
    kept["store"] = repr(contents(store_url(house.store))).encode()
    assert NAME.encode() in kept["store"]
    everywhere = told | kept
    assert [(place, each) for place, said in everywhere.items() for each in secrets if each.encode() in said] == []
    silent = ("metrics", "401", "alert", "processes", "log", "spans")
    values = [NAME, PHONE, json.dumps(NAME)[1:-1]]
    assert [(place, each) for place in silent for each in values if each.encode() in told[place]] == []
    assert all(told[place] for place in silent)
    _read_log(told["log"].decode())


def _descendants(house: Served) -> list[Path]:
    """What anybody may read of what the house has started: command lines, and of children their environment too."""
    assert house.process is not None
    own = Path(f"/proc/{house.process.pid}")
    children = (own / "task" / own.name / "children").read_text().split()
    return [own / "cmdline", *(Path(f"/proc/{each}/{name}") for each in children for name in ("cmdline", "environ"))]


def _read_log(text: str) -> None:
    """Every line is JSON; the push is found at each of its steps."""
    lines = [json.loads(line) for line in text.splitlines()]
    mine = [line["event"] for line in lines if line.get("request") == "push-1"]
    assert set(STEPS) <= set(mine)
    assert [line for line in lines if line["level"] == "error"] == []
