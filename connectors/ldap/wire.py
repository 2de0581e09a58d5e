"""The fast line: directly encoded requests on the socket that ldap3 opened, secured and bound.

Up to a window of requests is under way at once. Every request has the whole answer timeout, counted from when
it was sent; the first that outlives it, any socket error and any malformed answer end the line.
"""

import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from connectors.ldap import ber, reader
from connectors.ldap.line import Lost, NotSent
from connectors.ldap.messages import Found, Reply, Request

FIRST_ID = 1 << 10  # ldap3 counts its own requests from 1
CHUNK = 1 << 16
WINDOW = 64
NO_ANSWER = "目录没有及时回答"


@dataclass(slots=True)
class _Answer:
    """What has arrived for one request so far."""

    deadline: float
    size: int = 0
    continued: bool = False
    entries: list[Found] = field(default_factory=list)


class Wire:
    """Line over a bound ldap3 connection. `monotonic` in seconds; one thread."""

    window = WINDOW

    def __init__(self, connection: Any, monotonic: Callable[[], float], answer_timeout: float) -> None:
        self._connection = connection
        self._socket: socket.socket = connection.socket
        self._monotonic = monotonic
        self._timeout = answer_timeout
        self._until = monotonic() + answer_timeout
        self._ids = count(FIRST_ID)
        self._open: dict[int, _Answer] = {}
        self._buffer = bytearray()

    def allow(self, until: float) -> None:
        self._until = until

    def send(self, requests: Sequence[Request]) -> list[int]:
        numbers = [next(self._ids) for _ in requests]
        now = self._monotonic()
        if now >= self._until:
            raise NotSent(self._lost("目录太慢，时间已用完").text)
        deadline = min(now + self._timeout, self._until)
        data = b"".join(map(ber.message, numbers, requests))
        self._open.update((number, _Answer(deadline)) for number in numbers)
        try:
            self._socket.settimeout(deadline - now)
            self._socket.sendall(data)
        except OSError as error:
            raise self._lost("连接中断", error) from error
        return numbers

    def receive(self) -> list[tuple[int, Reply]]:
        replies = self._taken()
        while not replies:
            wait = next(iter(self._open.values())).deadline - self._monotonic()  # the oldest is the first
            if wait <= 0:
                raise self._lost(NO_ANSWER)
            self._arrived(self._received(wait))
            replies = self._taken()
        return replies

    def idle(self) -> bool:
        """Looks, without waiting, whether the server closed the line or took its leave (RFC 4511 section 4.4.1)."""
        try:
            self._socket.settimeout(0)
            self._arrived(self._socket.recv(CHUNK))
            self._taken()
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except (OSError, Lost):
            return False
        return True

    def close(self) -> None:
        self._open.clear()
        try:
            self._socket.settimeout(0)
            self._socket.send(ber.message_of(next(self._ids), ber.UNBIND))
        except OSError:
            pass  # the server is gone already, which is what was wanted
        finally:
            self._connection.strategy.close()

    def _received(self, wait: float) -> bytes:
        try:
            self._socket.settimeout(wait)
            return self._socket.recv(CHUNK)
        except TimeoutError as error:
            raise self._lost(NO_ANSWER, error) from error
        except OSError as error:
            raise self._lost("连接中断", error) from error

    def _arrived(self, chunk: bytes) -> None:
        if not chunk:
            raise self._lost("目录关闭了连接")
        self._buffer += chunk

    def _taken(self) -> list[tuple[int, Reply]]:
        """The replies that are whole now; what is left of the buffer stays."""
        replies, start = [], 0
        try:
            while end := reader.complete(self._buffer, start):
                reply = self._take(reader.read(bytes(self._buffer[start:end])))
                if reply:
                    replies.append(reply)
                start = end
        except reader.Malformed as error:
            raise self._lost(f"目录的回答无法识别：{error}", error) from error
        del self._buffer[:start]
        return replies

    def _take(self, message: reader.Message) -> tuple[int, Reply] | None:
        answer = self._open.get(message.id)
        if answer is None:
            raise self._lost("目录通知断开连接" if message.id == 0 else "目录的回答与请求不符")
        answer.size += message.size
        if answer.size > reader.ANSWER_LIMIT:
            raise self._lost("目录的回答过长")
        if message.found:
            answer.entries.append(message.found)
        elif message.tag == reader.REFERENCE:
            answer.continued = True
        if not message.reply:
            return None
        del self._open[message.id]
        last = message.reply
        return message.id, Reply(last.code, last.text, answer.entries, last.cookie, answer.continued)

    def _lost(self, text: str, error: Exception | None = None) -> Lost:
        self._open.clear()
        self._connection.strategy.close()
        return Lost(f"{text}（{type(error).__name__}）" if error and type(error) is not TimeoutError else text)
