"""A simulator that listens: in the foreground for the command, in a thread for tests."""

import asyncio
import socket
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

import uvicorn

from connectors.simulation.app import App, app
from connectors.simulation.vendor import Vendor
from connectors.simulation.wire import Wire

LOOPBACK = "127.0.0.1"
PATIENCE = 30.0  # seconds until a thread that does not start or end is a fault of ours
_had: set[int] = set()  # ports


def serve(vendor: Vendor, host: str, port: int, now: Callable[[], float]) -> None:
    """Serves until SIGTERM or SIGINT. Raises OSError where the port is taken. `now`: epoch seconds."""
    with _listener(host, port) as listener:
        _server(app(vendor, now)).run(sockets=[listener])


class Running:
    """A simulator in a thread, from its making to `close`. `port` 0: any that is free. `now`: epoch seconds."""

    def __init__(self, vendor: Vendor, now: Callable[[], float], port: int = 0) -> None:
        listener = _listener(LOOPBACK, port) if port else _fresh()
        self.vendor = vendor
        self.port: int = listener.getsockname()[1]
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._app = app(vendor, now, self.url)
        self._server = _server(self._app)
        self._listener = listener
        self._thread = Thread(target=self._server.run, args=([listener],), name="simulator", daemon=True)
        self._thread.start()
        if not self._server.ready.wait(PATIENCE):
            raise RuntimeError("the simulator did not start")

    def faults(self, rules: list[dict[str, Any]]) -> None:
        """These rules hold instead of those before. Raises BadRule."""
        self._app.faults.replace(rules)

    def requests(self) -> list[dict[str, Any]]:
        """What was asked so far, oldest first: at, method, path, query, body, status."""
        return self._app.record.shown()

    def windows(self) -> list[dict[str, Any]]:
        """Of each limit on frequency the largest count ever: verb, seconds, limit, largest."""
        return self._app.windows.rows()

    def close(self) -> None:
        """Hangs up on everybody and listens no more; the same port can be opened again. Twice is once."""
        self._server.end()
        self._thread.join(PATIENCE)
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Prompt(uvicorn.Server):
    """uvicorn, which says when it has started, and ends at once: whoever still waits is hung up on."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = Event()
        self._over = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's."""
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.ready.set()

    async def main_loop(self) -> None:
        """Serves until the end; uvicorn's looks ten times a second whether it has come."""
        await self.on_tick(0)
        await self._over.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, which then waits a tenth of a second for what was hung up on."""
        for each in (*self.servers, *(sockets or ())):
            each.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)

    def handle_exit(self, sig: int, frame: object) -> None:
        """SIGTERM or SIGINT: asked for, so the exit code will be 0."""
        self.end()

    def end(self) -> None:
        """Ends it, from any thread."""
        self.force_exit = True
        self.should_exit = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._over.set)


def _server(application: App) -> Prompt:
    return Prompt(
        uvicorn.Config(
            application,
            http=Wire,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=60,
            backlog=1024,
        )
    )


def _fresh() -> socket.socket:
    """On a port that no simulator of this process has had: the token of that address would be offered to this one."""
    while True:
        listener = _listener(LOOPBACK, 0)
        port = listener.getsockname()[1]
        if port not in _had:
            _had.add(port)
            return listener
        listener.close()


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener
