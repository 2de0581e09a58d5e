"""`huaming deadline`: until when a letter is on time."""

import json
from pathlib import Path

import click

from mappings.calendar import RULES, civil_day
from mappings.calendar import deadline as counted
from scim_server.operate.typed import options
from scim_server.settings import Policy, load
from scim_server.workdays import load_calendar


@click.command()
@options.config
@click.option("--event", required=True, help="ISO 8601: a day, or an instant with or without an offset")
@click.option("--rule", type=click.Choice(RULES), required=True)
@options.as_json
def deadline(config: Path, event: str, rule: str, as_json: bool) -> None:
    """Count working days. Needs neither store nor configuration; a configuration that is there is heeded."""
    policy = _policy(config)
    try:
        day = civil_day(event, policy.closing_time)
        found = counted(rule, day, load_calendar(policy.calendar), policy.count_start_day)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{event} is no ISO 8601 day or instant", param_hint="--event") from None
    if as_json:
        click.echo(json.dumps({"due": found.due, "provisional": found.provisional}))
    else:
        click.echo(f"{found.due}（含当日）{'，暂定' if found.provisional else ''}")


def _policy(config: Path) -> Policy:
    """A file that somebody named must be there; the one of the folder at hand need not."""
    return Policy() if str(config) == options.HERE and not config.exists() else load(config).policy
