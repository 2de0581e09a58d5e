"""`huaming policy`: the regulation as it is read here."""

import json
from pathlib import Path

import click

from scim_server.operate.desk import Desk
from scim_server.operate.typed import options
from scim_server.settings import load


@click.group()
def policy() -> None:
    """The regulation as it is read here."""


@policy.command()
@options.with_desk
@options.as_json
def table(desk: Desk, as_json: bool) -> None:
    """Print the items in their order: what each does to every account, and which letter it demands."""
    from scim_server.operate import contents

    rows = contents.table(desk.readings())
    click.echo(json.dumps(rows, ensure_ascii=False) if as_json else "\n".join(contents.lines(rows)))


@policy.command()
@options.with_desk
@click.option(
    "--with", "other", type=click.Path(path_type=Path), required=True, help="a configuration with another [policy]"
)
@options.as_of
@options.as_json
def compare(desk: Desk, other: Path, day: str | None, as_json: bool) -> None:
    """Show which people another [policy] would change; writes nothing."""
    from scim_server.operate import comparison
    from scim_server.operate.desk import be_polite

    be_polite()
    number = 0
    for line in comparison.compare(desk, load(other), options.day_of(desk, day)):
        number += 1
        click.echo(json.dumps(line, ensure_ascii=False) if as_json else comparison.line(line))
    if not (number or as_json):
        click.echo("没有人因此改变")
