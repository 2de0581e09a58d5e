"""`huaming report`: reports for people. One table of them, and one way to ask for each."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, BinaryIO

import click

from scim_server.operate.desk import Desk
from scim_server.operate.exits import BAD, FAILED, stop
from scim_server.operate.typed import options
from scim_server.operate.typed.review import month_of

Command = Callable[..., Any]

# name: what it tells, in the order in which `huaming report --help` lists them
REPORTS = {
    "sync": "What was done, why, and how long it took.",
    "lifecycle": "Who came, moved, was locked and went in a period, and when each system had it.",
    "access": "Who is where today, against what must be: a sheet a department, to be signed.",
    "stuck": "What is held, parked or waits too long: for how long, why, and what to do next.",
    "letters": "Which letters departments owe, until when, and who is late.",
    "zero-activity": "The monthly check: who used no account, who was asked about it, and what came of it.",
    "drift": "What sweeps found, what was healed and what was left, with the counts of what was read.",
    "orphans": "Which accounts no link names, read now: those of people who have left come first.",
}

_form = click.option(
    "--format", "form", type=click.Choice(["html", "csv", "xlsx", "json"]), default="html", show_default=True
)
_out = click.option("--out", type=click.File("wb", lazy=True), default="-")
_system = click.option("--system")
_since = click.option(
    "--since", help="YYYY-MM-DD or an ISO 8601 stamp; by default all on record, of drift the last sweep"
)
_until = click.option("--until", help="YYYY-MM-DD, the last day, or an ISO 8601 stamp; until now by default")
_period = click.option("--period", "named", help="a year, a month or a quarter instead: 2026, 2026-10, 2026-Q4")


@click.group()
def report() -> None:
    """Reports for people."""


def _report(name: str, *own: Command) -> Callable[[Command], Command]:
    """A report by that name with a format, a destination and its own options.

    It yields to the server; a period that is none ends it with a sentence before anything is written.
    """

    def register(body: Command) -> Command:
        @wraps(body)
        def run(desk: Desk, **given: Any) -> None:
            from scim_server.operate.desk import be_polite
            from scim_server.reports.period import BadPeriod

            be_polite()
            try:
                body(desk, **given)
            except BadPeriod as error:
                stop(str(error), BAD)

        made: Command = run
        for option in (_out, *reversed(own), _form):
            made = option(made)
        return report.command(name, help=REPORTS[name])(options.with_desk(made))

    return register


@_report("sync", _since, _until, _period, _system, click.option("--person", help="externalId: the history of one user"))
def report_sync(desk: Desk, form: str, out: BinaryIO, **asked: str | None) -> None:
    """What was done, why, and how long it took."""
    from scim_server.reports.period import period_of
    from scim_server.reports.sync import write_sync

    options.demand_on_record(desk, asked["system"])
    now = datetime.fromtimestamp(desk.clock.now(), UTC)
    period = period_of(asked["since"], asked["until"], asked["named"])
    with desk.snapshot() as connection:
        write_sync(connection, form, out, now, period, asked["system"], asked["person"])


@_report("lifecycle", _since, _until, _period)
def report_lifecycle(
    desk: Desk, form: str, since: str | None, until: str | None, named: str | None, out: BinaryIO
) -> None:
    """Who came, moved, was locked and went in a period, and when each system had it."""
    from scim_server.reports.lifecycle.report import write_lifecycle
    from scim_server.reports.period import period_of

    period = period_of(since, until, named)
    with desk.snapshot() as connection:
        write_lifecycle(connection, form, out, desk.clock.now(), period)


@_report("access", click.option("--department", help="externalId of a department: it and all below it"), _system)
def report_access(desk: Desk, form: str, department: str | None, system: str | None, out: BinaryIO) -> None:
    """Who is where today, against what must be: a sheet a department, to be signed."""
    from scim_server.operate.access import scope_of, terms_of
    from scim_server.reports.access.report import write_access

    options.demand_known(desk, system)
    with desk.snapshot() as connection:
        try:
            terms = terms_of(desk, connection, department, system)
        except LookupError:
            stop(f"没有编号为“{department}”的部门", BAD)
        write_access(connection, form, out, desk.clock.now(), terms, scope_of(terms, department, system))


@_report("stuck", _system)
def report_stuck(desk: Desk, form: str, system: str | None, out: BinaryIO) -> None:
    """What is held, parked or waits too long: for how long, why, and what to do next."""
    from scim_server.reports.stuck.report import write_stuck

    options.demand_known(desk, system)
    with desk.snapshot() as connection:
        write_stuck(connection, form, out, desk.clock.now(), system)


@_report(
    "letters",
    options.as_of,
    click.option("--since", help="YYYY-MM-DD: no event before that day; by default since the regulation is in force"),
    click.option(
        "--part", type=click.Choice(["owed", "outgoing", "deadlines"]), help="of csv and json; owed by default"
    ),
    options.restricted,
)
def report_letters(
    desk: Desk, form: str, day: str | None, since: str | None, part: str | None, restricted: bool, out: BinaryIO
) -> None:
    """Which letters departments owe, until when, and who is late; which of ours are not done with."""
    from scim_server.operate.letters import terms_of
    from scim_server.reports.letters.report import write_letters

    if part is not None and form not in ("csv", "json"):
        raise click.UsageError(f"--part goes with csv and json: {form} holds all parts.")

    asked = options.day_of(desk, day)
    earliest = options.day_of(desk, since, "--since") if since else None
    if restricted:
        desk.look("report letters")
    with desk.snapshot() as connection:
        terms = terms_of(desk, connection, asked, restricted, earliest)
        write_letters(connection, form, out, desk.clock.now(), terms, part or "owed")


@_report(
    "zero-activity",
    click.option("--month", callback=month_of, help="YYYY-MM; by default that of the last check"),
    options.restricted,
)
def report_zero_activity(desk: Desk, form: str, month: str | None, restricted: bool, out: BinaryIO) -> None:
    """The monthly check: who used no account, who was asked about it, and what came of it."""
    from scim_server.reports.zero_activity.report import write_zero_activity
    from scim_server.store.reviews import NoSuchReview

    if restricted:
        desk.look("report zero-activity")
    with desk.snapshot() as connection:
        try:
            write_zero_activity(connection, form, out, desk.clock.now(), month, restricted)
        except NoSuchReview:
            stop(f"没有 {month} 的核查" if month else "还没有核查", FAILED)


@_report("drift", _since, _until, _period, _system)
def report_drift(desk: Desk, form: str, out: BinaryIO, system: str | None, **asked: str | None) -> None:
    """What sweeps found; without a period the last of each system."""
    from scim_server.reports.drift.report import write_drift
    from scim_server.reports.period import period_of

    options.demand_on_record(desk, system)
    period = period_of(asked["since"], asked["until"], asked["named"])
    with desk.snapshot() as connection:
        write_drift(connection, form, out, desk.clock.now(), period, system)


@_report("orphans", _system)
def report_orphans(desk: Desk, form: str, system: str | None, out: BinaryIO) -> None:
    """Which accounts no link names, read now: those of people who have left come first."""
    from scim_server.operate.adopt_orphans import orphans
    from scim_server.reports.orphans.report import write_orphans

    options.demand_known(desk, system)
    rows, readings = orphans(desk, [system] if system else list(desk.settings.systems))
    write_orphans(rows, readings, form, out, desk.clock.now())
    unread = [f"{each.system} 未能完整读取：{each.error}" for each in readings if each.error]
    if unread:
        stop("；".join(unread), FAILED)
