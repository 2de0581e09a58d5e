"""The alerts of one house, put together from its settings."""

from collections.abc import Callable, Sequence

from sqlalchemy import Engine

from scim_server.alerts.conditions import Present
from scim_server.alerts.overdue import Overdue
from scim_server.alerts.sending import Command, InTheLog, Way, Webhook
from scim_server.alerts.watch import Watch
from scim_server.clock import Clock
from scim_server.settings import BadSettings, Settings
from scim_server.store.writer import Writer
from scim_server.workdays import load_calendar

CALM = 60.0  # seconds after a start until the roster is walked through for overdue letters


def way_of(settings: Settings, clock: Clock) -> Way:
    """The way out that is configured, else the log. Raises BadSettings for an address that may not be used."""
    if settings.alerts.command:
        return Command(settings.alerts.command)
    if settings.webhook is None:
        return InTheLog()
    hook = Webhook(lambda: settings.webhook or "", clock.monotonic)
    try:
        hook.check()
    except ValueError as error:
        raise BadSettings(f"[alerts] webhook: {error}") from None
    return hook


def watch_of(
    settings: Settings,
    engine: Engine,
    writer: Writer,
    clock: Clock,
    systems: Sequence[str],
    fingerprint: str,
    leads: Callable[[], bool],
) -> Watch:
    """Raises BadSettings. `fingerprint`: of the policy (S21). `leads`: whether this process schedules."""

    def present() -> Present:
        calendar = load_calendar(settings.policy.calendar)  # each time: a year may be entered while we run
        minutes = settings.alerts.breaker_minutes
        return Present(clock.now(), clock.today(), systems, calendar, fingerprint, minutes * 60)

    letters = Overdue(settings, not_before=clock.now() + CALM)
    return Watch(engine, writer, clock, way_of(settings, clock), present, leads, letters)
