"""`huaming activity`: who used which account, as systems and exports tell it (四, S30)."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from scim_server.clock import SHANGHAI
from scim_server.operate.desk import Desk, Refused, be_polite
from scim_server.operate.exits import FAILED, stop
from scim_server.operate.typed import options

TERMINALS = ("pc", "mobile", "device", "any")


def _instant(given: str, hint: str, *, end: bool) -> datetime:
    """A day, of which the beginning or the `end` counts, or an instant; in Asia/Shanghai unless it says otherwise."""
    try:
        if len(given) == 10:
            day = date.fromisoformat(given) + timedelta(days=end)
            return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
        at = datetime.fromisoformat(given)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{given} is neither YYYY-MM-DD nor an ISO 8601 instant", param_hint=hint) from None
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def _span(desk: Desk, since: str | None, until: str | None, back: timedelta) -> tuple[datetime, datetime]:
    """The stretch that was typed, as far as it is over. Raises click.BadParameter."""
    now = datetime.fromtimestamp(desk.clock.now(), UTC)
    end = min(now, _instant(until, "--until", end=True)) if until else now
    start = _instant(since, "--since", end=False) if since else end - back
    if start >= end:
        raise click.BadParameter(
            "the stretch is empty: it must begin before it ends, and before now", param_hint="--since"
        )
    return start, end


def _demand_terminal(desk: Desk, system: str, terminal: str) -> None:
    """The doors' file is not the OA's. Raises click.BadParameter."""
    from mappings.activity import ANY, DEMANDED
    from scim_server.systems import followed

    there = dict.fromkeys((*DEMANDED.get(followed(desk.settings.systems[system]), ()), ANY))
    if terminal not in there:
        raise click.BadParameter(f"{system} has no {terminal}; it has: {', '.join(there)}", param_hint="--terminal")


@click.group()
def activity() -> None:
    """Who used which account, as the systems and exports of their consoles tell."""


@activity.command("gather")
@options.with_desk
@click.option("--system", help="ask this system only")
@click.option("--since", help="YYYY-MM-DD or an instant; 32 days before the end by default")
@click.option("--until", help="YYYY-MM-DD, its end, or an instant; now by default")
@options.as_json
def gather(desk: Desk, system: str | None, since: str | None, until: str | None, as_json: bool) -> None:
    """Ask every system that can tell. 1 where one that can tell could not be asked."""
    from scim_server.operate import activity as room
    from scim_server.operate.screen import counting

    options.demand_known(desk, system)
    span = _span(desk, since, until, room.BACK)
    be_polite()
    with counting("采集") as progress:
        found = room.ask_systems(desk, [system] if system else list(desk.settings.systems), *span, progress)
    if as_json:
        click.echo(json.dumps([room.shown(each) for each in found], ensure_ascii=False))
    else:
        for each in found:
            click.echo(room.line(each), err=each.error is not None)
    if any(each.error is not None for each in found):
        click.get_current_context().exit(FAILED)


@activity.command("import")
@options.with_desk
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--system", required=True)
@click.option(
    "--terminal", type=click.Choice(TERMINALS), required=True, help="any: all of the system's, not told apart"
)
@click.option("--since", required=True, help="from when on the file knows every operation: YYYY-MM-DD or an instant")
@click.option("--until", required=True, help="until when it does: YYYY-MM-DD, its end, or an instant")
@options.by
@click.option("--key", help="the heading of the column that says who")
@click.option("--at", help="the heading of the column that says when")
@click.option("--complete", is_flag=True, help="who is not in the file had no operation, though it names few")
@options.as_json
def import_(desk: Desk, file: Path, system: str, since: str, until: str, as_json: bool, **said: str) -> None:
    """Read in an export (CSV or XLSX) of who was there last and when. The same one twice is told, and not doubled."""
    from scim_server.operate import activity_import as room
    from scim_server.review.export_columns import BadColumns
    from scim_server.review.export_file import LARGEST, BadFile
    from scim_server.review.exports import BadRows

    options.demand_known(desk, system)
    _demand_terminal(desk, system, said["terminal"])
    start, end = _span(desk, since, until, timedelta())
    if file.stat().st_size > LARGEST:
        stop(f"{file.name} 超过 {LARGEST // 2**20} MB，请按时间分成几个文件导出", FAILED)
    asked = room.Asked(system, since=start, until=end, **said)  # type: ignore[arg-type]
    be_polite()
    try:
        done = room.take(desk, asked, file.name, file.read_bytes())
    except (BadFile, BadColumns, room.NotNow) as error:
        stop(f"{file.name}：{error}", FAILED)
    except BadRows as error:
        more = f"\n……共 {error.number} 行有误" if error.number > len(error.told) else ""
        stop(f"{file.name}：有误，未导入任何一行\n" + "\n".join(error.told) + more, FAILED)
    click.echo(json.dumps(room.shown(done), ensure_ascii=False) if as_json else "\n".join(room.lines(done, file.name)))


@activity.command("withdraw")
@options.with_desk
@click.argument("id")
@options.by
def withdraw(desk: Desk, id: str, by: str) -> None:
    """Take back what an import claimed to have watched, as where its days were wrong. Its evidence stays."""
    try:
        desk.run("activity-withdraw", id=id, by=by)
    except Refused as error:
        if error.args[0] != "NoSuchImport":
            raise
        stop(f"没有编号为 {id} 的导入，或已撤回", FAILED)
    click.echo(f"已撤回 {id}：不再据以认定无操作；其中的使用记录保留")


@activity.command("show")
@options.with_desk
@click.option("--person", help="externalId; the look is recorded")
@options.as_json
def show(desk: Desk, person: str | None, as_json: bool) -> None:
    """Show what is on record: of every system, or of one person."""
    from scim_server.commands import NoSuchPerson, subject_of
    from scim_server.operate import activity_show as room

    if person is None:
        told, lines = room.house(desk), room.house_lines
    else:
        try:
            with desk.reader() as reader:
                subject = subject_of(reader, person)
        except NoSuchPerson:
            stop(f"名册中从未有过 {person}", FAILED)
        desk.look("activity", subject)
        told, lines = room.person(desk, person), room.person_lines
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(lines(told)))
