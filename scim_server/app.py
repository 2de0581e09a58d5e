"""The composition root: settings -> store, systems, worker, routes."""

import contextlib
import secrets
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from threading import Lock
from typing import Any

from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route

from scim_server.alerts.house import watch_of
from scim_server.alerts.watch import Watch
from scim_server.api.console.children import Children
from scim_server.api.console.room import Room
from scim_server.api.console.routes import PREFIX, Console, console
from scim_server.api.cursors import Cursors
from scim_server.api.errors import refusal
from scim_server.api.health import health_routes
from scim_server.api.operator import operator_route
from scim_server.api.routes import routes
from scim_server.clock import Clock
from scim_server.commands import COMMANDS
from scim_server.letters import duty
from scim_server.letters.apart import Documents
from scim_server.reconcile.audit import Audit
from scim_server.reconcile.duties import Duty
from scim_server.reconcile.monthly import Monthly
from scim_server.reconcile.nightly import EVERY, Nightly, child
from scim_server.reconcile.roll import Roll
from scim_server.reconcile.target import Target
from scim_server.reconcile.worker import Worker
from scim_server.review.reminding import Reminding
from scim_server.review.returns import Returns
from scim_server.scim.signature import Signature
from scim_server.settings import BadSettings, Settings
from scim_server.store import decisions, figures, reviews, rolls, slips
from scim_server.store.closing import hasten
from scim_server.store.console import ConsoleReads
from scim_server.store.database_clock import database_time
from scim_server.store.engine import Unavailable, open_engine, reading
from scim_server.store.feed import EventFeed
from scim_server.store.figures import Figures
from scim_server.store.leader import Session
from scim_server.store.migrate import migrate
from scim_server.store.register import HAND
from scim_server.store.roster import Roster
from scim_server.store.settle import rules_of
from scim_server.store.tokens import Tokens
from scim_server.store.transfer import demand_whole
from scim_server.store.turns import InTurn
from scim_server.store.vault import sealing
from scim_server.store.writer import Writer
from scim_server.systems import policy_of, readings, targets
from scim_server.workdays import load_calendar

EXPIRY = 30.0  # seconds between two looks at approvals that expire


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
        clock = clock or Clock()
        self.secret = secrets.token_urlsafe(32)
        _demand_key(settings)
        migrate(settings.store.url)
        self.engine = open_engine(settings.store.url, serving=True)
        self._time = database_time(self.engine, clock)
        self.clock = clock if self._time is None else self._time.clock
        demand_whole(self.engine)
        self.session = Session(self.engine, self.clock.monotonic, scheduling=working)
        read = readings(settings, self._gate_set())
        self.rules, self.policy = rules_of(settings, read), policy_of(settings, read)
        self.targets = list(targets(settings, self.clock, read) if systems is None else systems)
        self.writer = Writer(sealing(open_engine(settings.store.url, writing=True), settings.audit.secrets))
        names = [target.name for target in self.targets]
        self.roster = Roster(self.engine, self.writer, self.clock, names, settings.ignores_unknown_members, self.rules)
        self.tokens = Tokens(self.engine, self.clock)
        self.feed = EventFeed(self.engine, self.writer, self.clock)
        self.audit = Audit(settings.audit, self.engine, self.writer, self.clock)
        self._counting = reading(self.engine)
        self._counting_lock = Lock()
        self.nightly, self.monthly = self._nightly(), self._monthly()
        self.deliveries = self._deliveries()
        self.worker = self._worker(names) if working else None
        self.watch = self._watch(names)
        self.reads = ConsoleReads(self.engine, self.clock.monotonic)
        self.documents = Documents(settings.letters.wordings)
        self.console = self._console()
        self.app = self._app()
        self.session.start()

    def hang_up(self) -> None:
        """Whoever waits for something long is answered now: the house is about to close."""
        self.feed.end()
        self.documents.close()
        self.console.end()

    def close(self) -> None:
        """Drains the worker, commits what is queued, ends the connections."""
        self.watch.stop()
        for scheduled in (self.nightly, self.monthly):
            if scheduled is not None:
                scheduled.stop()
        if self.deliveries is not None:
            self.deliveries.stop()
        if self.worker is not None:
            self.worker.stop()
        hasten(self.engine)  # nobody who reads keeps the house open
        self.session.close()
        self.reads.close()
        self.documents.close()
        self.console.close()
        self.writer.close()
        self.roster.close()
        self.tokens.close()
        self.feed.close()
        self.audit.close()
        self._counting.close()
        if self._time is not None:
            self._time.close()

    async def run_command(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """One of `commands`, in the writer."""
        command = COMMANDS[name]
        return await self.writer.commit(
            InTurn(lambda connection: command(connection, self.clock, self.rules, arguments))
        )

    def figures(self) -> Figures | None:
        """What is true of the whole store; None where it cannot be read now."""
        try:
            with reading(self.engine) as connection:
                return figures.read(connection, [target.name for target in self.targets], self.clock.now())
        except (DBAPIError, Unavailable):
            return None

    def failing(self) -> dict[str, bool]:
        """Which systems do not answer."""
        breakers = self.worker.breakers if self.worker else {}
        return {target.name: bool(breakers) and breakers[target.name].open for target in self.targets}

    def degraded(self) -> bool:
        """Whether what is computed for a day is not today's yet (S8)."""
        with self._counting_lock:
            return rolls.state(self._counting, self.clock.today(), self.policy.fingerprint) != rolls.DONE

    def _worker(self, names: Sequence[str]) -> Worker:
        gate, today = self.settings.policy.letter_gate, self.clock.today()
        self.writer.write(lambda connection: rolls.note_gate(connection, gate, today))
        roll = Roll(self.engine, self.writer, self.clock, self.rules, self.policy, names)
        return Worker(self.targets, self.engine, self.writer, self.clock, roll, self._duties(), self.session.leads)

    def _watch(self, names: Sequence[str]) -> Watch:
        policy, leads = self.policy.fingerprint, self.session.leads
        return watch_of(self.settings, self.engine, self.writer, self.clock, names, policy, leads)

    def _duties(self) -> Sequence[Duty]:
        """What is done again and again besides the work itself."""
        sweep = [Duty("sweep", EVERY, self.nightly.look)] if self.nightly is not None else []
        about = [*self._letter_duties(), *self._review_duties()]
        return [*self.audit.duties, *sweep, *about, Duty("approvals", EXPIRY, self._expire)]

    def _review_duties(self) -> Sequence[Duty]:
        """The check of the month, cases before a planned end, and reminders where the bureau wants them."""
        ours, settings = (self.engine, self.writer, self.clock, self.rules), self.settings.review
        returns, reminding = Returns(*ours, settings.return_days), Reminding(*ours, settings)
        remind = [Duty("reminders", Reminding.EVERY, reminding.look)] if settings.remind else []
        check = [Duty(self.monthly.name, EVERY, self.monthly.look)] if self.monthly is not None else []
        return [*check, *remind, Duty("returns", Returns.EVERY, returns.look)]

    def _letter_duties(self) -> Sequence[Duty]:
        """Letters that are due, and the deadlines of replies, where letters are written here."""
        deadlines = duty.Deadlines(self.writer, self.clock, self.rules)
        out = [Duty("letters", duty.EVERY, self.deliveries.look)] if self.deliveries is not None else []
        return [*out, Duty("deadlines", duty.CALENDAR, deadlines.look)]

    def _expire(self) -> None:
        """What nobody has decided for a day stays held, for a new approval (S24); slips go after a week (S15)."""
        self.writer.write(lambda connection: decisions.renew(connection, self.clock.now()))
        self.writer.write(lambda connection: slips.expire(connection, self.clock.now()))

    def _nightly(self) -> Nightly | None:
        """The scheduled sweep, where there is one and a file by which a process of its own finds its settings."""
        at, source = self.settings.sweep.seconds, self.settings.source
        if at is None or source is None or not self.settings.systems:
            return None
        command = [sys.executable, "-m", "scim_server", "sync", "--sweep", "--scheduled", "--config", str(source)]
        return Nightly(at, self.writer, self.clock, lambda: child(command))

    def _deliveries(self) -> duty.Deliveries | None:
        """Rounds of deliveries, where there is a way for letters and a file with the settings."""
        letters, source = self.settings.letters, self.settings.source
        if source is None or (letters.channel is None and letters.folder is None):
            return None
        command = [sys.executable, "-m", "scim_server", "letter", "deliver", "--scheduled", "--config", str(source)]
        return duty.Deliveries(self.engine, self.clock, letters.channel or HAND, lambda: child(command))

    def _monthly(self) -> Monthly | None:
        """The scheduled check, where somebody is there to write the letters."""
        settings = self.settings
        at, source = settings.review.seconds, settings.source
        if at is None or source is None or settings.letters.bureau is None or not settings.systems:
            return None
        command = [sys.executable, "-m", "scim_server", "review", "open", "--by", "clock", "--config", str(source)]
        calendar = lambda: load_calendar(settings.policy.calendar)  # noqa: E731 - as it is typed at that moment
        return Monthly(at, self.writer, self.clock, lambda: child(command), calendar, self._is_checked)

    def _is_checked(self, month: str) -> bool:
        with reading(self.engine) as connection:
            found = reviews.of_month(connection, month)
        return found is not None and found.state != reviews.GATHERING

    def _gate_set(self) -> str:
        """From which day a letter gate without a day of its own holds: the first on which it was set (A02)."""
        with self.engine.connect() as connection:
            return rolls.rolled(connection, rolls.GATE) or self.clock.today()

    def _console(self) -> Console:
        source = self.settings.source
        command = [sys.executable, "-m", "scim_server"] if source is not None else None
        room = Room(self.reads, self.run_command, Cursors(self.roster), self.clock)
        return console(self.tokens, room, self.documents.draw, Children(command, ["--config", str(source)]))

    def _app(self) -> Starlette:
        scim = routes(self.roster, self.tokens, self.settings, self.feed)
        app = Starlette(
            routes=[
                Route("/scim/v2", scim[0].endpoint),  # a mount leads to what stands behind a slash only
                Mount("/scim/v2", routes=scim),
                Route(PREFIX, self.console.routes[-1].endpoint),
                Mount(PREFIX, routes=self.console.routes),
                *health_routes(self.figures, self.failing, self.degraded, self.clock.today),
                operator_route(self.secret, self.run_command),
            ],
            exception_handlers={HTTPException: refusal, Exception: refusal},
            lifespan=self._lifespan,
        )
        app.router.redirect_slashes = False  # such a redirect would lead to whatever the Host header names
        return app

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        if self.worker is not None:
            self.worker.start()
        self.watch.start()
        yield


def _demand_key(settings: Settings) -> None:
    try:
        Signature(settings.event_key)
    except ValueError as error:
        raise BadSettings(f"[server] event_key {error}") from error
