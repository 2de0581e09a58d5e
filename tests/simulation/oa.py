"""A simulated OA as a client sees it: calls over the wire, and an administrator beside it."""

from collections.abc import Callable
from typing import Any

import httpx

from connectors.oa.simulator.switches import Switches
from connectors.oa.simulator.vendor import Oa
from connectors.simulation.running import Running
from connectors.simulation.vendor import Vendor

BASE = "/seeyon/rest/"


class Room:
    """The running simulator, a token for the system, and a few words for what tests do all the time."""

    def __init__(self, run: Callable[[Vendor], Running], http: httpx.Client, **switches: Any) -> None:
        self.vendor = Oa(Switches(**switches))
        self.switches = self.vendor.switches
        self.running = run(self.vendor)
        self.http = http
        self.token = self.new_token()
        self.unit: int = self.get("orgAccounts")[0]["id"]
        self.post = self.get(f"orgPosts/{self.unit}")[0]["id"]
        self.level = self.get(f"orgLevels/{self.unit}")[0]["id"]

    def new_token(self, login: str | None = None) -> str:
        told = self.send("POST", "token", self.credentials(login), token=None)
        return told.json()["id"]

    def credentials(self, login: str | None = None) -> dict[str, str]:
        named = {"userName": self.switches.user, "password": self.switches.password}
        return named | ({"loginName": login} if login else {})

    def send(
        self, method: str, path: str, body: Any = None, token: str | None = "", **more: Any
    ) -> httpx.Response:  # token "" is the system's
        headers = {} if token is None else {"token": token or self.token}
        sent = {"json": body} if body is not None else {}
        return self.http.request(method, self.running.url + BASE + path, headers=headers, **sent, **more)

    def get(self, path: str, **query: Any) -> Any:
        told = self.send("GET", path, params=query)
        assert told.status_code == 200
        return told.json()

    def write(self, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        """A write of the organisation: whatever comes of it, HTTP 200 and the envelope."""
        told = self.send(method, path, body, **more)
        assert told.status_code == 200
        assert set(told.json()) >= {"successMsgs", "errorMsgs", "success"}
        return told.json()

    def done(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """A write that succeeds: the entity it answers."""
        told = self.write(method, path, body)
        assert told["success"], told["errorMsgs"]
        assert told["errorMsgs"] == []
        assert [each["code"] for each in told["successMsgs"]] == ["SUCCESS"]
        return told["successMsgs"][0]["ent"]

    def refused(self, method: str, path: str, body: Any = None) -> str:
        """A write that is refused: the code it answers."""
        told = self.write(method, path, body)
        assert told["success"] is False
        assert told["successMsgs"] == []
        assert len(told["errorMsgs"]) == 1
        return told["errorMsgs"][0]["code"]

    def new_department(self, name: str, **fields: Any) -> dict[str, Any]:
        return {"orgAccountId": self.unit, "superior": self.unit, "name": name} | fields

    def new_member(self, login: str, department: int, **fields: Any) -> dict[str, Any]:
        body = {"orgAccountId": self.unit, "orgDepartmentId": department, "orgPostId": self.post}
        return body | {"orgLevelId": self.level, "name": "王伟", "loginName": login} | fields

    def accounts(self) -> list[dict[str, Any]]:
        return self.http.get(self.running.url + "/_sim/accounts").json()["accounts"]
