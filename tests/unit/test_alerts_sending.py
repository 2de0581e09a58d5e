"""The ways out of the house (S29): one configured address or program, bounded, and none of our secrets with it."""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from scim_server.alerts.condition import Notice
from scim_server.alerts.sending import Command, NotSent, Webhook
from scim_server.clock import Clock

BEGIN = 1_900_000_000.0


class Listener:
    """An HTTP server that keeps what it is sent; `answer` is its (status, body, headers)."""

    def __init__(self) -> None:
        self.got: list[tuple[str, Any]] = []
        self.answer: tuple[int, bytes, dict[str, str]] = (200, b'{"errcode": 0}', {})
        outer = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.path, json.loads(body)))
                status, said, headers = outer.answer
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(said))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def listener() -> Iterator[Listener]:
    one = Listener()
    yield one
    one.server.shutdown()
    one.server.server_close()


NOTICE = Notice("1", "held", "ldap", "ldap：拦下 12 项。", BEGIN)


def hook(address: str) -> Webhook:
    return Webhook(lambda: address, Clock().monotonic)


def test_a_webhook_gets_what_a_group_robot_shows_and_a_program_reads(listener: Listener) -> None:
    hook(f"{listener.base}/robot/send?key=K&a=1").send(NOTICE)
    ((path, body),) = listener.got
    assert path == "/robot/send?key=K&a=1"
    assert body["msgtype"] == "text"
    assert "拦下 12 项" in body["text"]["content"]
    assert (body["alert"]["kind"], body["alert"]["state"]) == ("held", "open")


@pytest.mark.parametrize(
    "answer", [(302, b"", {"Location": "/elsewhere"}), (200, b'{"errcode": 45009}', {}), (500, b"", {}), (404, b"", {})]
)
def test_a_webhook_that_does_not_take_it_is_asked_once_and_no_redirect_is_followed(
    listener: Listener, answer: tuple[int, bytes, dict[str, str]]
) -> None:
    listener.answer = answer
    with pytest.raises(NotSent) as told:
        hook(f"{listener.base}/send?key=SECRET").send(NOTICE)
    assert len(listener.got) == 1
    assert "SECRET" not in str(told.value)


@pytest.mark.parametrize("address", ["http://10.0.0.1/x", "file:///etc/passwd", "http://169.254.169.254/", "https://"])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="url"):
        hook(address).check()


def test_a_command_gets_json_on_stdin_and_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUAMING_BIND", "s3cret")
    out = tmp_path / "out.json"
    program = "import json,os,sys; json.dump([json.load(sys.stdin), dict(os.environ), sys.argv], open(sys.argv[1],'w'))"
    Command([sys.executable, "-c", program, str(out), "; touch x"]).send(NOTICE)
    said, environment, words = json.loads(out.read_text())
    assert said["alert"]["about"] == "ldap"
    assert "s3cret" not in environment.values()
    assert words[-1] == "; touch x"


@pytest.mark.parametrize("program", ["import sys; sys.exit(3)", "import time; time.sleep(60)"])
def test_a_command_that_fails_or_hangs_is_ended(program: str) -> None:
    with pytest.raises(NotSent, match=r"3|结束"):
        Command([sys.executable, "-c", program], seconds=1.0).send(NOTICE)


def test_a_command_that_is_not_there() -> None:
    with pytest.raises(NotSent):
        Command(["/nowhere/alert"]).send(NOTICE)
