"""`huaming plan` and `huaming apply`: look first, then let exactly that be done (S24)."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scim_server.operate.desk import Desk
from scim_server.operate.exits import BAD, FAILED, stop
from scim_server.operate.typed import options

if TYPE_CHECKING:
    from scim_server.operate.apply import Applied, Order
    from scim_server.operate.pushed import Refusal
    from scim_server.operate.pushed_file import PushedFile

MOST_MOVED = 60  # lines on the terminal

with_file = click.option(
    "--with",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="a file of SCIM requests that have not been pushed",
)
skip_refused = click.option("--skip-refused", is_flag=True, help="go on without the requests that SCIM refuses")


@click.command()
@options.with_desk
@options.as_of
@click.option("--system", help="plan this system only")
@with_file
@skip_refused
@options.as_json
def plan(desk: Desk, day: str | None, system: str | None, path: Path | None, skip_refused: bool, as_json: bool) -> None:
    """Show what would be done now, if it were another day, or once a file of requests were pushed. Sends nothing."""
    from scim_server.operate.desk import be_polite
    from scim_server.operate.planning_keep import keep
    from scim_server.operate.planning_look import Asked, look
    from scim_server.operate.planning_spool import Spool
    from scim_server.operate.pushed_trial import RequestsRefused
    from scim_server.operate.screen import counting

    options.demand_known(desk, system)
    asked = Asked(system, options.day_of(desk, day) if day is not None else None, _file(desk, path), skip_refused)
    be_polite()
    with Spool() as spool:
        try:
            with counting("比对") as progress:
                found = look(desk, spool.put, asked, progress)
        except RequestsRefused as error:
            _stop_refused(error.args[0])
        if found.lines() and not as_json:
            click.echo("\n".join(found.lines()), err=True)
        pushed = asked.file.digest if asked.file else None
        if found.keeps and not keep(desk, found.answer["digest"], system, pushed, spool.each("rows")):
            click.echo("huaming: 存储此刻不能写入，计划没有存档，不能按摘要执行；请稍后重新查看", err=True)
        for piece in spool.json(found.answer) if as_json else spool.words(found.answer):
            click.echo(piece, nl=False)


@click.command()
@options.with_desk
@click.option("--plan", "digest", required=True, help="the digest that was shown, or its first 12 characters")
@options.by
@with_file
@click.option("--approved-by", "approver", help="who lets pass what the guard would hold; with a file somebody else")
@click.option("--partial", is_flag=True, help="let go what has not moved, though something else has")
@skip_refused
@click.option("--until-idle", is_flag=True, help="wait until nothing is due")
@click.option("--timeout", type=click.FloatRange(min=0), default=600.0, show_default=True, help="seconds")
@options.as_json
def apply(  # noqa: PLR0913, PLR0917 - one command with the switches that a person may type
    desk: Desk,
    digest: str,
    by: str,
    path: Path | None,
    approver: str | None,
    partial: bool,
    skip_refused: bool,
    until_idle: bool,
    timeout: float,
    as_json: bool,
) -> None:
    """Let exactly the plan that was shown be done; what has moved since is named, and stays."""
    from scim_server.operate import apply as room
    from scim_server.operate import waiting
    from scim_server.operate.desk import be_polite
    from scim_server.operate.pushed_trial import RequestsRefused
    from scim_server.operate.screen import counting

    order = room.Order(digest, by, _file(desk, path), partial, skip_refused, approver)
    be_polite()
    try:
        with counting("比对") as progress:
            done = room.apply(desk, order, progress)
    except room.NotNow as error:
        stop(error.args[0], FAILED)
    except RequestsRefused as error:
        _stop_refused(error.args[0])
    click.echo(json.dumps(done.shown(), ensure_ascii=False) if as_json else "\n".join(_lines(done, order)))
    if done.refused is not None:
        stop(done.refused, FAILED)
    if until_idle:
        with counting("待处理") as progress:
            sys.exit(waiting.until_idle(desk, timeout, progress))


def _file(desk: Desk, path: Path | None) -> "PushedFile | None":
    from scim_server.operate.pushed_file import BadFile, check

    try:
        return check(path, desk.settings.base_url) if path is not None else None
    except BadFile as error:
        stop(f"{path} 不是 SCIM 请求的文件：\n{error}", BAD)


def _stop_refused(refusals: "Sequence[Refusal]") -> None:
    said = [each.sentence for each in refusals[:MOST_MOVED]]
    if len(refusals) > MOST_MOVED:
        said.append(f"……另有 {len(refusals) - MOST_MOVED} 项")
    said.append(f"SCIM 拒绝了其中 {len(refusals)} 项；请改正文件，或加 --skip-refused 略过它们")
    stop("\n".join(said), FAILED)


def _lines(done: "Applied", order: "Order") -> list[str]:
    comparison = done.comparison
    said = [each.sentence for each in comparison.moved[:MOST_MOVED]]
    if len(comparison.moved) > MOST_MOVED:
        said.append(f"……另有 {len(comparison.moved) - MOST_MOVED} 项，用 --json 看全部")
    if comparison.moved:
        said.append(f"与所显示的相比有 {len(comparison.moved)} 项变动")
    if done.pushed is not None:
        pushed = done.pushed
        said += [each.sentence for each in pushed.refused]
        said.append(f"请求文件推送至第 {pushed.line} 行，共 {pushed.lines} 个请求，逐项计接受 {pushed.accepted} 项")
    if done.refused is None:
        before = f"，此前已落实 {comparison.done} 项" if comparison.done else ""
        word, more = (
            ("已放行", "") if order.voucher else ("已交由安全上限核定", "；超出上限的待批（huaming approvals list）")
        )
        said.append(f"{word} {done.let_pass} 项操作，涉及 {done.people} 人{before}；摘要 {done.digest[:16]}{more}")
    return said
