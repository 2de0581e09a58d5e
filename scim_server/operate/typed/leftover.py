"""`huaming leftover`: what systems keep of removed accounts, for a person to clear away (S14)."""

import json

import click
from sqlalchemy import select

from mappings.plan import REMAINS
from scim_server.operate.desk import Desk, Refused
from scim_server.operate.exits import FAILED, stop
from scim_server.operate.typed import options
from scim_server.store.tables import links, subjects


@click.group()
def leftover() -> None:
    """What a system keeps of removed accounts until a person clears it away."""


@leftover.command("list")
@options.with_desk
@options.as_json
def listed(desk: Desk, as_json: bool) -> None:
    """Show what waits for somebody."""
    of = select(links.c.system, subjects.c.key, subjects.c.title).join(subjects, subjects.c.subject == links.c.subject)
    with desk.reader() as connection:
        found = connection.execute(of.where(links.c.finding == REMAINS).order_by(links.c.system, subjects.c.key)).all()
    rows = [{"system": row.system, "externalId": row.key, "name": row.title} for row in found]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    told = (f"{row['system']} {row['externalId']} {row['name']}" for row in rows)
    options.tell(told, "没有待清除的残余资料")


@leftover.command("done")
@options.with_desk
@click.option("--system", required=True)
@click.option("--person", required=True, help="externalId")
@options.by
def done(desk: Desk, system: str, person: str, by: str) -> None:
    """Put on record that it was cleared away, and by whom."""
    options.demand_known(desk, system)
    try:
        cleared = desk.run("leftover-done", system=system, person=person, by=by)
    except Refused as error:
        if error.args[0] != "NoSuchPerson":
            raise
        stop(f"名册中从未有过 {person}", FAILED)
    if not cleared:
        stop(f"{system} 没有 {person} 待清除的残余资料", FAILED)
