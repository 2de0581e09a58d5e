"""Clients that keep a connection and say little or nothing, and what becomes of them, noted on a thread."""

import select
import socket
import time
from collections import defaultdict
from dataclasses import dataclass
from threading import Event, Thread

from tests.hostile.wire import PATIENCE, knock, listen, request

SLOW, SILENT, STUCK = 300, 20, 5


@dataclass(frozen=True)
class End:
    """How a connection ended: the statuses that were answered, and the seconds that it lasted."""

    statuses: tuple[int, ...]
    closed: bool
    seconds: float


class Lurkers(Thread):
    """300 whose head never ends, 20 that say nothing at all, 5 whose body never comes."""

    def __init__(self, port: int, token: str) -> None:
        super().__init__(daemon=True)
        self.ends: dict[str, list[End]] = defaultdict(list)
        self.gone = Event()  # all of them
        self._waiting: dict[int, tuple[str, socket.socket, float]] = {}
        head = b"GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\nX-Slow: "
        body = request("POST", "/scim/v2/Users", token, None, "Content-Length: 100000")
        for kind, count, sent in (("slow", SLOW, head), ("silent", SILENT, b""), ("stuck", STUCK, body)):
            for _ in range(count):
                connection = knock(port)
                connection.sendall(sent)
                self._waiting[connection.fileno()] = (kind, connection, time.monotonic())

    def run(self) -> None:
        """Each says one byte more a second, until it is told to go."""
        poll = select.poll()
        for number in self._waiting:
            poll.register(number, select.POLLIN)
        while self._waiting:
            for number, _ in poll.poll(1000):
                poll.unregister(number)
                self._note(*self._waiting.pop(number))
            for kind, connection, _ in self._waiting.values():
                if kind != "silent" and not select.select([connection], [], [], 0)[0]:
                    connection.send(b"x")
        self.gone.set()

    def _note(self, kind: str, connection: socket.socket, began: float) -> None:
        lasted = time.monotonic() - began
        heard = listen(connection, began, PATIENCE)  # until it is hung up on
        connection.close()
        self.ends[kind].append(End(tuple(answer.status for answer in heard.answers), heard.closed, lasted))
