"""Ports for the servers of the tests: below the range out of which the machine serves outgoing calls.

Out of that range a client that knocks at a server which is down may meet itself, and hold the port against its return.
"""

import os
import socket
from itertools import count

FIRST, ROOM = 10_000, 5_000  # of each process that runs tests; the machine's own range begins at 32,768
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 4
_next = count(os.getpid() % 1_000)


def free_ports(number: int = 2) -> int:
    """The first of `number` free ports in a row, even; handed out once only: a server that is down keeps its own."""
    while True:
        port = FIRST + _worker * ROOM + next(_next) * 4 % ROOM
        if all(_is_free(each) for each in range(port, port + number)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
