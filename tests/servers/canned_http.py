"""An HTTP server that answers whatever a test wants, byte by byte, and writes down what it was asked.

with CannedHttp(lambda asked: answered(200, b"{}")) as server:
    ...                                  # server.url, server.asked, server.accepted
"""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, Self
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request. Names of headers are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


Reply = bytes | Iterable[bytes]
Answering = Callable[[Asked], Reply]


def answered(status: int = 200, body: bytes = b"", kind: str = "application/json", **headers: str) -> bytes:
    """A whole answer; `retry_after` and the like name headers."""
    told = {"Content-Type": kind, "Content-Length": str(len(body))}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + body


def json_answer(value: Any, status: int = 200) -> bytes:
    """A whole answer in JSON."""
    return answered(status, json.dumps(value, ensure_ascii=False).encode())


class CannedHttp:
    """`answer` gives the bytes of an answer; after an empty one, or one cut short, the connection is closed."""

    def __init__(self, answer: Answering, tls: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.accepted = 0
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._live: set[socket.socket] = set()
        self.port = int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://localhost:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Ends every open connection."""
        for each in list(self._live):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.accepted += 1
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            client = self._tls.wrap_socket(client, server_side=True) if self._tls else client
            self._live.add(client)
            with client, client.makefile("rb") as stream:
                while asked := _read(stream):
                    self.asked.append(asked)
                    reply = self.answer(asked)
                    for piece in [reply] if isinstance(reply, bytes) else reply:
                        client.sendall(piece)
                    if not isinstance(reply, bytes) or not _whole(reply):
                        client.shutdown(socket.SHUT_RDWR)
                        return


def _read(stream: BinaryIO) -> Asked | None:
    line = stream.readline().decode("ascii")
    if not line.strip():
        return None
    method, target, _ = line.split(" ")
    headers: dict[str, str] = {}
    while (line := stream.readline().decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    return Asked(method, unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)


def _whole(reply: bytes) -> bool:
    head, _, body = reply.partition(b"\r\n\r\n")
    return bool(head) and f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")
