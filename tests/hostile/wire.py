"""HTTP/1.1 as bytes on a socket: what an honest client library would never send."""

import contextlib
import json
import re
import socket
import time
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 5.0  # seconds within which everything must be answered
QUIET = 0.15  # seconds after an answer in which another one, which nobody asked for, would come
_HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r]*\r\n((?:[^\r\n]+\r\n)*)\r\n")


@dataclass
class Answer:
    """One response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        """The SCIM error that it must be (RFC 7644 section 3.12)."""
        assert self.headers["content-type"].startswith("application/scim+json"), (self.status, self.body)
        found: dict[str, Any] = json.loads(self.body)
        assert found["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
        assert found["status"] == str(self.status)
        assert found["detail"]
        return found


@dataclass
class Heard:
    """All that came back on one connection, interim answers left out."""

    answers: list[Answer] = field(default_factory=list)
    closed: bool = False
    seconds: float = 0.0  # until the first answer was whole, or the end


def request(method: str, target: str, token: str | None, body: bytes | None = None, *more: str) -> bytes:
    """A request as bytes; `more` are further header lines."""
    lines = [f"{method} {target} HTTP/1.1", "Host: hub.example", *more]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body is not None:
        lines += ["Content-Type: application/scim+json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")


def knock(port: int) -> socket.socket:
    """A connection."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.settimeout(PATIENCE)
    return connection


def say(port: int, sent: bytes, quiet: float = QUIET) -> Heard:
    """Sends bytes, whatever becomes of them, and listens until the server closes or says nothing more for `quiet`."""
    began = time.monotonic()
    with knock(port) as connection:
        with contextlib.suppress(OSError):  # refused before its end
            connection.sendall(sent)
        return listen(connection, began, quiet)


def listen(connection: socket.socket, began: float, quiet: float = QUIET) -> Heard:
    """Reads what comes."""
    heard, raw = Heard(), b""
    while True:
        connection.settimeout(quiet if heard.answers else PATIENCE)
        try:
            some = connection.recv(1 << 18)
        except TimeoutError:
            break
        except ConnectionError:
            some = b""
        if not some:
            heard.closed = True
            break
        raw = _take(raw + some, heard)
        if heard.answers and not heard.seconds:
            heard.seconds = time.monotonic() - began
    heard.seconds = heard.seconds or time.monotonic() - began
    assert raw == b"", raw[:200]
    return heard


def _take(raw: bytes, heard: Heard) -> bytes:
    while (head := _HEAD.match(raw)) is not None:
        headers = dict(line.lower().split(": ", 1) for line in head[2].decode("latin-1").split("\r\n") if line)
        end = head.end() + int(headers.get("content-length", "0"))
        if len(raw) < end:
            break
        if head[1] != b"100":
            heard.answers.append(Answer(int(head[1]), headers, raw[head.end() : end]))
        raw = raw[end:]
    return raw
