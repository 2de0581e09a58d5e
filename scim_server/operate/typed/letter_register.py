"""`huaming letter register|show|render|deliver|delivered|void`: letters that the house draws up."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from scim_server.operate.desk import Desk, Refused
from scim_server.operate.exits import FAILED, stop
from scim_server.operate.typed import options

T = TypeVar("T", bound=Callable[..., Any])

STATES = ("draft", "ready", "sending", "unknown", "delivered", "void")
SENTENCES = {
    "NoSuchLetter": "登记簿中没有 {}",
    "NotNow": "{}",
    "RestrictedLetter": "{} 限制知悉：须用 --restricted，查看会记录在案",
    "LetterError": "文件不能生成：{}",
    "TextError": "文件不能生成：{}",
    "PreviewError": "不能转换为 PDF：{}",
    "ValueError": "{}",
}
which = click.argument("letter")


def _instant(_: click.Context, __: click.Parameter, given: str) -> str:
    """As it was typed. Raises click.BadParameter."""
    try:
        datetime.fromisoformat(given.strip())
    except ValueError:
        raise click.BadParameter(f"{given} is no ISO 8601 instant") from None
    return given.strip()


def _reason(_: click.Context, __: click.Parameter, given: str) -> str:
    """As it was typed. Raises click.BadParameter."""
    if not given.strip():
        raise click.BadParameter("a reason is wanted")
    return given.strip()


def told(command: T) -> Any:
    """What stands in the way of a command is told in a sentence."""

    @wraps(command)
    def run(*given: Any, **named: Any) -> Any:
        try:
            return command(*given, **named)
        except Exception as error:
            kind, text = error.args[:2] if isinstance(error, Refused) else (type(error).__name__, str(error))
            if kind not in SENTENCES:
                raise
            stop(SENTENCES[kind].format(text), FAILED)

    return run


@click.command("register")
@options.with_desk
@click.option("--year", type=click.IntRange(2000, 9999), help="of the series; by default all")
@click.option("--sender", help="code of the top department that writes")
@click.option("--state", type=click.Choice(STATES))
@options.restricted
@options.as_json
def register(
    desk: Desk, year: int | None, sender: str | None, state: str | None, restricted: bool, as_json: bool
) -> None:
    """Show the letters of the house in the order of their numbers; restricted ones with --restricted only."""
    from scim_server.operate import register

    wanted = {
        name: value for name, value in (("year", year), ("sender", sender), ("state", state)) if value is not None
    }
    found = register.listed(desk, wanted, restricted)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        options.tell(map(register.line, found), "登记簿中没有这样的函件")


@click.command("show")
@options.with_desk
@which
@options.restricted
@options.as_json
@told
def show(desk: Desk, letter: str, restricted: bool, as_json: bool) -> None:
    """Show one letter, by id or 文号; whom it names with --restricted only."""
    from scim_server.operate import register

    found = register.shown(desk, letter, restricted)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(register.lines(found)))


@click.command("render")
@options.with_desk
@which
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="the file to write")
@click.option("--pdf", is_flag=True, help="as PDF, by LibreOffice where that is installed")
@options.restricted
@told
def render(desk: Desk, letter: str, out: Path, pdf: bool, restricted: bool) -> None:
    """Draw a letter's document again: the same bytes whenever it is asked for."""
    from scim_server.operate import register

    number, document = register.document(desk, letter, restricted)
    register.write(out, document, pdf)
    click.echo(f"{number} → {out}", err=True)


@click.command("deliver")
@options.with_desk
@click.option("--by", default="huaming", show_default=True, help="in whose name it is put on record")
@click.option("--again", metavar="LETTER", help="first free a letter that waits for a person")
@click.option("--scheduled", is_flag=True, hidden=True)
@options.as_json
@told
def deliver(desk: Desk, by: str, again: str | None, scheduled: bool, as_json: bool) -> None:
    """Bring every letter that is ready to its readers, by the OA or into the folder."""
    from scim_server.operate import delivery, register

    by = options.named(by)
    if again is not None:
        desk.run("letter-again", id=register.id_of(desk, again), by=by)
    found = list(delivery.deliver(desk, by))
    if as_json:
        click.echo(json.dumps(list(map(delivery.shown, found)), ensure_ascii=False))
    elif found or not scheduled:
        options.tell(map(delivery.line, found), "没有待送达的函件")
    if not scheduled and any(each.result in delivery.BAD for each in found):
        stop("有函件未能送达", FAILED)


@click.command("delivered")
@options.with_desk
@which
@click.option(
    "--at", required=True, callback=_instant, help="ISO 8601: when it was delivered; the reply's clock runs from here"
)
@options.by
@told
def delivered(desk: Desk, letter: str, at: str, by: str) -> None:
    """Put on record when a letter was delivered, and print by when it is to be answered."""
    from scim_server.operate import register

    now = desk.run("letter-delivered", id=register.id_of(desk, letter), at=at, by=by)
    until = f"，复函期限 {now['due']}{'（暂定）' if now['provisional'] else ''}" if now["due"] else ""
    click.echo(f"{now['doc_number']} 送达已登记{until}")


@click.command("void")
@options.with_desk
@which
@click.option("--reason", required=True, callback=_reason, help="it stays in the trace")
@options.by
@told
def void(desk: Desk, letter: str, reason: str, by: str) -> None:
    """A letter is not to go out: it keeps its number."""
    from scim_server.operate import register

    saved = register.is_saved(desk, letter)
    number = desk.run("letter-void", id=register.id_of(desk, letter), by=by, reason=reason)
    click.echo(f"{number} 已作废{'；请将已存入文件夹的文件撤下' if saved else ''}")
