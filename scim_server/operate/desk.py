"""A local operator's way to the store: reads it directly, writes through the running server if there is one (S27)."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from scim_server.api.operator import PATH
from scim_server.clock import Clock
from scim_server.commands import COMMANDS
from scim_server.settings import Settings
from scim_server.store.engine import open_engine, reading
from scim_server.store.lock import Busy, Holder, StoreLock
from scim_server.store.migrate import migrate

PATIENCE = 10.0  # seconds to wait for another command that holds the store


class Refused(Exception):
    """The command was not done. The arguments are the kind of error and its detail."""


class Desk:
    """What a command needs of the store. Making one creates and migrates it."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        migrate(settings.store.url)
        self.lock = StoreLock(settings.store.url)

    def server(self) -> Holder | None:
        """The server that works this store now."""
        holder = self.lock.holder()
        return holder if holder is not None and holder.url else None

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A read connection whose statements all tell of one moment."""
        with open_engine(self.settings.store.url).begin() as connection:
            yield connection

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """A read connection."""
        engine = open_engine(self.settings.store.url)
        with reading(engine) as connection:
            yield connection

    def run(self, command: str, **arguments: Any) -> Any:
        """One of `commands`, written by whoever works the store. Raises Refused, Busy."""
        until = self.clock.monotonic() + PATIENCE
        while True:
            server = self.server()
            if server is not None:
                return _ask(server, command, arguments)
            try:
                with self.lock:
                    return self._run(COMMANDS[command], arguments)
            except Busy:
                if self.clock.monotonic() > until:
                    raise
                time.sleep(0.05)

    def _run(self, command: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        engine = open_engine(self.settings.store.url, writing=True)
        try:
            with engine.begin() as connection:
                return command(connection, self.clock, arguments)
        except (LookupError, ValueError, TypeError):
            raise
        except Exception as error:
            raise Refused(type(error).__name__, str(error)) from error
        finally:
            engine.dispose()


def _ask(server: Holder, command: str, arguments: Mapping[str, Any]) -> Any:
    body = json.dumps({"command": command, "arguments": arguments}).encode()
    headers = {"Authorization": f"Bearer {server.secret}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.url}{PATH}", body, headers)  # noqa: S310 - our own server's address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            return json.load(answer)["result"]
    except urllib.error.HTTPError as error:
        said = json.loads(error.read() or b"{}")
        raise Refused(said.get("error", "HTTPError"), said.get("detail", str(error))) from error


def be_polite() -> None:
    """Long loops over the roster yield to the server (design: Store and engine)."""
    os.nice(10)
