"""A simulator in the foreground, as the command runs it."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from connectors.simulation.running import Running, serve
from connectors.wecom.simulator.vendor import WecomVendor
from tests.servers.ports import free_ports
from tests.simulation.clock import Clock

PROGRAM = """
import sys, time
from connectors.simulation.running import serve
from connectors.wecom.simulator.vendor import WecomVendor
serve(WecomVendor(), "127.0.0.1", int(sys.argv[1]), time.time)
"""


def test_sigterm_ends_it_with_0_whoever_still_waits(http: httpx.Client) -> None:
    port = free_ports(1)
    house = Path(__file__).parents[2]
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(port)], cwd=house, stderr=subprocess.PIPE)
    try:
        config = reached(http, f"http://127.0.0.1:{port}/_sim/config")
        assert config["url"] == f"http://127.0.0.1:{port}"
        http.post(f"{config['url']}/_sim/faults", json=[{"delay_s": 600}])
        with socket.create_connection(("127.0.0.1", port), timeout=20) as waiting:
            waiting.sendall(b"GET /cgi-bin/gettoken HTTP/1.1\r\nHost: x\r\n\r\n")
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (0, b"")
    finally:
        process.kill()
        process.wait()


def reached(http: httpx.Client, url: str) -> dict[str, str]:
    """The answer, once somebody listens: at most 30 s."""
    end = time.monotonic() + 30
    while True:
        try:
            return http.get(url).json()
        except httpx.ConnectError:
            assert time.monotonic() < end, "nobody listens"
            time.sleep(0.05)


def test_a_port_that_is_taken_is_an_error(clock: Clock) -> None:
    with Running(WecomVendor(), clock) as first, pytest.raises(OSError, match="in use"):
        serve(WecomVendor(), "127.0.0.1", first.port, clock)
