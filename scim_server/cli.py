"""`huaming`: the commands, and what each exit code means (design: The outside).

0 done, 1 failed, 2 bad usage or configuration, 3 held for approval, 4 time ran out.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click

from scim_server.clock import Clock
from scim_server.operate.desk import Desk, Refused
from scim_server.operate.exits import BAD, FAILED, Commands, stop
from scim_server.settings import Settings, load

T = TypeVar("T", bound=Callable[..., Any])

_config = click.option(
    "--config", "config", type=click.Path(path_type=Path), envvar="HUAMING_CONFIG", default="huaming.toml"
)
_json = click.option("--json", "as_json", is_flag=True, help="JSON on stdout")


def _with_settings(command: T) -> Any:
    @_config
    @wraps(command)
    def run(config: Path, **given: Any) -> Any:
        return command(load(config), **given)

    return run


def _with_desk(command: T) -> Any:
    @_with_settings
    @wraps(command)
    def run(settings: Settings, **given: Any) -> Any:
        return command(Desk(settings, Clock()), **given)

    return run


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="huaming")
def main() -> None:
    """Huaming (花名册): the HR roster as the source of truth for every account."""


@main.command()
@_with_settings
@click.option("--host", help="instead of [server] host")
@click.option("--port", type=click.IntRange(0, 65535), help="instead of [server] port; 0 takes a free one")
@click.option("--no-worker", is_flag=True, help="serve SCIM only")
def serve(settings: Settings, host: str | None, port: int | None, no_worker: bool) -> None:
    """Serve SCIM, with a worker inside, until SIGTERM."""
    from scim_server.operate.serve import serve as run

    given = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    server = settings.server.model_copy(update=given)
    run(settings.model_copy(update={"server": server}), Clock(), working=not no_worker)


@main.command()
@_with_settings
def worker(settings: Settings) -> None:
    """Work without serving. On SQLite one process works a store."""
    from scim_server.operate.serve import work

    work(settings, Clock())


@main.group()
def token() -> None:
    """Bearer tokens of the SCIM clients."""


@token.command("create")
@_with_desk
@click.option("--role", type=click.Choice(["hr", "admin", "auditor"]), required=True)
@click.option("--name", required=True)
def token_create(desk: Desk, role: str, name: str) -> None:
    """Make a token and print it, once: only its hash is stored."""
    try:
        click.echo(desk.run("token-create", role=role, name=name))
    except Refused as error:
        if error.args[0] != "NameTaken":
            raise
        stop(f"there is a token named {name} already", FAILED)


@token.command("list")
@_with_desk
def token_list(desk: Desk) -> None:
    """Show names, roles and dates as JSON."""
    from scim_server.store.tokens import list_tokens

    with desk.reader() as connection:
        click.echo(json.dumps(list(list_tokens(connection)), ensure_ascii=False, indent=2))


@token.command("revoke")
@_with_desk
@click.option("--name", required=True)
def token_revoke(desk: Desk, name: str) -> None:
    """End a token; the server refuses it within a second."""
    if not desk.run("token-revoke", name=name):
        stop(f"there is no living token named {name}", FAILED)


@main.command()
@_with_desk
@click.option("--as-of", "day", help="YYYY-MM-DD; today by default")
def states(desk: Desk, day: str | None) -> None:
    """Print what every account must be on a day, a JSON line a user."""
    from scim_server.operate.desk import be_polite
    from scim_server.operate.states import states as lines

    be_polite()
    for line in lines(desk, _day(desk, day)):
        click.echo(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


@main.command()
@_with_desk
@click.argument("external_id")
@click.option("--as-of", "day", help="YYYY-MM-DD; today by default")
@_json
def explain(desk: Desk, external_id: str, day: str | None, as_json: bool) -> None:
    """Tell why one user's accounts are what they are. The look is recorded."""
    from scim_server.operate import explain as room

    try:
        answer = room.explain(desk, external_id, _day(desk, day))
    except room.NoSuchUser:
        stop(f"名册中从未有过 {external_id}", FAILED)
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else "\n".join(room.lines(answer)))


@main.command()
@_with_desk
@_json
def plan(desk: Desk, as_json: bool) -> None:
    """Show what would be done now, and write nothing."""
    from scim_server.operate import planning
    from scim_server.operate.desk import be_polite
    from scim_server.operate.screen import counting

    be_polite()
    with counting("比对") as progress:
        answer = planning.plan(desk, progress)
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else "\n".join(planning.lines(answer)))


@main.command()
@_with_desk
@click.option("--until-idle", is_flag=True, help="wait until nothing is due")
@click.option("--timeout", type=click.FloatRange(min=0), default=600.0, show_default=True, help="seconds")
@click.option("--sweep", "sweeping", is_flag=True, help="observe every account again")
@click.option("--system", help="sweep this system only")
@click.option("--report-only", is_flag=True, help="with --sweep: show what differs, as `plan` does, and change nothing")
@click.pass_context
def sync(
    ctx: click.Context,
    desk: Desk,
    until_idle: bool,
    timeout: float,
    sweeping: bool,
    system: str | None,
    report_only: bool,
) -> None:
    """Wait for the worker (or work, where none runs); sweep."""
    from scim_server.operate import planning, waiting
    from scim_server.operate.screen import counting

    _demand_known(desk, system)
    if not (until_idle or sweeping or report_only):
        raise click.UsageError("Nothing to do: give --until-idle, --sweep, or both.")
    if report_only:
        click.echo("\n".join(planning.lines(planning.plan(desk, system=system))))
    elif sweeping:
        with counting("巡检") as progress:
            waiting.sweep(desk, [system] if system else list(desk.settings.systems), progress)
    if until_idle:
        with counting("待处理") as progress:
            ctx.exit(waiting.until_idle(desk, timeout, progress))


@main.command()
@_with_desk
@_json
def status(desk: Desk, as_json: bool) -> None:
    """Count what is due, parked, held and waiting."""
    from scim_server.operate import status as room

    answer = room.status(desk)
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else "\n".join(room.lines(answer)))


@main.command()
@_with_desk
@click.option("--system")
@click.option("--person", help="externalId")
def retry(desk: Desk, system: str | None, person: str | None) -> None:
    """Make parked accounts due again; prints how many."""
    _demand_known(desk, system)
    click.echo(desk.run("retry", system=system, person=person))


@main.command()
@_with_desk
def doctor(desk: Desk) -> None:
    """Check what will work, and prove a lock and an unlock. 0 also with warnings, 1 when something will not work."""
    from scim_server.operate import doctor as room

    found = list(room.check(desk))
    click.echo("\n".join(line for where, finding in found for line in room.lines(where, finding)))
    if any(finding.level == "error" for _, finding in found):
        sys.exit(FAILED)


@main.group()
def report() -> None:
    """Reports for people."""


@report.command("sync")
@_with_desk
@click.option("--format", "form", type=click.Choice(["html", "csv", "xlsx", "json"]), default="html", show_default=True)
@click.option("--since", help="YYYY-MM-DD or an ISO 8601 stamp; everything on record by default")
@click.option("--system")
@click.option("--person", help="externalId: the history of one user")
@click.option("--out", type=click.File("wb", lazy=True), default="-")
def report_sync(
    desk: Desk, form: str, since: str | None, system: str | None, person: str | None, out: BinaryIO
) -> None:
    """What was done, why, and how long it took."""
    from scim_server.operate.desk import be_polite
    from scim_server.reports.sync import write_sync

    be_polite()
    now = datetime.fromtimestamp(desk.clock.now(), UTC)
    with desk.snapshot() as connection:
        try:
            write_sync(connection, form, out, now, since, system, person)
        except ValueError as error:
            stop(str(error), BAD)


@main.command()
@click.option("--keep", is_flag=True, help="leave the server and the directory running")
@click.option("--dir", "folder", type=click.Path(path_type=Path), help="where to work; a new folder by default")
def demo(keep: bool, folder: Path | None) -> None:
    """Push a sample roster into a private OpenLDAP, and show what happened."""
    from scim_server.operate.demo import run

    run(folder, keep)


def _demand_known(desk: Desk, system: str | None) -> None:
    if system is not None and system not in desk.settings.systems:
        stop(f"no system named {system} is configured", BAD)


def _day(desk: Desk, given: str | None) -> str:
    if given is None:
        return desk.clock.today()
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        raise click.BadParameter(f"{given} is no date of the form YYYY-MM-DD", param_hint="--as-of") from None
