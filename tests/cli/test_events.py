"""The feed of events beside the process that serves it: its key, and the signal that ends a poll."""

import json
import socket
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from scim_server.api.events import WAIT
from tests.cli.line import huaming, refused
from tests.flows.house import Served


def test_a_waiting_poll_ends_with_the_server(lone: Served) -> None:
    lone.start("--no-worker")
    with socket.create_connection(("127.0.0.1", lone.port), timeout=1.0) as poll:
        head = f"POST /scim/v2/Events HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {lone.secret}\r\n"
        poll.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}".encode())
        with pytest.raises(TimeoutError):
            poll.recv(1)
        httpx.get(f"{lone.base}/readyz", timeout=30)  # so the poll has come in, however late it was: it came before
        code, seconds = lone.terminate()
        poll.settimeout(60)
        said = poll.makefile("rb").read()
    assert code == 0
    assert seconds < WAIT, "the poll has ended by itself"
    assert json.loads(said.partition(b"\r\n\r\n")[2]) == {"sets": {}, "moreAvailable": False}
    assert "graceful" not in lone.said()


def keyed(house: Served, value: str) -> None:
    house.write_config()
    text = house.config.read_text()
    house.config.write_text(text.replace("[server]\n", f'[server]\nevent_key = "{value}"\n'))


def test_a_key_that_is_none_is_named(lone: Served, tmp_path: Path) -> None:
    (tmp_path / "event.pem").write_text("geheim")
    for value in (f"file:{tmp_path}/event.pem", f"file:{tmp_path}/none.pem"):
        keyed(lone, value)
        said = refused(huaming("serve", "--config", lone.config), 2)
        assert "event_key" in said
        assert "geheim" not in said


def test_a_new_key_signs_without_a_restart(lone: Served, tmp_path: Path) -> None:
    path = tmp_path / "event.pem"
    keyed(lone, f"file:{path}")
    kids = []
    for _ in range(2):
        key = Ed25519PrivateKey.generate()
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        if lone.process is None:
            lone.start("--no-worker")
        headers = {"Authorization": f"Bearer {lone.secret}"}
        kids.append(httpx.get(f"{lone.base}/scim/v2/jwks", headers=headers, timeout=30).json()["keys"][0]["kid"])
    path.unlink()
    answer = httpx.get(f"{lone.base}/scim/v2/jwks", headers=headers, timeout=30)
    lone.close()
    assert len(set(kids)) == 2
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
