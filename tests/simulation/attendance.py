"""A client of the simulated attendance platform: every call signed by a package that knows nothing of us."""

import base64
import json
from typing import Any

import httpx
from hikvision_openapi_signer import HikvisionOpenAPISigner

from connectors.attendance.simulator.switches import Switches
from connectors.attendance.simulator.times import show
from connectors.attendance.simulator.vendor import Attendance
from connectors.simulation.running import Running
from tests.servers.plain import PLAIN
from tests.simulation.clock import Clock

JPEG = b"\xff\xd8\xff\xe0" + b"face" * 4000 + b"\xff\xd9"
ENCODED = base64.b64encode(JPEG).decode()
HOUR, DAY = 3600.0, 86400.0


class Platform:
    """The platform, running; `vendor` is its console, `ask` its interface."""

    def __init__(self, run: Any, clock: Clock, **switches: Any) -> None:
        self.clock = clock
        self.vendor = Attendance(clock, Switches(**switches))
        self.running: Running = run(self.vendor)
        self.wire = httpx.Client(base_url=self.running.url, trust_env=False, timeout=30, verify=PLAIN)

    def signer(self, secret: str | None = None, key: str | None = None) -> HikvisionOpenAPISigner:
        return HikvisionOpenAPISigner(self.running.url, key or self.vendor.app_key, secret or self.vendor.app_secret)

    def signed(self, path: str, body: Any, **headers: str) -> tuple[dict[str, str], bytes]:
        """Headers and bytes of a call, signed now."""
        stamp = {"X-Ca-Timestamp": str(int(self.clock() * 1000)), **headers}
        _, _, made, sent = self.signer().sign("POST", path, jsons=body, headers=stamp)
        return made, sent.encode()

    def send(self, path: str, headers: dict[str, str], content: bytes, method: str = "POST") -> dict[str, Any]:
        """The envelope of the answer to just these headers and bytes."""
        told = self.wire.request(method, f"/artemis{path}", headers=headers, content=content)
        assert told.status_code == 200
        found = told.json()
        assert set(found) == {"code", "msg", "data"}
        return found

    def call(self, path: str, body: Any, **headers: str) -> dict[str, Any]:
        """The envelope of a signed call."""
        return self.send(path, *self.signed(path, body, **headers))

    def ask(self, path: str, body: Any = None, **headers: str) -> Any:
        """The data of a call that succeeds."""
        told = self.call(path, {} if body is None else body, **headers)
        assert told["code"] == "0", told
        return told["data"]

    def code(self, path: str, body: Any, **headers: str) -> str:
        """The code of a call."""
        return self.call(path, body, **headers)["code"]

    def time(self, offset: float = 0.0) -> str:
        """Now and some seconds, as the platform writes it."""
        return show(self.clock() + offset)

    def accounts(self) -> dict[str, dict[str, Any]]:
        """GET /_sim/accounts, by personId."""
        return {row["id"]: row for row in self.wire.get("/_sim/accounts").json()["accounts"]}


ORG_ADD = "/api/resource/v1/org/batch/add"
ORG_LIST = "/api/resource/v1/org/orgList"
PERSON_ADD = "/api/resource/v2/person/single/add"
PERSONS_ADD = "/api/resource/v1/person/batch/add"
PERSON_UPDATE = "/api/resource/v1/person/single/update"
PERSON_DELETE = "/api/resource/v1/person/batch/delete"
PERSON_INFO = "/api/resource/v1/person/condition/personInfo"
PERSON_LIST = "/api/resource/v2/person/personList"


def person(name: str = "王小明", org: str = "root000000", **values: Any) -> dict[str, Any]:
    """The body of a person to add."""
    return {"personName": name, "orgIndexCode": org, **values}


def canonical(body: Any) -> bytes:
    return json.dumps(body).encode()


def furnished(run: Any, clock: Clock, **switches: Any) -> Platform:
    """教育局 with 办公室."""
    made = Platform(run, clock, **switches)
    rows = [("G1", "教育局", "root000000"), ("G1-1", "办公室", "G1")]
    named = ("orgIndexCode", "orgName", "parentIndexCode")
    made.ask(ORG_ADD, [dict(zip(named, row, strict=True)) for row in rows])
    return made


def find(platform: Platform, name: str, *values: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = platform.ask(PERSON_INFO, {"paramName": name, "paramValue": list(values)})["list"]
    return found
