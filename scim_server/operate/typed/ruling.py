"""`huaming ruling`: dated, signed entries by named people of the house (S28)."""

import json

import click

from mappings.policy.departures import EVENTS, REPLY
from mappings.policy.readings import NAMED
from scim_server.operate.desk import Desk, Refused
from scim_server.operate.exits import FAILED, stop
from scim_server.operate.typed import options
from scim_server.store.returning import RULINGS


@click.group()
def ruling() -> None:
    """Dated, signed entries by named people of the house. They may only take away."""


@ruling.command("add")
@options.with_desk
@click.option("--kind", type=click.Choice(RULINGS), required=True)
@click.option("--person", required=True, help="externalId")
@options.by
@click.option("--systems", multiple=True, type=click.Choice(NAMED), help="of a block; by default all but attendance")
@click.option("--departure", type=click.Choice(EVENTS), help="of a reply: what it tells of; by default another reason")
def add(desk: Desk, kind: str, person: str, by: str, systems: tuple[str, ...], departure: str | None) -> None:
    """Rule from today on, and print the ruling's id. It holds until a named person ends it."""
    if systems and kind == REPLY:
        raise click.UsageError("--systems goes with --kind block: who has left has no account anywhere.")
    if departure and kind != REPLY:
        raise click.UsageError("--departure goes with --kind reply-says-left.")
    given = {"person": person, "kind": kind, "by": by, "systems": list(systems) or None, "departure": departure}
    try:
        click.echo(desk.run("ruling-add", **given))
    except Refused as error:
        if error.args[0] != "NoSuchPerson":
            raise
        stop(f"名册中从未有过 {person}", FAILED)


@ruling.command("end")
@options.with_desk
@click.argument("id")
@options.by
def end(desk: Desk, id: str, by: str) -> None:
    """End a ruling: from today on it is not in force."""
    try:
        desk.run("ruling-end", id=id, by=by)
    except Refused as error:
        if error.args[0] != "NoSuchRuling":
            raise
        stop(f"没有生效中的裁定 {id}", FAILED)


@ruling.command("list")
@options.with_desk
@options.as_json
def listed(desk: Desk, as_json: bool) -> None:
    """Show every ruling, over or not; the look is recorded."""
    from scim_server.operate import rulings

    found = rulings.rulings(desk)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        options.tell(map(rulings.line, found), "没有裁定")
