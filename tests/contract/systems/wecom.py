"""The contract suite on the simulated WeCom: of today, as addresses listed since 2022 see it, and of old."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from connectors.base import Connector
from connectors.simulation.running import Running
from connectors.wecom.config import WecomConfig
from connectors.wecom.connector import WecomConnector
from connectors.wecom.simulator.corp import Corp
from connectors.wecom.simulator.vendor import WecomVendor
from mappings.model import Operation, Outcome, Presence
from tests.contract.target import TEXTS, Seen, Taken, Target
from tests.servers.plain import PLAIN

LISTS_CLOSED = {"denied": frozenset({"user/list", "user/simplelist", "department/list"})}
SINCE_2022 = {"denied": LISTS_CLOSED["denied"] | {"user/get", "department/get"}}  # what contacts sync may not call
OLD = {
    "absent": frozenset({"user/list_id", "department/simplelist", "department/get", "security/member_oper_log/list"}),
    "absent_fields": frozenset({"main_department", "direct_leader"}),
}


class WecomTarget(Target):
    """A simulator in a thread, looked at from behind. `settings` are those of WecomConfig."""

    login = None
    text = "position"
    name = "name"
    group_text = "name"
    texts = tuple(each[:128] for each in TEXTS)
    keyed = True
    reuses_ids = True

    def __init__(self, running: Running, corp: Corp, **settings: Any) -> None:
        self.running = running
        self.corp = corp
        self.vendor: WecomVendor = running.vendor  # type: ignore[assignment]
        told = {name: value for name, value in self.vendor.config(running.url).items() if name != "kind"}
        self.settings: dict[str, Any] = told | {"page_size": self.page_size} | settings
        self._keys: dict[int, str] = {}

    def person(self, number: int, login: str) -> dict[str, tuple[str, ...]]:
        return {"userid": (f"E{number}",), "name": (f"王{number}",), "mobile": (f"138{number:08d}",)}

    def group(self, number: int) -> dict[str, tuple[str, ...]]:
        return {"name": (f"第{number}科",), "parentid": (str(self.corp.root_id),)}

    def bodies(self, verb: str) -> list[dict[str, Any]]:
        """What was sent to a call."""
        sent = (each["body"] for each in self.running.requests() if each["path"].endswith(verb))
        return [json.loads(each) if isinstance(each, str) else each for each in sent]

    def connector(self) -> "Noting":
        return self.wecom()

    def wecom(self, **changes: Any) -> "Noting":
        """A connector with other settings."""
        return Noting(self, WecomConfig(**self.settings | changes))

    def note(self) -> None:
        """Which department is whose: WeCom keeps no code of ours, and a name may change."""
        for each in self.vendor.departments().values():
            number = re.fullmatch(r"第(\d+)科", each.name)
            self._keys.setdefault(each.id, f"D{number[1]}" if number else each.name)

    def people(self) -> dict[str, Seen]:
        self.note()
        return {each.userid: self._seen(each) for each in self.vendor.members()}

    def groups(self) -> dict[str, Any]:
        self.note()
        return {
            self._keys[each.id]: {"name": (each.name,), "parentid": (str(each.parent),)}
            for each in self.vendor.departments().values()
        }

    def put(self, key: str | None, login: str) -> None:
        told = {"userid": key or login, "name": "手工", "department": [self.corp.root_id], "email": f"{login}@x.cn"}
        if self.call("user/create", **told)["errcode"] == 60102:
            raise Taken(key)

    def delete(self, key: str) -> None:
        self.vendor.delete_member(key)

    def protect(self, key: str) -> Connector:
        return self.wecom(protected=[key])

    def unreachable(self) -> Connector:
        return self.wecom(url="http://127.0.0.1:1")

    @contextmanager
    def place_gone(self) -> Iterator[Connector]:
        self.running.faults([{"match": f"cgi-bin/{each}/", "code": 48002} for each in ("user", "department")])
        yield self.wecom()
        self.running.faults([])

    @contextmanager
    def lossy(self) -> Iterator[Connector]:
        self.running.faults([{"match": "user/create", "times": 1, "lost": True}])
        yield self.wecom()
        self.running.faults([])

    def call(self, verb: str, **body: Any) -> dict[str, Any]:
        """One call of the interface, made without a connector."""
        with httpx.Client(trust_env=False, verify=PLAIN, base_url=f"{self.running.url}/cgi-bin/") as client:
            query = {"corpid": self.corp.corp_id, "corpsecret": self.corp.secret}
            token = client.get("gettoken", params=query).json()["access_token"]
            answer: dict[str, Any] = client.post(verb, params={"access_token": token}, json=body).json()
            return answer

    def _seen(self, member: Any) -> Seen:
        further = {each: member.fields.get(each, "") for each in ("position", "mobile", "email")}
        texts = {"userid": member.userid, "name": member.name, **further}
        places = [self._keys.get(each, "root") for each in member.department]
        knows_main = "main_department" not in self.corp.absent_fields
        home = self._keys.get(member.main if knows_main else member.department[0], "root")
        return Seen(
            Presence.ACTIVE if member.enabled and not member.left else Presence.LOCKED,
            {name: (text,) for name, text in texts.items() if text},
            frozenset(places) - {home},
            home,
        )


class Noting(WecomConnector):
    """The connector; the target looks what became of it after each operation."""

    def __init__(self, target: WecomTarget, config: WecomConfig) -> None:
        super().__init__("target", config, time.monotonic, lambda: datetime.now(UTC))
        self.target = target

    def apply(self, operation: Operation) -> Outcome:
        outcome = super().apply(operation)
        self.target.note()
        return outcome


def wecom(switches: dict[str, Any], **settings: Any) -> Callable[[pytest.FixtureRequest], WecomTarget]:
    """A corp that is set up like that, and a connector to it with those settings."""

    def make(request: pytest.FixtureRequest) -> WecomTarget:
        corp = Corp(**switches)
        running = Running(WecomVendor(corp), time.time)
        request.addfinalizer(running.close)
        return WecomTarget(running, corp, **settings)

    return make


TARGETS: dict[str, Callable[[pytest.FixtureRequest], Target]] = {
    "wecom": wecom({}),
    "wecom-since-2022": wecom(SINCE_2022),
    "wecom-old": wecom(OLD, main_department=False, direct_leader=False, activity_secret=None),
}
