"""The ways out of the house (S29): one configured address, or one configured program; nothing else is ever called."""

import logging
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl, urlsplit

import orjson

from connectors.errors import ConnectorError
from scim_server.alerts.condition import Notice
from scim_server.settings import bare_environment

if TYPE_CHECKING:
    from connectors.http.client import Http

SECONDS = 10.0
COMMAND_SECONDS = 30.0
ANSWER = 64 * 1024  # bytes of an answer that are read

log = logging.getLogger("huaming.alerts")


class NotSent(Exception):
    """The notice did not get out. The message says why, without the address, which is a secret."""


class Way(Protocol):
    """A way out."""

    def send(self, notice: Notice) -> None:
        """Raises NotSent."""
        ...


class Webhook:
    """Posts JSON to the address that is configured at that moment. No redirect is followed, no proxy is asked.

    Robots of group chats answer 200 whatever happens, and say in `errcode` whether they have taken it.
    """

    def __init__(self, address: Callable[[], str], monotonic: Callable[[], float]) -> None:
        self._address = address
        self._monotonic = monotonic

    def check(self) -> None:
        """Raises ValueError where the address may not be used: neither https nor loopback."""
        self._opened()

    def _opened(self) -> "Http":
        from connectors.http.client import Http

        parts = urlsplit(self._address())
        return Http(f"{parts.scheme}://{parts.netloc}", self._monotonic, timeout=SECONDS, limit=ANSWER)

    def send(self, notice: Notice) -> None:
        """See Way."""
        parts = urlsplit(self._address())
        try:
            http = self._opened()
        except ValueError as error:
            raise NotSent(f"webhook：{error}") from None
        headers = {"Content-Type": "application/json; charset=utf-8"}
        query, body = dict(parse_qsl(parts.query)), orjson.dumps(notice.said())
        try:
            answer = http.send("POST", parts.path or "/", query=query, headers=headers, content=body, writes=True)
        except ConnectorError as error:
            raise NotSent(str(error)) from None
        finally:
            http.close()
        _demand_taken(answer.status, answer.body)


def _demand_taken(status: int, body: bytes) -> None:
    if not 200 <= status < 300:
        raise NotSent(f"HTTP {status}")
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return
    code = said.get("errcode", 0) if isinstance(said, Mapping) else 0
    if code not in (0, "0", None):
        raise NotSent(f"errcode {str(code)[:20]}")


class Command:
    """Starts the program that is configured: no shell, JSON on its stdin, none of our secrets in its environment."""

    def __init__(self, words: Sequence[str], seconds: float = COMMAND_SECONDS) -> None:
        self._words = list(words)
        self._seconds = seconds

    def send(self, notice: Notice) -> None:
        """See Way."""
        environment, quiet = bare_environment(), subprocess.DEVNULL
        try:
            child = subprocess.Popen(  # noqa: S603 - it is the operator's own file that names it
                self._words, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, env=environment, start_new_session=True
            )
        except OSError as error:
            raise NotSent(f"command：{error.strerror}") from None
        try:
            child.communicate(orjson.dumps(notice.said()), self._seconds)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)  # whatever it has started goes with it
            child.wait()
            raise NotSent(f"command：{self._seconds:g} 秒内没有结束") from None
        if child.returncode != 0:
            raise NotSent(f"command：退出码 {child.returncode}")


class InTheLog:
    """Where no way out is configured, the log has it."""

    def send(self, notice: Notice) -> None:
        """See Way."""
        log.warning("%s", notice.sentence())
