"""A local operator's way to the store: reads it directly, writes through the running server if there is one (S27)."""

import getpass
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from mappings.policy.readings import Readings
from scim_server import systems
from scim_server.clock import Clock, pause
from scim_server.commands import COMMANDS
from scim_server.reconcile.target import Target
from scim_server.settings import Settings
from scim_server.store import rolls
from scim_server.store.database_clock import measured
from scim_server.store.engine import Unavailable, open_engine, reading
from scim_server.store.lock import DOOR, Busy, Holder, StoreLock
from scim_server.store.migrate import migrate
from scim_server.store.settle import rules_of
from scim_server.store.transaction import in_turn
from scim_server.store.transfer import demand_whole
from scim_server.store.vault import sealing

EVERYBODY = "*"  # the subject of a look at a whole list
PATIENCE = 10.0  # seconds to wait for another command that holds the store


class Refused(Exception):
    """The command was not done. The arguments are the kind of error and its detail."""


class Desk:
    """What a command needs of the store. Making one creates and migrates it."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        migrate(settings.store.url)
        self.clock = measured(settings.store.url, clock)
        demand_whole(open_engine(settings.store.url))
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

    def readings(self) -> Readings:
        """How the regulation is read here; a letter gate holds from the day on which it was set, else from today."""
        with self.reader() as connection:
            gate_set = rolls.rolled(connection, rolls.GATE)
        return systems.readings(self.settings, gate_set or self.clock.today())

    def targets(self) -> list[Target]:
        """The configured systems, by the readings that are in force. Raises BadSettings."""
        return systems.targets(self.settings, self.clock, self.readings())

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
                pause(0.05)

    def look(self, what: str, subject: str = EVERYBODY) -> None:
        """Puts on record that the local operator looks at what is restricted (S18)."""
        self.run("look", actor=getpass.getuser(), what=what, subject=subject)

    def _run(self, command: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        rules = rules_of(self.settings, self.readings())
        engine = sealing(open_engine(self.settings.store.url, writing=True), self.settings.audit.secrets)
        try:
            return in_turn(engine, lambda connection: command(connection, self.clock, rules, arguments))
        except (LookupError, ValueError, TypeError, Unavailable):
            raise
        except Exception as error:
            raise Refused(type(error).__name__, str(error)) from error
        finally:
            engine.dispose()


def _ask(server: Holder, command: str, arguments: Mapping[str, Any]) -> Any:
    import urllib.error
    import urllib.request

    body = json.dumps({"command": command, "arguments": arguments}).encode()
    headers = {"Authorization": f"Bearer {server.secret}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.url}{DOOR}", body, headers)  # noqa: S310 - our own server's address
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
