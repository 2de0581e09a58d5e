"""A client of WeCom's interface that does nothing by itself: it says what it is told, with a token."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from connectors.simulation.running import Running
from connectors.wecom.simulator.corp import Corp
from connectors.wecom.simulator.vendor import WecomVendor
from tests.simulation.clock import Clock


class Api:
    """Calls with the token of one secret of the corp."""

    def __init__(self, http: httpx.Client, url: str, corp: Corp, secret: str) -> None:
        self.http, self.url, self.corp, self.secret = http, url, corp, secret
        self.token = self.fetch()["access_token"]

    def fetch(self) -> dict[str, Any]:
        """What gettoken answers."""
        query = {"corpid": self.corp.corp_id, "corpsecret": self.secret}
        return self.http.get(f"{self.url}/cgi-bin/gettoken", params=query).json()

    def get(self, call: str, **query: str | int) -> dict[str, Any]:
        params = {"access_token": self.token, **query}
        return self._read(self.http.get(f"{self.url}/cgi-bin/{call}", params=params))

    def post(self, call: str, **body: Any) -> dict[str, Any]:
        params = {"access_token": self.token}
        return self._read(self.http.post(f"{self.url}/cgi-bin/{call}", params=params, json=body))

    def post_raw(self, call: str, body: bytes) -> dict[str, Any]:
        params = {"access_token": self.token}
        return self._read(self.http.post(f"{self.url}/cgi-bin/{call}", params=params, content=body))

    @staticmethod
    def _read(answer: httpx.Response) -> dict[str, Any]:
        assert answer.status_code == 200
        return answer.json()

    def create(self, userid: str = "E1", **more: Any) -> int:
        """user/create with what is needed at least; the errcode."""
        body = {
            "userid": userid,
            "name": "王一",
            "department": [1],
            "mobile": f"+86 138{zlib.crc32(repr(userid).encode()) % 10**8:08d}",
        }
        return self.post("user/create", **body | {"to_invite": False} | more)["errcode"]

    def update(self, userid: str = "E1", **more: Any) -> int:
        """user/update; the errcode."""
        return self.post("user/update", userid=userid, **more)["errcode"]

    def department(self, name: str, parentid: int = 1, **more: Any) -> int:
        """department/create; the new id."""
        made = self.post("department/create", name=name, parentid=parentid, **more)
        assert made["errcode"] == 0, made
        return made["id"]


@dataclass(frozen=True)
class Room:
    """A running corp, and the three clients that its secrets make."""

    vendor: WecomVendor
    running: Running
    clock: Clock
    api: Api
    app: Api
    log: Api


Furnish = Callable[..., Room]
