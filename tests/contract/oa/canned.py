"""A small server that speaks to the OA's connector and says whatever a test wants."""

import json
import time
from datetime import UTC, datetime
from typing import Any

from connectors.oa.config import OaConfig
from connectors.oa.connector import OaConnector
from connectors.simulation.running import Running
from connectors.simulation.vendor import Asked, Told
from mappings.model import AccountState, Action, Kind, Operation, Presence, Ref
from tests.contract.target import operation

UNIT, OFFICE, POST, LEVEL, MEMBER = -5476327415902942726, 11, 21, 31, -9007199254740993001
WHO = {
    "id": MEMBER,
    "orgAccountId": UNIT,
    "orgDepartmentId": OFFICE,
    "orgPostId": POST,
    "orgLevelId": LEVEL,
    "name": "王芳",
    "loginName": "wangfang",
    "code": "E1",
    "enabled": True,
    "isDeleted": False,
    "properties": {"telnumber": "", "emailaddress": ""},
    "second_post": [],
}
HALL = {"id": OFFICE, "orgAccountId": UNIT, "superior": UNIT, "name": "办公室", "code": "D1", "enabled": True}


class Canned:
    """Answers by method and path below /seeyon/rest/: JSON, or bytes as they are, or a status."""

    def __init__(self) -> None:
        self.says: dict[str, Any] = {
            "POST token": {"id": "0bd47afe-22ab-5b1e-8068", "bindingUser": None},
            "GET orgAccounts": [{"id": UNIT, "name": "崖州区", "code": "YZ"}],
            f"GET orgPosts/{UNIT}": [{"id": POST, "name": "科员", "code": "01"}],
            f"GET orgLevels/{UNIT}": [{"id": LEVEL, "name": "科员级", "code": "01"}],
            f"GET orgMember/{MEMBER}": WHO,
            "GET orgMembers/code/E1": [WHO],
            f"GET orgDepartment/{OFFICE}": HALL,
            "GET orgDepartment/code/D1": [HALL],
            f"GET orgMembers/all/{UNIT}": [],
            f"GET orgMembers/all/count/{UNIT}": 0,
        }
        self.heard: list[tuple[str, Any]] = []

    def answer(self, asked: Asked) -> Told:
        call = f"{asked.method} {asked.path.removeprefix('/seeyon/rest/')}"
        self.heard.append((call, json.loads(asked.body) if asked.body else None))
        said = self.says.get(call, [])
        if isinstance(said, Told):
            return said
        if callable(said):
            said = said(self.heard[-1][1])
        return Told(body=said if isinstance(said, bytes) else json.dumps(said).encode())

    def config(self, url: str) -> dict[str, Any]:
        return {}

    def accounts(self) -> list[dict[str, Any]]:
        return []

    def failed(self, code: int | str) -> Told:
        return Told(body=json.dumps({"code": code, "message": ""}).encode())

    def revoke_tokens(self) -> None:
        """There are none to revoke."""

    def windows(self) -> list[tuple[str, int, float]]:
        return []

    def busy(self) -> Told:
        return Told(429)

    def calls(self, verb: str) -> list[str]:
        return [call for call, _ in self.heard if call.startswith(verb)]


def connect(running: Running, **more: Any) -> OaConnector:
    settings = {"user": "rest", "password": "p", "unit": "崖州区", "default_post": "科员", "default_level": "科员级"}
    config = OaConfig(url=f"{running.url}/seeyon/rest", **settings | more)
    return OaConnector("oa", config, time.monotonic, lambda: datetime.now(UTC))


LINKED = Ref("s1", Kind.PERSON, "E1", str(MEMBER))


def change(**values: str) -> Operation:
    """An update of these attributes."""
    after = AccountState("E1", Presence.ACTIVE, {name: (text,) for name, text in values.items()})
    return operation(Action.UPDATE, LINKED, None, after)
