"""`huaming verify`, `trace` and `erase`: the record of what was done, proved, shown, and what must go of it (S26)."""

import getpass
import json
import sys

import click

from scim_server.clock import stamp
from scim_server.operate.desk import Desk, Refused
from scim_server.operate.exits import BAD, FAILED, stop
from scim_server.operate.typed import options

DAY = 86_400.0


@click.command()
@options.with_desk
@click.option("--head", help="NUMBER:HASH as the log told it once: the record must still contain it")
@options.as_json
def verify(desk: Desk, head: str | None, as_json: bool) -> None:
    """Check that no row of the record was altered, removed, reordered or inserted; 1 and the first one when it was."""
    from scim_server.operate import verify as room
    from scim_server.operate.desk import be_polite

    be_polite()
    try:
        verdict = room.verify(desk, head)
    except room.BadHead as error:
        stop(f"--head: {error}", BAD)
    click.echo(json.dumps(verdict.shown(), ensure_ascii=False) if as_json else "\n".join(room.lines(verdict)))
    if not verdict.ok:
        sys.exit(FAILED)


@click.command()
@options.with_desk
@click.argument("external_id", required=False)
@click.option("--request", help="the correlation id of a request (X-Request-Id)")
@click.option("--since", help="a day or a local time")
@click.option("--cut", is_flag=True, help="cut off what [audit] retention_days no longer demands, and show nothing")
@options.as_json
def trace(
    desk: Desk, external_id: str | None, request: str | None, since: str | None, cut: bool, as_json: bool
) -> None:
    """Show what was done to a person's accounts, or because of a request, and why. The look is recorded."""
    from scim_server.operate import tracing as room
    from scim_server.reports.period import BadPeriod

    if cut:
        _cut(desk)
        return
    if not (external_id or request or since):
        raise click.UsageError("Whose? Give an externalId, --request, --since, or several of them.")
    try:
        for entry in room.tell(desk, room.Asked(external_id, request, since)):
            click.echo(room.as_json(entry) if as_json else room.line(entry))
    except room.NoSuchPerson:
        stop(f"名册中从未有过 {external_id}", FAILED)
    except BadPeriod as error:
        raise click.BadParameter(str(error), param_hint="--since") from error


def _cut(desk: Desk) -> None:
    before = stamp(desk.clock.now() - desk.settings.audit.retention_days * DAY)
    rows = 0
    try:
        while gone := desk.run("trace-cut", before=before, by=getpass.getuser()):
            rows += int(gone)
    except Refused as error:
        if error.args[0] != "NotAllowed":
            raise
        stop("本账号无权删除留痕：请以库的所有者运行（[store] url）", FAILED)
    click.echo(f"已切除 {rows} 行（{before} 以前封印的）")


@click.command()
@options.with_desk
@click.argument("external_id")
@options.by
def erase(desk: Desk, external_id: str, by: str) -> None:
    """Erase what is personal of somebody who has left and whose accounts are gone. What was done stays counted."""
    from scim_server.operate import erase as room

    try:
        blanked, settled = room.erase(desk, external_id, by)
    except room.NotErasable as error:
        stop(f"不能抹除 {external_id}：{error}", FAILED)
    click.echo(f"已抹除 {external_id}：{blanked} 条操作记录，密钥已销毁")
    if not settled:
        click.echo("库文件旁的日志（-wal）正被读取，其中的旧页将在下次写回时清除；可稍后再运行本命令查看", err=True)
