"""The composition root: settings -> store, systems, worker, routes."""

import contextlib
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from threading import Lock
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount

from scim_server.api.health import health_routes
from scim_server.api.operator import operator_route
from scim_server.api.routes import routes
from scim_server.clock import Clock
from scim_server.commands import COMMANDS
from scim_server.reconcile.target import Target
from scim_server.reconcile.worker import Worker
from scim_server.settings import Settings
from scim_server.store import progress
from scim_server.store.engine import open_engine, reading
from scim_server.store.migrate import migrate
from scim_server.store.roster import Roster
from scim_server.store.tokens import Tokens
from scim_server.store.writer import Writer
from scim_server.systems import serves_plain, targets


class House:
    """Everything that one process runs. `open` it, serve `app`, `close` it."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        *,
        working: bool = True,
        systems: Sequence[Target] | None = None,
    ) -> None:
        """`working`: with a worker of its own. `systems`: instead of those in the settings. Raises BadSettings."""
        self.settings = settings
        self.clock = clock or Clock()
        self.targets = list(targets(settings, self.clock) if systems is None else systems)
        self.secret = secrets.token_urlsafe(32)
        migrate(settings.store.url)
        self.engine = open_engine(settings.store.url)
        self.writer = Writer(open_engine(settings.store.url, writing=True))
        self.roster = Roster(self.engine, self.writer, self.clock, self._opened_by_default())
        self.tokens = Tokens(self.engine, self.clock)
        self._counting = reading(self.engine)
        self._counting_lock = Lock()
        self.worker = Worker(self.targets, self.engine, self.writer, self.clock) if working else None
        self.app = self._app()

    def close(self) -> None:
        """Drains the worker, commits what is queued, ends the connections."""
        if self.worker is not None:
            self.worker.stop()
        self.writer.close()
        self.roster.close()
        self.tokens.close()
        self._counting.close()

    async def run_command(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """One of `commands`, in the writer."""
        command = COMMANDS[name]
        return await self.writer.commit(lambda connection: command(connection, self.clock, arguments))

    def counts(self) -> dict[str, dict[str, int]]:
        """Rows by state, a system."""
        with self._counting_lock:
            return progress.counts(self._counting)

    def failing(self) -> dict[str, bool]:
        """Which systems do not answer."""
        breakers = self.worker.breakers if self.worker else {}
        return {target.name: bool(breakers) and breakers[target.name].open for target in self.targets}

    def _opened_by_default(self) -> list[str]:
        chosen = self.settings.systems
        return [each.name for each in self.targets if each.name not in chosen or serves_plain(chosen[each.name])]

    def _app(self) -> Starlette:
        scim = routes(self.roster, self.tokens, self.settings)
        return Starlette(
            routes=[
                Mount("/scim/v2", routes=scim),
                *health_routes(self.counts, self.failing),
                operator_route(self.secret, self.run_command),
            ],
            lifespan=self._lifespan,
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        if self.worker is not None:
            self.worker.start()
        yield
