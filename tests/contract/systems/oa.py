"""The contract suite on the simulated OA, with the points that its papers leave open in both positions."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from connectors.base import Connector
from connectors.oa.config import OaConfig
from connectors.oa.connector import OaConnector
from connectors.oa.simulator.answers import Refusal
from connectors.oa.simulator.switches import Switches
from connectors.oa.simulator.vendor import Oa
from connectors.simulation.running import Running
from mappings.model import Presence
from tests.contract.target import Seen, Target
from tests.servers.plain import PLAIN

POST = LEVEL = "科员"
READS = ("rest/orgMembers", "rest/orgMember/", "rest/orgDepartment/")
WRITES = ("rest/orgMember", "rest/orgDepartment", "rest/orgPartTimeJob")


class OaTarget(Target):
    """A simulator in a thread, looked at with requests of the test's own. `settings` are those of OaConfig."""

    login = "loginName"
    text = "emailaddress"
    name = "name"
    group_text = "name"

    def __init__(self, running: Running, **settings: Any) -> None:
        self.running = running
        self.office: Oa = running.vendor  # type: ignore[assignment]
        self.switches = self.office.switches
        told = {name: value for name, value in self.office.config(running.url).items() if name != "kind"}
        self.settings: dict[str, Any] = told | {"page_size": self.page_size} | settings
        self._hall: int | None = None
        (self.unit,) = (each["id"] for each in self.read("orgAccounts"))
        self.settings |= {"unit_kinds": ["gov"]}

    def person(self, number: int, login: str) -> dict[str, tuple[str, ...]]:
        named = {"loginName": login, "name": f"王{number}", "code": f"E{number}", "post": POST, "level": LEVEL}
        return {name: (text,) for name, text in named.items()}

    def group(self, number: int) -> dict[str, tuple[str, ...]]:
        return {"code": (f"D{number}",), "name": (f"第{number}科",), "kind": ("department",)}

    def connector(self) -> OaConnector:
        return self.oa()

    def oa(self, **changes: Any) -> OaConnector:
        """A connector with other settings."""
        config = OaConfig(**self.settings | changes)
        return OaConnector("target", config, time.monotonic, lambda: datetime.now(UTC))

    def read(self, path: str, **query: Any) -> Any:
        """What the OA answers, asked without a connector."""
        answer = self._asked("GET", path, params=query)
        return answer.json() if answer.content else None

    def rewritten(self, job: dict[str, Any]) -> dict[str, Any]:
        """A part-time job after somebody has changed it by hand: as the OA does it, under a new id."""
        kept = {name: job[name] for name in ("id", "cMemberId", "cAccountId", "cDeptId", "cPostId", "cLevelId")}
        self._asked("PUT", "orgPartTimeJob", json=kept | {"sortId": 7})
        (now,) = self.read("orgPartTimeJob/list")
        return dict(now)

    def _asked(self, method: str, path: str, **more: Any) -> httpx.Response:
        base = f"{self.running.url}/seeyon/rest"
        with httpx.Client(trust_env=False, verify=PLAIN) as client:
            said = client.post(f"{base}/token", json={"userName": "rest", "password": self.switches.password})
            token = said.json()["id"] if said.text.startswith("{") else said.text.strip('"')
            return client.request(method, f"{base}/{path}", headers={"token": token}, **more)

    def members(self) -> list[dict[str, Any]]:
        """Everybody but the account that letters are sent by, as the OA shows them to its administrator."""
        logins = [each["login"] for each in self.office.accounts()]
        found = [self.office.member(each) for each in logins if each != self.switches.sender]
        return [each for each in found if each is not None]

    def departments(self) -> dict[int, dict[str, Any]]:
        """Departments by id."""
        first = self.switches.page_origin
        shown = self.read(f"orgDepartments/all/{self.unit}", pageNo=first, pageSize=1000) or []
        return {each["id"]: each for each in shown if each["id"] != self._hall}

    def people(self) -> dict[str, Seen]:
        return {f"{each['code'] or '(' + each['loginName'] + ')'}": self._seen(each) for each in self.members()}

    def groups(self) -> dict[str, Any]:
        return {
            each["code"]: {"code": (each["code"],), "name": (each["name"],)} for each in self.departments().values()
        }

    def put(self, key: str | None, login: str) -> None:
        if self._hall is None:
            self._hall = self.office.put_department("大厅", code="hall")
        try:
            self.office.put_member("手工", login, self._hall, code=key or "")
        except Refusal:  # a code is unique in its unit only
            elsewhere = self.office.put_unit("另一单位", "another")
            self.office.put_member("手工", login, self.office.put_department("窗口", unit=elsewhere), code=key or "")

    def delete(self, key: str) -> None:
        (found,) = [each for each in self.members() if each["code"] == key]
        self.office.delete_member(found["id"])

    def protect(self, key: str) -> Connector:
        return self.oa(protected=[key])

    def unreachable(self) -> Connector:
        return self.oa(url="http://127.0.0.1:1/seeyon/rest")

    @contextmanager
    def place_gone(self) -> Iterator[Connector]:
        yield self.oa(unit="没有这个单位")

    @contextmanager
    def lossy(self) -> Iterator[Connector]:
        connector = self.oa()
        connector.observe_all(None)  # what is lost is the answer to a write
        harmless = [{"match": path, "delay_s": 0} for path in READS]
        self.running.faults([*harmless, *({"match": path, "times": 1, "lost": True} for path in WRITES)])
        yield connector
        self.running.faults([])
        connector.close()

    def _seen(self, member: dict[str, Any]) -> Seen:
        texts = {name: member[name] for name in ("loginName", "name", "code")}
        texts |= {name: member["properties"][name] for name in ("telnumber", "emailaddress")}
        for name, path, id in (("post", "orgPosts", "orgPostId"), ("level", "orgLevels", "orgLevelId")):
            texts[name] = self._names(f"{path}/{member['orgAccountId']}")[member[id]]
        second = (each["deptId"] if "deptId" in each else each["depId"] for each in member["second_post"])
        jobs = (each for each in self.read("orgPartTimeJob/list") or [] if each["cMemberId"] == member["id"])
        further = [*second, *(each["cDeptId"] for each in jobs)]
        return Seen(
            Presence.ACTIVE if member["enabled"] else Presence.LOCKED,
            {name: (text,) for name, text in texts.items() if text},
            frozenset(self.office.department(each)["code"] for each in further),
            self.office.department(member["orgDepartmentId"])["code"],
        )

    def _names(self, path: str) -> dict[int, str]:
        return {each["id"]: each["name"] for each in self.read(path)}


def _oa(switches: dict[str, Any], **settings: Any) -> Callable[[pytest.FixtureRequest], Target]:
    def make(request: pytest.FixtureRequest) -> Target:
        running = Running(Oa(Switches(**switches)), time.time)
        request.addfinalizer(running.close)
        return OaTarget(running, **settings)

    return make


TARGETS: dict[str, Callable[[pytest.FixtureRequest], Target]] = {
    "oa-pages-from-1-401-put-replaces": _oa({}),
    "oa-pages-from-0-1010-put-merges": _oa(
        {
            "page_origin": 0,
            "expired": "1010",
            "bad_login": "-1",
            "token_as_text": True,
            "absent": "list",
            "absent_write": "null",
            "sentences": True,
            "put_merges": True,
            "second_post_key": "depId",
            "job_failure": "",
        }
    ),
}
