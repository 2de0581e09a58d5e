"""The wire to the artemis gateway: signed POSTs of JSON, and the envelope {code, msg, data} of every answer."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from connectors.attendance.codes import Refusal, Sort, error_of
from connectors.attendance.config import AttendanceConfig
from connectors.attendance.signature import signed
from connectors.errors import Unreadable
from connectors.http.answer import Answer, dump, unlike
from connectors.http.client import Http

ACCEPT = "*/*"
CONTENT_TYPE = "application/json"  # signed byte for byte: a charset behind it would be another signature
SUCCESS = "0"


class Wire:
    """One connection to the gateway. For one thread. `now` stamps the requests: the gateway compares clocks."""

    def __init__(self, config: AttendanceConfig, monotonic: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._config = config
        self._now = now
        self._calls = 0
        self._prefix = urlsplit(config.url).path.rstrip("/")
        self._http = Http(
            config.url,
            monotonic,
            timeout=config.answer_timeout,
            ca_file=config.ca_file,
            plain_http=config.plain_http,
        )

    def ask(self, path: str, body: Any, absent: Any = None) -> Any:
        """The data of a read; `absent` where the platform says that it is not there. Raises ConnectorError."""
        try:
            return self._data(path, self.answer(path, body, writes=False))
        except Refusal as refusal:
            if refusal.sort is Sort.ABSENT:
                return absent
            raise error_of(refusal) from None

    def tell(self, path: str, body: Any) -> Any:
        """The data of a write. Raises Refusal, and ConnectorError where there was no answer of the platform's."""
        return self._data(path, self.answer(path, body, writes=True))

    def answer(self, path: str, body: Any, *, writes: bool) -> Answer:
        """The bare answer. Raises ConnectorError."""
        self._calls += 1
        headers = signed(self._config.app_secret, "POST", self._prefix + path, self._headers())
        return self._http.send("POST", path, headers=headers, content=dump(body), writes=writes)

    def spent(self) -> int:
        """Calls since this was last asked."""
        calls, self._calls = self._calls, 0
        return calls

    def close(self) -> None:
        """Ends the connection; the next call opens it again."""
        self._http.close()

    def _headers(self) -> dict[str, str]:
        own = {"tagId": self._config.tag_id, "userId": self._config.user_id}
        return {
            "Accept": ACCEPT,
            "Content-Type": CONTENT_TYPE,
            "X-Ca-Key": self._config.app_key,
            "X-Ca-Nonce": str(uuid4()),
            "X-Ca-Timestamp": str(int(self._now().timestamp() * 1000)),
            **{name: value for name, value in own.items() if value},
        }

    def _data(self, path: str, answer: Answer) -> Any:
        told = answer.json()
        if not isinstance(told, Mapping) or "code" not in told:
            raise unlike(answer.wrote, f"回答中没有 code，不是平台接口的回答（HTTP {answer.status}）")
        code = str(told["code"])
        if code != SUCCESS:
            raise Refusal(code, str(told.get("msg") or ""), path)
        return told.get("data")


def listed(data: Any) -> list[Mapping[str, Any]]:
    """The rows of a list's answer {total, list}. Raises Unreadable: a missing list is never an empty one."""
    rows = data.get("list") if isinstance(data, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(each, Mapping) for each in rows):
        raise Unreadable("回答中没有列表")
    return rows


def total(data: Any) -> int:
    """How many rows the platform says that there are. Raises Unreadable."""
    number = data.get("total") if isinstance(data, Mapping) else None
    if isinstance(number, bool) or not isinstance(number, int | str) or not str(number).isdecimal():
        raise Unreadable("回答中没有总数")
    return int(number)


def task_id(data: Any, wrote: str) -> str:
    """The number of the task that a write began. Raises Lost: it may run all the same."""
    number = data.get("taskId") if isinstance(data, Mapping) else None
    if not number:
        raise unlike(True, f"{wrote}：平台没有给出任务编号")
    return str(number)
