"""`huaming`: the commands, and what each exit code means (design: The outside).

0 done, 1 failed, 2 bad usage or configuration, 3 held for approval, 4 time ran out.
"""

import json
import sys
from pathlib import Path

import click

from scim_server.clock import Clock
from scim_server.operate.desk import Desk, Refused
from scim_server.operate.exits import FAILED, Commands, stop
from scim_server.operate.typed.activity import activity
from scim_server.operate.typed.adopt import adopt
from scim_server.operate.typed.alerts import alerts
from scim_server.operate.typed.approvals import approvals, release
from scim_server.operate.typed.audit import erase, trace, verify
from scim_server.operate.typed.backup import backup, restore
from scim_server.operate.typed.deadline import deadline
from scim_server.operate.typed.leftover import leftover
from scim_server.operate.typed.letter import letter
from scim_server.operate.typed.migrate import migrate
from scim_server.operate.typed.options import as_json, as_of, day_of, demand_known, restricted, with_desk, with_settings
from scim_server.operate.typed.plan import apply, plan
from scim_server.operate.typed.policy import policy
from scim_server.operate.typed.reply import notice, overdue, reply
from scim_server.operate.typed.report import report
from scim_server.operate.typed.returns import returns
from scim_server.operate.typed.review import review
from scim_server.operate.typed.ruling import ruling
from scim_server.operate.typed.simulator import simulator
from scim_server.operate.typed.slip import slip
from scim_server.settings import Settings


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="huaming")
def main() -> None:
    """Huaming (花名册): the HR roster as the source of truth for every account."""


@main.command()
@with_settings
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
@with_settings
@click.option("--metrics-port", type=click.IntRange(1, 65535), help="tell this worker's own figures here, at /metrics")
def worker(settings: Settings, metrics_port: int | None) -> None:
    """Work without serving. On SQLite one process works a store."""
    from scim_server.operate.serve import work

    work(settings, Clock(), metrics_port)


@main.group()
def token() -> None:
    """Bearer tokens of the SCIM clients."""


@token.command("create")
@with_desk
@click.option("--role", type=click.Choice(["hr", "admin", "auditor"]), required=True)
@click.option("--name", required=True)
@click.option("--user", help="userName of the user whom /Me is for this token")
def token_create(desk: Desk, role: str, name: str, user: str | None) -> None:
    """Make a token and print it, once: only its hash is stored."""
    refusals = {
        "NameTaken": f"there is a token named {name} already",
        "NoSuchUser": f"there is no user named {user}",
    }
    try:
        click.echo(desk.run("token-create", role=role, name=name, user=user))
    except Refused as error:
        if error.args[0] not in refusals:
            raise
        stop(refusals[error.args[0]], FAILED)


@token.command("list")
@with_desk
def token_list(desk: Desk) -> None:
    """Show names, roles, dates and whom each is bound to, as JSON."""
    from scim_server.store.tokens import list_tokens

    with desk.reader() as connection:
        click.echo(json.dumps(list(list_tokens(connection)), ensure_ascii=False, indent=2))


@token.command("revoke")
@with_desk
@click.option("--name", required=True)
def token_revoke(desk: Desk, name: str) -> None:
    """End a token; the server refuses it within a second."""
    if not desk.run("token-revoke", name=name):
        stop(f"there is no living token named {name}", FAILED)


@main.command()
@with_desk
@as_of
@restricted
def states(desk: Desk, day: str | None, restricted: bool) -> None:
    """Print what every account must be on a day, a JSON line a user."""
    from scim_server.operate import states as room
    from scim_server.operate.desk import be_polite

    asked = day_of(desk, day)
    if restricted:
        desk.look("states")
    be_polite()
    for line in room.states(desk, asked, restricted):
        click.echo(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


@main.command()
@with_desk
@click.argument("external_id")
@as_of
@as_json
def explain(desk: Desk, external_id: str, day: str | None, as_json: bool) -> None:
    """Tell why one user's accounts are what they are. The look is recorded."""
    from scim_server.operate import explain as room

    try:
        answer = room.explain(desk, external_id, day_of(desk, day))
    except room.NoSuchUser:
        stop(f"名册中从未有过 {external_id}", FAILED)
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else "\n".join(room.lines(answer)))


@main.command()
@with_desk
@click.option("--until-idle", is_flag=True, help="wait until nothing is due")
@click.option("--timeout", type=click.FloatRange(min=0), default=600.0, show_default=True, help="seconds")
@click.option("--sweep", "sweeping", is_flag=True, help="read every system whole and compare")
@click.option("--system", help="sweep this system only")
@click.option("--report-only", is_flag=True, help="with --sweep: tell what differs, and change nothing")
@click.option("--scheduled", is_flag=True, hidden=True, help="begun by the clock")
@click.pass_context
def sync(
    ctx: click.Context,
    /,
    desk: Desk,
    until_idle: bool,
    timeout: float,
    sweeping: bool,
    system: str | None,
    **how: bool,
) -> None:
    """Wait for the worker (or work, where none runs); sweep."""
    from scim_server.operate import waiting
    from scim_server.operate.screen import counting
    from scim_server.operate.typed.sweeping import sweep

    demand_known(desk, system)
    sweeping = sweeping or how["report_only"]
    if not (until_idle or sweeping):
        raise click.UsageError("Nothing to do: give --until-idle, --sweep, or both.")
    whole = sweep(desk, system, **how) if sweeping else True
    if until_idle:
        with counting("待处理") as progress:
            code = waiting.until_idle(desk, timeout, progress)
        ctx.exit(code if whole or code else FAILED)
    ctx.exit(0 if whole else FAILED)


@main.command()
@with_desk
@as_json
def status(desk: Desk, as_json: bool) -> None:
    """Count what is due, parked, held and waiting."""
    from scim_server.operate import status as room

    answer = room.status(desk)
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else "\n".join(room.lines(answer)))


@main.command()
@with_desk
@click.option("--system")
@click.option("--person", help="externalId")
def retry(desk: Desk, system: str | None, person: str | None) -> None:
    """Make parked accounts due again; prints how many."""
    demand_known(desk, system)
    click.echo(desk.run("retry", system=system, person=person))


@main.command()
@with_desk
def doctor(desk: Desk) -> None:
    """Check what will work, and prove a lock and an unlock. 0 also with warnings, 1 when something will not work."""
    from scim_server.operate import doctor as room

    found = list(room.check(desk))
    click.echo("\n".join(line for where, finding in found for line in room.lines(where, finding)))
    if any(finding.level == "error" for _, finding in found):
        sys.exit(FAILED)


@main.command()
@click.option("--keep", is_flag=True, help="leave the server and the directory running")
@click.option("--dir", "folder", type=click.Path(path_type=Path), help="where to work; a new folder by default")
def demo(keep: bool, folder: Path | None) -> None:
    """Push a sample roster into a private OpenLDAP, and show what happened."""
    from scim_server.operate.demo import run

    run(folder, keep)


TYPED = (
    approvals,
    release,
    plan,
    apply,
    adopt,
    deadline,
    policy,
    activity,
    review,
    returns,
    ruling,
    letter,
    report,
    slip,
    leftover,
    simulator,
    migrate,
    alerts,
    backup,
    restore,
    verify,
    trace,
    erase,
)
for about in (reply, overdue, notice):
    review.add_command(about)
for each in TYPED:
    main.add_command(each)
