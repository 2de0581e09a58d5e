"""`huaming letter`: letters of departments on record."""

import json
from datetime import datetime

import click

from scim_server.operate.desk import Desk, Refused
from scim_server.operate.exits import FAILED, stop
from scim_server.operate.typed import options
from scim_server.operate.typed.letter_draft import draft
from scim_server.operate.typed.letter_register import deliver, delivered, register, render, show, void

KINDS = ("open", "change", "cancel")
END = ":end"


def _number(_: click.Context, __: click.Parameter, given: str) -> str:
    """As it was typed. Raises click.BadParameter."""
    if not given.strip():
        raise click.BadParameter("a number is wanted")
    return given.strip()


@click.group()
def letter() -> None:
    """Letters: those of departments that came, and those that the house draws up."""


@letter.command("record")
@options.with_desk
@click.option("--number", required=True, callback=_number, help="文号, e.g. 崖教函〔2026〕12号")
@click.option("--kind", type=click.Choice(KINDS), required=True)
@click.option("--sender", help="code of the top department that wrote it; without it: a joint letter of all who owe it")
@click.option("--delivered", help="ISO 8601: when it was delivered; by default today")
@click.option("--covers", multiple=True, required=True, help="PERSON:VALUE, or PERSON:VALUE:end for the end of a fact")
@options.by
def record(
    desk: Desk, number: str, kind: str, sender: str | None, delivered: str | None, covers: tuple[str, ...], by: str
) -> None:
    """Put a letter on record, and print its id."""
    from scim_server.store.register_clock import instant

    given = {"number": number, "kind": kind, "sender": sender, "delivered": _instant(delivered)}
    if delivered is not None and instant(delivered) > desk.clock.now():
        stop(f"送达时间 {delivered} 尚未到", FAILED)
    sentences = {
        "NoSuchPerson": "名册中从未有过 {}",
        "NoSuchDepartment": "{} 不是可以发函的部门（科室由所属部门发函）",
        "NoSuchFact": "{}",
    }
    try:
        click.echo(desk.run("letter-record", **given, covers=[_covered(each) for each in covers], by=by))
    except Refused as error:
        if error.args[0] not in sentences:
            raise
        stop(sentences[error.args[0]].format(error.args[1]), FAILED)


@letter.command("list")
@options.with_desk
@options.restricted
@options.as_json
def listed(desk: Desk, restricted: bool, as_json: bool) -> None:
    """Show the letters on record; what they cover with --restricted only."""
    from scim_server.operate import letters

    found = letters.letters(desk, restricted)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        options.tell(map(letters.line, found), "没有登记在案的来函")


for each in (draft, register, show, render, deliver, delivered, void):
    letter.add_command(each)


def _covered(said: str) -> tuple[str, str, str]:
    """(externalId, value, phase). Raises click.BadParameter."""
    phase = "end" if said.endswith(END) else "start"
    person, _, value = said.removesuffix(END).partition(":")
    if not person or not value:
        raise click.BadParameter(f"{said} is not of the form PERSON:VALUE", param_hint="--covers")
    return person, value, phase


def _instant(said: str | None) -> str | None:
    """As it was said, once it is known to be one. Raises click.BadParameter."""
    if said is None:
        return None
    try:
        datetime.fromisoformat(said)
    except ValueError:
        raise click.BadParameter(f"{said} is no ISO 8601 day or instant", param_hint="--delivered") from None
    return said
