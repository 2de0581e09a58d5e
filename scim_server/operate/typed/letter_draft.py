"""`huaming letter draft`: departments' own letters, drawn up for them."""

import json
from datetime import date, timedelta
from typing import Any

import click

from scim_server.operate.desk import Desk
from scim_server.operate.exits import FAILED, stop
from scim_server.operate.typed import options

BACK = 30  # days


@click.command("draft")
@options.with_desk
@click.option("--department", help="only letters that this top department owes")
@click.option("--person", help="only letters about this externalId")
@click.option("--kind", type=click.Choice(["open", "change", "cancel"]))
@click.option("--since", metavar="DAY", help="events from this day on; by default the last 30 days")
@click.option("--by", default="huaming", show_default=True, help="in whose name it is put on record")
@options.restricted
@options.as_json
def draft(desk: Desk, since: str | None, by: str, as_json: bool, **about: Any) -> None:
    """Draw up the letters that departments owe, with their forms; those about locks with --restricted only.

    They stay drafts with a proposed number: the department signs and sends its own, and `letter record` puts that on
    record.
    """
    from scim_server.commands import NoSuchDepartment, NoSuchPerson
    from scim_server.operate import drafting
    from scim_server.operate.desk import be_polite

    be_polite()
    first = options.day_of(desk, since, "--since") if since else _back(desk)
    try:
        found = list(drafting.draft(desk, drafting.Asked(first, **about), options.named(by)))
    except NoSuchDepartment as error:
        stop(f"{error} 不是可以发函的部门（科室由所属部门发函）", FAILED)
    except NoSuchPerson as error:
        stop(f"名册中从未有过 {error}", FAILED)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        options.tell(map(drafting.line, found), "没有应拟而未拟的函件")
    if any(each["error"] for each in found):
        stop("有函件不能拟稿", FAILED)


def _back(desk: Desk) -> str:
    return (date.fromisoformat(desk.clock.today()) - timedelta(days=BACK)).isoformat()
