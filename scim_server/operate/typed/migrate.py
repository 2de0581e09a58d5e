"""`huaming migrate`: a district that has grown moves from SQLite to PostgreSQL, or back."""

import json

import click

from scim_server.clock import Clock
from scim_server.operate.exits import FAILED, stop
from scim_server.operate.screen import counting
from scim_server.operate.typed import options


@click.command()
@click.option("--from", "source", required=True, metavar="URL", help="the store as it is; env:NAME and file:PATH too")
@click.option("--to", "target", required=True, metavar="URL", help="an empty one, or one whose filling was interrupted")
@options.as_json
def migrate(source: str, target: str, as_json: bool) -> None:
    """Move a whole store into another one, SQLite or PostgreSQL, and compare. Stop all servers and workers first."""
    from sqlalchemy.exc import DBAPIError

    from scim_server.operate.moving import move

    try:
        with counting("搬迁") as progress:
            moved = move(source, target, Clock(), progress)
    except DBAPIError as error:
        stop(f"the copy was not finished, and its target is not used: {error.orig}", FAILED)
    if as_json:
        tables = {each.table: {"rows": each.rows, "digest": each.digest} for each in moved}
        click.echo(json.dumps({"rows": sum(each.rows for each in moved), "tables": tables}))
        return
    for each in moved:
        click.echo(f"{each.table}\t{each.rows}\t{each.digest[:16]}")
    click.echo(f"共 {sum(each.rows for each in moved)} 行，逐表核对一致。请将 [store] url 改为新库，旧库勿再启用。")
