"""The contract suite on the simulated attendance platform: with doors' rights left to the console, and its switches."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hikvision_openapi_signer import HikvisionOpenAPISigner

from connectors.attendance import api
from connectors.attendance.config import AttendanceConfig
from connectors.attendance.connector import AttendanceConnector
from connectors.attendance.simulator.switches import Switches
from connectors.attendance.simulator.vendor import Attendance
from connectors.base import Connector
from connectors.simulation.running import Running
from mappings.model import (
    AccountState,
    Action,
    Done,
    Kind,
    Memberships,
    Operation,
    Outcome,
    Pending,
    Presence,
    Ref,
)
from tests.contract.target import Seen, Taken, Target, operation, ref
from tests.servers.canned_http import Asked, CannedHttp, json_answer

ROOT = "root000000"


class AttendanceTarget(Target):
    """The simulator, looked at through its own records and its console."""

    login = None
    text = None
    name = "personName"
    group_text = "orgName"
    keyed = True
    texts = ("局长", "𠮷野家𪚥", "买买提·吐尔逊", "长" * 32, "e\u0301 é", "#x = y + z", "(uid=)")

    def __init__(self, running: Running, vendor: Attendance, **settings: Any) -> None:
        self.running = running
        self.vendor = vendor
        self.settings = {"page_size": self.page_size, "doors": ""} | settings

    def person(self, number: int, login: str) -> dict[str, tuple[str, ...]]:
        return {"personName": (f"王{number}",), "jobNo": (f"E{number}",)}

    def group(self, number: int) -> dict[str, tuple[str, ...]]:
        return {"orgName": (f"第{number}科",), "parent": ()}

    def connector(self) -> AttendanceConnector:
        return self.artemis()

    def artemis(self, **changes: Any) -> AttendanceConnector:
        """A connector with other settings."""
        table = self.vendor.config(self.running.url) | self.settings | changes
        return connector({name: value for name, value in table.items() if name != "kind"})

    def people(self) -> dict[str, Seen]:
        return {
            each["key"]: Seen(
                Presence.ACTIVE,
                {"personName": (each["name"],), "jobNo": (each["key"],)},
                home=self._org(each["id"]),
            )
            for each in self.vendor.accounts()
        }

    def groups(self) -> dict[str, Mapping[str, tuple[str, ...]]]:
        rows = ask(self.vendor, self.running, "/api/resource/v1/org/orgList", {"pageNo": 1, "pageSize": 1000})["list"]
        return {each["orgIndexCode"]: {"orgName": (each["orgName"],)} for each in rows if each["orgIndexCode"] != ROOT}

    def put(self, key: str | None, login: str) -> None:
        number = key or login
        if any(each["key"] == number for each in self.vendor.accounts()):
            raise Taken(number)
        self.vendor.put_person(f"by-hand-{login}", "手工", ROOT, jobNo=number)

    def delete(self, key: str) -> None:
        (person,) = (each["id"] for each in self.vendor.accounts() if each["key"] == key)
        self.vendor.delete_person(person)

    def protect(self, key: str) -> Connector:
        return self.artemis(protected=[key])

    def unreachable(self) -> Connector:
        return self.artemis(url="http://127.0.0.1:1/artemis")

    @contextmanager
    def place_gone(self) -> Iterator[Connector]:
        yield self.artemis(root_org="nowhere")

    @contextmanager
    def lossy(self) -> Iterator[Connector]:
        self.running.faults([{"match": "person/single/add", "times": 1, "lost": True}])
        made = self.connector()
        yield made
        made.close()

    def _org(self, person: str) -> str | None:
        fields = self.vendor.person(person)
        org = fields["orgIndexCode"] if fields else ROOT
        return None if org == ROOT else org


def connector(table: dict[str, Any], clock: Callable[[], float] = time.time) -> AttendanceConnector:
    """A connector; `clock` tells the time of day in epoch seconds."""
    config = AttendanceConfig.model_validate(table)
    return AttendanceConnector("target", config, time.monotonic, lambda: datetime.fromtimestamp(clock(), UTC))


def ask(vendor: Attendance, running: Running, path: str, body: dict[str, Any], at: float | None = None) -> Any:
    """One question to the gateway, signed by somebody else's hand; `at` what his clock says."""
    table = vendor.config(running.url)
    signer = HikvisionOpenAPISigner(running.url, str(table["app_key"]), str(table["app_secret"]))
    stamp = {"X-Ca-Timestamp": str(int((at or time.time()) * 1000))}
    method, url, headers, content = signer.sign("POST", path, jsons=body, headers=stamp)
    told = httpx.request(method, url, headers=headers, content=content, trust_env=False).json()
    assert told["code"] == "0", told
    return told["data"]


class Clock:
    """A time of day that a test sets: the platform and the connector live by it. Starts at 2026-03-02 09:00 +08:00."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 1, tzinfo=UTC).timestamp()

    def __call__(self) -> float:
        return self.at


class Site:
    """A platform with doors and a department, its clock, and a connector that manages the rights there."""

    def __init__(
        self, switches: Switches | None = None, vendor: type[Attendance] = Attendance, **settings: Any
    ) -> None:
        self.clock = Clock()
        self.vendor = vendor(self.clock, switches or Switches())
        self.running = Running(self.vendor, self.clock)
        self.settings = settings
        self.connector = self.artemis()
        self.vendor.put_org("D01", "办公室")
        self.vendor.put_org("D02", "人事科")

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, *_: object) -> None:
        self.connector.close()
        self.running.close()

    def artemis(self, **changes: Any) -> AttendanceConnector:
        """A connector with other settings."""
        table = self.vendor.config(self.running.url) | self.settings | changes
        return connector({name: value for name, value in table.items() if name != "kind"}, self.clock)

    def create(self, number: int, incarnation: int = 1, org: str = "D01") -> AccountState:
        """A person, read back."""
        outcome = self.apply(number, Action.CREATE, wanted(number, org), incarnation=incarnation, org=org)
        assert outcome == Done(), outcome
        return self.see(number)

    def see(self, number: int) -> AccountState:
        """The account, which must be there."""
        seen = self.connector.observe(ref(number))
        assert seen is not None
        return seen

    def apply(
        self,
        number: int,
        action: Action,
        after: AccountState | None,
        *,
        private: str | None = None,
        incarnation: int = 1,
        org: str | None = None,
    ) -> Outcome:
        """One operation, as the engine orders it."""
        subject = replace(ref(number), private=private, incarnation=incarnation)
        home = Ref(f"s-{org}", Kind.GROUP, org, org) if org else None
        return self.connector.apply(operation(action, subject, None, after, home))

    def drive(
        self, number: int, action: Action, after: AccountState | None = None, private: str | None = None
    ) -> list[Outcome]:
        """The same operation, again and again, while the platform is at it; time passes as it was asked for."""
        outcomes: list[Outcome] = []
        while len(outcomes) < 20:
            outcomes.append(self.apply(number, action, after, private=private))
            last = outcomes[-1]
            if not isinstance(last, Pending) or last.after >= 600:  # done, failed, or waiting for people
                return outcomes
            private = last.private or private
            self.clock.at += last.after
        raise AssertionError(f"no end: {outcomes}")

    def ask(self, path: str, body: dict[str, Any]) -> Any:
        """What somebody else does with the platform's interface."""
        return ask(self.vendor, self.running, path, body, self.clock())

    def grant(self, number: int, private: str | None = None) -> list[Outcome]:
        """Rights for a person."""
        order = AccountState(f"E{number}", Presence.ACTIVE, {"rights": ("granted",)})
        return self.drive(number, Action.UPDATE, order, private)

    def asked(self, *paths: str) -> list[str]:
        """The calls of these paths that changed something, in their order, by their last two words."""
        told = (each["path"] for each in self.running.requests())
        return ["/".join(each.split("/")[-2:]) for each in told if any(path in each for path in paths)]


def wanted(number: int, org: str = "D01") -> AccountState:
    """What a person is to be."""
    attributes = {"personName": (f"王{number}",), "jobNo": (f"E{number}",), "rights": ("granted",)}
    return AccountState(f"E{number}", Presence.ACTIVE, attributes, Memberships(org))


PERSON = Ref("s1", Kind.PERSON, "E1", incarnation=1)
HOME = Ref("s-D01", Kind.GROUP, "D01", "D01")


def told(data: Any = None, code: Any = "0", msg: str = "success") -> bytes:
    return json_answer({"code": code, "msg": msg, "data": data})


def page(*rows: Any, total: Any = None) -> bytes:
    return told({"total": len(rows) if total is None else total, "pageNo": 1, "pageSize": 500, "list": list(rows)})


class Platform:
    """Answers by path; everything else as a well platform with one department and nobody in it would."""

    def __init__(self, **table: Any) -> None:
        self.answers: dict[str, bytes | Callable[[Asked], bytes]] = {
            api.ROOT_ORG: told({"orgIndexCode": "root000000"}),
            api.ORG_INFO: page({"orgIndexCode": "D01", "orgName": "办公室", "parentOrgIndexCode": "root000000"}),
            api.PERSON_INFO: page(),
            api.PERSON_LIST: page(),
        }
        self.server = CannedHttp(self._answer)
        self.table = {"app_key": "29000001", "app_secret": "testsecret", **table}

    def __enter__(self) -> "Platform":
        self.server.__enter__()
        self.connector: AttendanceConnector = connector({"url": f"{self.server.url}/artemis", **self.table})
        return self

    def __exit__(self, *_: object) -> None:
        self.connector.close()
        self.server.__exit__()

    def _answer(self, asked: Asked) -> bytes:
        answer = self.answers.get(asked.path.removeprefix("/artemis"), told())
        return answer if isinstance(answer, bytes) else answer(asked)

    def paths(self) -> list[str]:
        return [each.path.removeprefix("/artemis") for each in self.server.asked]

    def create(self) -> Outcome:
        return self.connector.apply(Operation("a", Action.CREATE, PERSON, None, wanted(1), None, HOME, "op"))

    def remove(self) -> Outcome:
        return self.connector.apply(Operation("a", Action.REMOVE, PERSON, None, None, None, None, "op"))


def _simulated(**switches: Any) -> Callable[[pytest.FixtureRequest], Target]:
    def make(request: pytest.FixtureRequest) -> Target:
        vendor = Attendance(time.time, replace(Switches(), **switches))
        running = Running(vendor, time.time)
        request.addfinalizer(running.close)
        return AttendanceTarget(running, vendor)

    return make


TARGETS: dict[str, Callable[[pytest.FixtureRequest], Target]] = {
    "attendance": _simulated(),
    "attendance-replaces": _simulated(update_merges=False, org_code_burnt=True),
}
