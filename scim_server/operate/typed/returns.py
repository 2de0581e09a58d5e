"""`huaming return`: what is to be decided before a posting outside, a stay or a lock ends."""

import json
from datetime import date

import click

from mappings.policy.departures import EVENTS
from scim_server.operate.desk import Desk, Refused
from scim_server.operate.exits import FAILED, stop
from scim_server.operate.typed import options

SENTENCES = {"NoSuchCase": "没有编号为 {} 的到期事项", "NotNow": "{}", "BadChoice": "{}"}

CHOICES = {
    "--back": ("back", "returns, goes home, or is at work again"),
    "--extended": ("extended", "goes on, with --until"),
}


@click.group("return")
def returns() -> None:
    """Postings outside, stays and locks whose planned end is near: a decision is wanted, and nothing ends by itself."""


@returns.command("list")
@options.with_desk
@click.option("--all", "settled", is_flag=True, help="also what the roster has settled")
@options.restricted
@options.as_json
def listed(desk: Desk, settled: bool, restricted: bool, as_json: bool) -> None:
    """Show what is to be decided, and what is decided and not in the roster yet; locked ones with --restricted only."""
    from scim_server.operate import returns as room

    room.bring_up_to_date(desk)
    found, hidden = room.listed(desk, restricted, settled)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    rest = [f"另有 {hidden} 件，用 --restricted 查看"] if hidden else []
    options.tell([*map(room.line, found), *rest], "没有到期待决定的事项")


@returns.command("decide")
@options.with_desk
@click.argument("id")
@options.one_of("choice", CHOICES)
@click.option("--departed", type=click.Choice(EVENTS), help="has left, by this type of departure")
@click.option("--until", help="YYYY-MM-DD: of an extension, the new planned end")
@click.option("--note", help="it stays on record")
@options.by
@options.as_json
def decide(
    desk: Desk, /, id: str, choice: str | None, departed: str | None, until: str | None, note: str | None, **said: str
) -> None:
    """Put on record what was decided, and tell what the roster has to show. It changes no account."""
    from scim_server.operate.returns import owed

    if (choice is None) == (departed is None):
        raise click.UsageError("Give one of --back, --extended, --departed TYPE.")
    if (until is not None) != (choice == "extended"):
        raise click.UsageError("--until goes with --extended.")
    given = {"choice": choice or "departed", "until": _day(until), "departure": departed, "note": note}
    try:
        done = desk.run("return-decide", id=id, by=said["by"], **given)
    except Refused as error:
        if error.args[0] not in SENTENCES:
            raise
        stop(SENTENCES[error.args[0]].format(error.args[1]), FAILED)
    must = owed(*(done[name] for name in ("kind", "fact", "choice", "until", "departure")))
    click.echo(json.dumps(done | {"owed": must}, ensure_ascii=False) if said["as_json"] else f"已登记。{must}")


def _day(given: str | None) -> str | None:
    try:
        return None if given is None else date.fromisoformat(given).isoformat()
    except ValueError:
        raise click.BadParameter(f"{given} is no date of the form YYYY-MM-DD", param_hint="--until") from None
