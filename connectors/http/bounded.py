"""Connections that keep to the time of a whole call, however slowly the other side drips."""

from collections.abc import Callable, Iterable
from ssl import SSLContext
from typing import Any

import httpcore

CONNECT = 10.0  # seconds, for TCP and TLS each
PIECE = 65536  # bytes written at once


class Allowance:
    """The time that a call has left. One for all connections of a client: it makes one call at a time."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._until = 0.0

    def begin(self, seconds: float) -> None:
        """So long from now."""
        self._until = self._monotonic() + seconds

    def left(self, late: type[Exception]) -> float:
        """Seconds left; raises `late` when there are none."""
        left = self._until - self._monotonic()
        if left <= 0:
            raise late("out of time")
        return left


class BoundedStream(httpcore.NetworkStream):
    """A stream whose every wait ends with the call's time."""

    def __init__(self, stream: httpcore.NetworkStream, allowance: Allowance) -> None:
        self._stream = stream
        self._allowance = allowance

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Bytes that have come."""
        return self._stream.read(max_bytes, self._allowance.left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends in pieces: somebody who reads one byte a second is no reason to wait for ever."""
        for start in range(0, len(buffer), PIECE):
            left = self._allowance.left(httpcore.WriteTimeout)
            self._stream.write(buffer[start : start + PIECE], left)

    def close(self) -> None:
        """Closes it."""
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """TLS over it."""
        left = min(CONNECT, self._allowance.left(httpcore.ConnectTimeout))
        return BoundedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._allowance)

    def get_extra_info(self, info: str) -> Any:
        """What the stream beneath knows."""
        return self._stream.get_extra_info(info)


class BoundedBackend(httpcore.NetworkBackend):
    """Opens such streams."""

    def __init__(self, allowance: Allowance) -> None:
        self._backend = httpcore.SyncBackend()
        self._allowance = allowance

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A TCP connection."""
        left = min(CONNECT, self._allowance.left(httpcore.ConnectTimeout))
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return BoundedStream(stream, self._allowance)
