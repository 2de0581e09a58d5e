"""A small HTTP/1.1 load client: N connections, one request in flight on each, no pipelining.

It is written on asyncio protocols so that one core can drive the server on the other.
"""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Request = bytes


@dataclass(slots=True)
class Tally:
    """What came back: statuses, seconds for each answer, bodies where they are kept."""

    statuses: dict[int, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    elapsed: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.elapsed if self.elapsed else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


def request(method: str, path: str, token: str, body: object | None = None) -> Request:
    """A request as bytes."""
    sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    head = [f"{method} {path} HTTP/1.1", "Host: bench", f"Authorization: Bearer {token}"]
    if sent:
        head += ["Content-Type: application/scim+json", f"Content-Length: {len(sent)}"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + sent


class _Client(asyncio.Protocol):
    def __init__(self, requests: Iterator[Request], tally: Tally, keep: bool, done: "asyncio.Future[None]") -> None:
        self._requests, self._tally, self._keep, self._done = requests, tally, keep, done
        self._buffer = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            if not self._done.done():
                self._done.set_result(None)
            return
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head, body = self._buffer[:end].lower(), self._buffer[end + 4 :]
        chunked = b"transfer-encoding: chunked" in head
        if not (body.endswith(b"0\r\n\r\n") if chunked else len(body) >= _length(head)):
            return
        status = int(head[9:12])
        self._tally.statuses[status] = self._tally.statuses.get(status, 0) + 1
        self._tally.seconds.append(time.perf_counter() - self._sent)
        if self._keep:
            self._tally.bodies.append(_joined(body) if chunked else body)
        self._buffer = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("the server closed the connection"))


def _length(head: bytes) -> int:
    at = head.find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


def _joined(chunks: bytes) -> bytes:
    body = b""
    while chunks:
        size, _, rest = chunks.partition(b"\r\n")
        body, chunks = body + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return body


async def _drive(host: str, port: int, requests: Iterator[Request], clients: int, tally: Tally, keep: bool) -> None:
    loop = asyncio.get_running_loop()
    ends: list[asyncio.Future[None]] = []
    for _ in range(clients):
        end: asyncio.Future[None] = loop.create_future()
        ends.append(end)
        await loop.create_connection(lambda end=end: _Client(requests, tally, keep, end), host, port)  # type: ignore[misc]
    await asyncio.gather(*ends)


def drive(host: str, port: int, requests: Sequence[Request], clients: int, keep: bool = False) -> Tally:
    """Sends all requests over so many connections and returns what came back."""
    import uvloop

    tally = Tally()
    start = time.perf_counter()
    uvloop.run(_drive(host, port, iter(requests), clients, tally, keep))
    tally.elapsed = time.perf_counter() - start
    return tally
