"""`huaming serve` and `huaming worker`: one process that works the store, until SIGTERM."""

import gc
import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from threading import Event

import uvicorn
from prometheus_client import start_http_server

from scim_server.app import House
from scim_server.clock import Clock, pause
from scim_server.operate.listening import Hearing
from scim_server.operate.patience import patient
from scim_server.settings import Settings
from scim_server.store.cause import cause
from scim_server.store.leader import MOVED
from scim_server.store.lock import Busy, Holder, StoreLock
from scim_server.store.migrate import migrate
from scim_server.telemetry import logs, spans
from scim_server.telemetry.meters import OWN

KEEP_ALIVE = 75  # seconds: clients that pause between requests must not meet a closed connection
SWITCH = 0.0005  # seconds: a lane that has its answer must not wait 5 ms for the loop to let go
PATIENCE = 10.0  # seconds to wait for a command that works the store at this moment
MOST = 65_536  # connections, where the machine allows so many open files
FILES = 256  # descriptors kept back for the store, the systems and the log; all others may be connections
DRAIN = 4  # seconds for the requests at hand; the worker has as many after them, and SIGTERM ends within 10


def serve(settings: Settings, clock: Clock, *, working: bool) -> None:
    """Serves SCIM; with a worker of its own unless told otherwise. Raises Busy, BadSettings, Unusable, OSError."""
    say_to_stderr(settings)
    sys.setswitchinterval(SWITCH)
    lock = _take_store(settings, clock)
    listening = _listen(settings)
    house = House(_with_port(settings, listening), clock, working=working)
    url = _local_url(listening)
    lock.announce(Holder(os.getpid(), url=url, secret=house.secret))
    gc.collect()
    gc.freeze()  # what is there by now stays: collections that walked through all of it held everybody up for 0.2 s
    try:
        _Server(_config(house), url, house).run(sockets=[listening])
    finally:
        house.close()
        lock.release()
        spans.stop()
    _demand_unmoved(house)


def work(settings: Settings, clock: Clock, metrics: int | None = None) -> None:
    """A worker without a front, but for its own figures on port `metrics`.

    Raises Busy, BadSettings, Unusable, OSError.
    """
    say_to_stderr(settings)
    if metrics is not None:
        start_http_server(metrics, settings.server.host, OWN)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())  # from here on: who is stopped while it starts ends well too
    lock = _take_store(settings, clock)
    house = House(settings, clock)
    assert house.worker is not None
    house.worker.start()
    house.watch.start()
    logging.getLogger("huaming").info("working as %s", house.worker.node)
    while not stop.wait(1.0) and not house.session.moved:  # without end Python would not run the signal's handler
        pass
    house.close()
    lock.release()
    spans.stop()
    _demand_unmoved(house)


def _demand_unmoved(house: House) -> None:
    """Who ended because the store is being moved has not ended as asked. Raises Busy."""
    if house.session.moved:
        raise Busy(MOVED)


def _take_store(settings: Settings, clock: Clock) -> StoreLock:
    migrate(settings.store.url)  # where no store can be, the sentence tells of the store and not of its lock
    lock = StoreLock(settings.store.url)
    lock.take_patiently(Holder(os.getpid()), _patience(clock))
    return lock


def _patience(clock: Clock) -> Callable[[], bool]:
    """Sleeps a little; False once a passing command has lasted too long."""
    until = clock.monotonic() + PATIENCE

    def look() -> bool:
        pause(0.05)
        return clock.monotonic() < until

    return look


def say_to_stderr(settings: Settings) -> None:
    """Logs go to stderr, a line an event; spans where the settings say. Raises BadSettings."""
    logs.configure(settings.log, lambda: cause().request)
    spans.start(settings.telemetry.otlp_endpoint)


class _Server(Hearing):
    """Says where it listens; ends after SIGTERM, with exit code 0: it was asked for; and where the store is moved."""

    def __init__(self, config: uvicorn.Config, url: str, house: House) -> None:
        super().__init__(config)
        self._url = url
        self._house = house

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:  # the port may have been chosen by the machine
            logging.getLogger("huaming").info("listening on %s", self._url)

    def handle_exit(self, sig: int, frame: object) -> None:
        self.should_exit = True
        self._house.hang_up()

    async def on_tick(self, counter: int) -> bool:
        if self._house.session.moved and not self.should_exit:
            self.handle_exit(signal.SIGTERM, None)
        return await super().on_tick(counter)


def _config(house: House) -> uvicorn.Config:
    return uvicorn.Config(
        house.app,
        loop="uvloop",
        http=patient(_connections()),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the base URL comes from the configuration
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=DRAIN,
    )


def _connections() -> int:
    """How many connections there may be, after the limit on open files has been raised as far as it goes."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + FILES if hard == resource.RLIM_INFINITY else min(hard, MOST + FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(wanted - FILES, FILES)


def _listen(settings: Settings) -> socket.socket:
    host, port = settings.server.host, settings.server.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise OSError(f"cannot listen on {host} port {port}: {error.strerror}") from error
    return listening


def _with_port(settings: Settings, listening: socket.socket) -> Settings:
    """The port that the machine chose for port 0."""
    port = listening.getsockname()[1]
    return settings.model_copy(update={"server": settings.server.model_copy(update={"port": port})})


def _local_url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not bound to, only read
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"
