"""`huaming serve` and `huaming worker` as processes: ports, the store that is worked already, signals."""

import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.cli.line import HUAMING, huaming, refused
from tests.cli.past import Past
from tests.cli.town import Town
from tests.flows import client as say
from tests.flows.house import Served
from tests.servers.stores import only_sqlite


@contextmanager
def running(house: Served, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """A command that goes on until it is told to end."""
    command = [str(HUAMING), *words, "--config", str(house.config)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process: "subprocess.Popen[str]", number: signal.Signals) -> tuple[int, str]:
    """Signals, and waits as long as the drain may last; (exit code, what stdout held)."""
    process.send_signal(number)
    said, _ = process.communicate(timeout=60)
    return process.returncode, said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_tells_which_free_port_it_took_and_a_signal_ends_it_with_0(
    lone: Served, number: signal.Signals
) -> None:
    with running(lone, "serve", "--port", "0") as process:
        assert process.stderr is not None
        url = next(found[1] for line in process.stderr if (found := re.search(r"listening on (http://\S+)$", line)))
        answer = httpx.get(f"{url}/readyz", timeout=30)
        assert answer.status_code == 200
        assert ended(process, number) == (0, "")


def test_a_request_that_is_on_its_way_when_the_server_ends_is_answered(lone: Served) -> None:
    """In a rolling restart, whoever had connected and not yet sent the first byte was hung up on."""
    lone.start()
    asker, silent = (socket.create_connection(("127.0.0.1", lone.port), timeout=60) for _ in range(2))
    with asker, silent:
        httpx.get(f"{lone.base}/readyz", timeout=30)  # so both have been let in: they knocked before
        assert lone.process is not None
        lone.process.send_signal(signal.SIGTERM)
        until = time.monotonic() + 60
        while not refuses(lone.port):
            assert time.monotonic() < until
        asker.sendall(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
        assert asker.makefile("rb").read().startswith(b"HTTP/1.1 200 ")
        assert silent.recv(1) == b""
    assert lone.process.wait(60) == 0


def refuses(port: int) -> bool:
    """Nobody new is let in any more."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=60).close()
    except ConnectionError:  # refused, or reset where it stood in the queue
        return True
    return False


def test_a_busy_port_is_named_and_the_store_is_free_again(lone: Served) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        said = refused(huaming("serve", "--port", port, "--config", lone.config), 1)
    assert f"127.0.0.1 port {port}" in said
    lone.start()
    lone.close()


@only_sqlite
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_second_process_on_the_store_is_refused_by_the_name_of_the_first(town: Town, command: str) -> None:
    said = refused(huaming(command, "--config", town.house.config), 2)
    assert town.house.process is not None
    assert f"process {town.house.process.pid}" in said
    assert httpx.get(f"{town.house.base}/readyz", timeout=30).status_code == 200


def test_a_worker_works_without_serving_until_sigterm(house: Served) -> None:
    past = Past(house.config)
    past.push("POST", "/Users", say.user("wang"))
    past.close()
    with running(house, "worker") as process:
        until = time.monotonic() + 120
        while not house.directory.search(house.directory.people):
            assert time.monotonic() < until
            time.sleep(0.05)
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{house.base}/readyz", timeout=2)
        assert ended(process, signal.SIGTERM) == (0, "")
    assert house.rows("SELECT outcome FROM attempts") == [("done",)]
