"""A TCP proxy that does harm on purpose: between a connector and a real server, in a thread, without any privilege.

with FaultProxy("127.0.0.1", 389) as proxy:
    proxy.set(drop_replies=True)     # requests pass, answers do not: nobody can know whether it was done
    proxy.clear()
"""

import socket
import struct
import threading
import time
from dataclasses import dataclass, field, replace
from typing import Self


@dataclass(frozen=True)
class Faults:
    """What is in force. Seconds and bytes; each way of a connection is a stream of chunks."""

    latency: float = 0  # each chunk waits so long, both ways
    rate: int = 0  # bytes per second and way
    blackhole: bool = False  # keeps connections, passes nothing on
    refuse: bool = False  # closes new connections at once
    cut_after: int = 0  # resets a connection after so many bytes from the server
    drop_replies: bool = False  # passes requests, swallows answers
    deaf_from: int = 0  # from so many chunks of requests on, counted from now, answers are swallowed
    lose_from: int = 0  # from so many on, a connection is reset when an answer comes: it was done, and nobody hears it


@dataclass
class Counts:
    """What was seen."""

    accepted: int = 0
    refused: int = 0
    up: int = 0
    down: int = 0
    chunks: int = 0  # of requests, since faults were last put in force
    requests: bytearray = field(default_factory=bytearray)


class FaultProxy:
    """Listens on a port of its own in front of `host:port`."""

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.faults = Faults()
        self.counts = Counts()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._live: set[socket.socket] = set()
        self._stopping = False

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self.clear()
        self._listener.close()
        self.cut()

    def set(self, **faults: float | bool) -> None:
        """Puts faults in force, besides those that are."""
        self.counts.chunks = 0
        self.faults = replace(self.faults, **faults)  # type: ignore[arg-type]

    def clear(self) -> None:
        """Ends all faults."""
        self.faults = Faults()

    def cut(self) -> None:
        """Resets every open connection."""
        for each in list(self._live):
            _reset(each)
        self._live.clear()

    def _accept(self) -> None:
        while not self._stopping:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.faults.refuse:
                self.counts.refused += 1
                _reset(client)
                continue
            self.counts.accepted += 1
            try:
                server = socket.create_connection(self.target)
            except OSError:
                _reset(client)
                continue
            self._live |= {client, server}
            for source, sink, way in ((client, server, "up"), (server, client, "down")):
                threading.Thread(target=self._pump, args=(source, sink, way), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, way: str) -> None:
        passed = 0
        try:
            while chunk := source.recv(16384):
                self._delay(len(chunk))
                faults = self.faults
                if way == "down":
                    if faults.drop_replies or 0 < faults.deaf_from <= self.counts.chunks:
                        continue
                    if 0 < faults.lose_from <= self.counts.chunks:
                        break
                    if faults.cut_after and passed + len(chunk) >= faults.cut_after:
                        sink.sendall(chunk[: faults.cut_after - passed])
                        break
                passed += len(chunk)
                self._count(way, chunk)
                sink.sendall(chunk)
            else:
                sink.shutdown(socket.SHUT_WR)
                return
        except OSError:
            pass
        for each in (source, sink):
            _reset(each)

    def _delay(self, size: int) -> None:
        while self.faults.blackhole and not self._stopping:
            time.sleep(0.01)
        faults = self.faults
        time.sleep(faults.latency + (size / faults.rate if faults.rate else 0))

    def _count(self, way: str, chunk: bytes) -> None:
        setattr(self.counts, way, getattr(self.counts, way) + len(chunk))
        if way == "up":
            self.counts.chunks += 1
            self.counts.requests += chunk


def _reset(each: socket.socket) -> None:
    try:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        each.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    finally:
        each.close()
