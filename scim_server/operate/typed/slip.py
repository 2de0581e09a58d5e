"""`huaming slip`: first passwords, each shown once (S15)."""

import getpass
import json

import click

from scim_server.clock import stamp
from scim_server.operate.desk import Desk
from scim_server.operate.exits import FAILED, stop
from scim_server.operate.typed import options
from scim_server.reconcile.slip import BadSlipKey, Seal
from scim_server.reports.period import local
from scim_server.store import slips


@click.group()
def slip() -> None:
    """First passwords of new accounts. Each is shown once, and gone after a week."""


@slip.command("list")
@options.with_desk
@click.option("--system")
@options.as_json
def listed(desk: Desk, system: str | None, as_json: bool) -> None:
    """Show whose slips wait to be handed over; no password among it."""
    options.demand_known(desk, system)
    with desk.reader() as connection:
        waiting = slips.ready(connection, desk.clock.now(), system)
    rows = [
        {"system": each.system, "externalId": each.key, "name": each.title, "made": stamp(each.made)}
        for each in waiting
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    told = (f"{row['system']} {row['externalId']} {row['name']} {local(row['made'])}" for row in rows)
    options.tell(told, "没有待领取的初始口令")


@slip.command("show")
@options.with_desk
@click.option("--system", required=True)
@click.option("--person", required=True, help="externalId")
def show(desk: Desk, system: str, person: str) -> None:
    """Print one first password, for the last time. The look is recorded."""
    options.demand_known(desk, system)
    with desk.reader() as connection:
        waiting = slips.ready(connection, desk.clock.now(), system, person)
    if not waiting:
        stop(f"{system} 没有待领取的 {person} 初始口令（已领取、已过期，或尚未建立）", FAILED)
    one = waiting[-1]
    try:
        password = Seal(desk.settings.slip_key or "").open(one.sealed)
    except BadSlipKey as error:  # it is still there for whoever has the right key
        stop(str(error), FAILED)
    if not desk.run("slip-drop", system=system, subject=one.subject, actor=getpass.getuser()):
        stop(f"{person} 的初始口令刚刚已被领取", FAILED)
    click.echo(password)
