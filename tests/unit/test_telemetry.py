"""Logs, figures and spans: one id leads from the request to what came of it, and no value of anybody's is said."""

import json
import logging
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.testclient import TestClient

from scim_server.app import House
from scim_server.settings import Log, Settings
from scim_server.store.cause import Cause, because, cause
from scim_server.telemetry import logs, spans
from tests.flows.engine_room import Room
from tests.servers.stores import store_url

SECRET = "王小明"


def formatted(formatter: logging.Formatter, message: str, error: Exception | None = None, **known: Any) -> str:
    info = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord("huaming.x", logging.INFO, __file__, 1, message, (), info)
    record.__dict__.update(known)
    return formatter.format(record)


def test_a_line_of_json_has_what_is_known_and_nothing_else() -> None:
    one = logs.AsJson(lambda: "now-1")
    line = json.loads(formatted(one, "called", system="ldap", ms=1.5, display_name=SECRET))
    assert set(line) == {"at", "level", "logger", "event", "system", "ms", "request"}
    assert (line["event"], line["request"], line["level"]) == ("called", "now-1", "info")
    assert json.loads(formatted(one, "called", request="r-2"))["request"] == "r-2"


def test_text_says_the_same() -> None:
    """Its stamps were of the machine's zone, and those of JSON and of the store UTC."""
    record = logging.makeLogRecord(
        {"name": "huaming.x", "levelname": "INFO", "msg": "called", "created": 1_900_000_000.25}
        | {"request": "r-1", "system": "ldap", "display_name": SECRET}
    )
    line = logs.AsText(lambda: None).format(record)
    assert line == "2030-03-17T17:46:40.250Z INFO huaming.x: called (request=r-1 system=ldap)"


@pytest.mark.parametrize("format", [logs.AsJson, logs.AsText])
def test_what_a_database_or_a_parser_quotes_of_people_is_cut_out(format: type[logging.Formatter]) -> None:
    quoted = f"duplicate key\nDETAIL:  Key (name)=({SECRET}) already exists.\n[input_value='{SECRET}', input_type=str]"
    line = formatted(format(lambda: None), "a request failed", ValueError(quoted))  # type: ignore[call-arg]
    assert "duplicate key" in line
    assert SECRET not in line.encode().decode("unicode_escape").encode("latin-1", "replace").decode("utf-8", "replace")
    assert SECRET not in line
    assert SECRET not in formatted(format(lambda: None), f"days: {quoted}")  # type: ignore[call-arg]


def test_what_is_not_ours_is_not_heard_at_debug(capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:]
    try:
        logs.configure(Log(level="debug", format="json"), lambda: cause().request)
        logging.getLogger("httpcore.http11").debug("authorization: Bearer x")
        with because(Cause(request="r-9")):
            logging.getLogger("huaming.scim").debug("heard")
        said = capsys.readouterr().err
    finally:
        logging.getLogger().handlers[:] = before
        logs_off()
    assert [json.loads(line)["request"] for line in said.splitlines()] == ["r-9"]


def logs_off() -> None:
    logging.getLogger().setLevel(logging.WARNING)
    for name in logs.OURS:
        logging.getLogger(name).setLevel(logging.NOTSET)


# -- the request's id


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    one = House(Settings.model_validate({"store": {"url": store_url(tmp_path / "h.db")}}), working=False)
    yield one
    one.close()


PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("given", "answered"),
    [
        ({"X-Request-Id": "push-2026-11-28"}, "push-2026-11-28"),
        ({"X-Request-Id": "p", "traceparent": PARENT}, "p"),
        ({"traceparent": PARENT}, "4bf92f3577b34da6a3ce929d0e0e4736"),
    ],
)
def test_a_sane_id_is_taken_over(house: House, given: dict[str, str], answered: str) -> None:
    answer = TestClient(house.app).get("/scim/v2/Users", headers=given)
    assert (answer.status_code, answer.headers["X-Request-Id"]) == (401, answered)


@pytest.mark.parametrize("bad", ["", "a b", "x" * 65, "a;b", "é", "<script>"])
def test_any_other_one_is_not(house: House, bad: str) -> None:
    answer = TestClient(house.app).get("/scim/v2/Users", headers={"X-Request-Id": bad.encode()})
    assert len(answer.headers["X-Request-Id"]) == 36


def test_metrics_name_the_template_and_no_id(house: House) -> None:
    client = TestClient(house.app)
    client.get("/scim/v2/Users/2819c223-7f76-453a-919d-413861904646")
    client.request("BREW", "/scim/v2/Users")
    said = client.get("/metrics").text
    assert 'huaming_scim_requests_total{endpoint="/Users/{id}",method="GET",status="401"}' in said
    assert 'method="other"' in said
    assert "huaming_store_up 1.0" in said
    assert "2819c223" not in said


# -- spans


class Receiver:
    """An OTLP/HTTP receiver: decodes what it is sent."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        outer = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    import gzip

                    body = gzip.decompress(body)
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    outer.spans += [span for scope in resource.scope_spans for span in scope.spans]
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for(self, number: int) -> None:
        """Until so many spans have come."""
        until = time.monotonic() + 60
        while len(self.spans) < number:
            assert time.monotonic() < until, self.spans
            time.sleep(0.01)


def test_request_pass_and_call_are_one_trace_whose_id_is_the_correlation_id(tmp_path: Path) -> None:
    receiver = Receiver()
    room = Room(tmp_path)
    spans.start(f"http://127.0.0.1:{receiver.server.server_port}")
    try:
        with because(Cause(request="0192e4a0-0000-7000-8000-00000000abcd")):
            root = spans.Span("POST /Users", cause().request or "", spans.REQUEST, time.time(), time.time(), of=None)
            spans.record(root)
            room.person("a")
        room.work()
    finally:
        spans.stop()  # it waits for a second at most: what is on its way then still comes
        room.close()
        receiver.wait_for(3)
        receiver.server.shutdown()
        receiver.server.server_close()
    found = {span.name: span for span in receiver.spans}
    assert set(found) == {"POST /Users", "memory pass", "memory create"}
    assert {span.trace_id.hex() for span in found.values()} == {"0192e4a0000070008000" + "00000000abcd"}
    assert found["memory pass"].parent_span_id == found["POST /Users"].span_id
    assert found["memory create"].parent_span_id == found["memory pass"].span_id
    said = {each.key: each.value.string_value for each in found["memory create"].attributes}
    assert said["huaming.outcome"] == "done"
    assert SECRET not in str(receiver.spans)


def test_the_same_id_stands_at_each_step(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    room = Room(tmp_path)
    caplog.set_level(logging.DEBUG, logger="huaming")
    with because(Cause(request="push-7")):
        room.person("a")
    room.work()
    room.close()
    steps = [record.message for record in caplog.records if getattr(record, "request", None) == "push-7"]
    assert steps == ["claimed", "called", "read back", "settled"]
    assert all("用户" not in str(record.__dict__) for record in caplog.records)


def test_nothing_is_recorded_where_no_endpoint_is_configured() -> None:
    spans.start(None)
    assert not spans.recording()
    spans.record(spans.Span("x", "r", "p", 0, 1))


def test_a_collector_that_is_away_does_not_hold_up_our_end() -> None:
    spans.start("http://127.0.0.1:9")
    for number in range(100):
        spans.record(spans.Span("x", f"r{number}", "p", 0, 1))
    began = time.monotonic()
    spans.stop()
    assert time.monotonic() - began < 5
