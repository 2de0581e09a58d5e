"""What commands have in common: where the configuration lies, the desk, JSON, a day."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from scim_server.clock import Clock
from scim_server.operate.desk import Desk
from scim_server.operate.exits import BAD, stop
from scim_server.settings import BadSettings, Settings, load

T = TypeVar("T", bound=Callable[..., Any])

HERE = "huaming.toml"

config = click.option("--config", "config", type=click.Path(path_type=Path), envvar="HUAMING_CONFIG", default=HERE)
as_json = click.option("--json", "as_json", is_flag=True, help="JSON on stdout")
as_of = click.option("--as-of", "day", help="YYYY-MM-DD; today by default")
restricted = click.option("--restricted", is_flag=True, help="the exact items; the look is recorded")


def named(by: str) -> str:
    """A signature is a name. Raises click.BadParameter."""
    if not by.strip():
        raise click.BadParameter("a name is wanted", param_hint="--by")
    return by.strip()


by = click.option(
    "--by", required=True, callback=lambda _, __, by: named(by), help="the name of who decides; it stays on record"
)


def _loaded(config: Path) -> Settings:
    try:
        return load(config)
    except BadSettings as error:
        if isinstance(error.__cause__, FileNotFoundError):
            stop(f"there is no configuration {config}; name one by --config or HUAMING_CONFIG", BAD)
        raise


def with_settings(command: T) -> Any:
    """The command gets the settings first. Raises BadSettings."""

    @config
    @wraps(command)
    def run(config: Path, **given: Any) -> Any:
        return command(_loaded(config), **given)

    return run


def with_desk(command: T) -> Any:
    """The command gets a desk first: the store is there and migrated."""

    @with_settings
    @wraps(command)
    def run(settings: Any, **given: Any) -> Any:
        return command(Desk(settings, Clock()), **given)

    return run


def one_of(name: str, flags: Mapping[str, tuple[str, str]]) -> Callable[[T], Any]:
    """The command gets as `name` the word of the flag that was typed, None of none; two flags contradict each other.

    `flags`: the flag, and its word and help. click itself would let the last one win without a word.
    """
    places = {f"{name}_{number}": flag for number, flag in enumerate(flags)}

    def decorate(command: T) -> Any:
        @wraps(command)
        def run(*given: Any, **named: Any) -> Any:
            typed = [flag for place, flag in places.items() if named.pop(place)]
            if len(typed) > 1:
                raise click.UsageError(f"Give one of {', '.join(typed)}, not {len(typed)}.")
            return command(*given, **named, **{name: flags[typed[0]][0] if typed else None})

        for place, flag in reversed(places.items()):
            run = click.option(flag, place, is_flag=True, help=flags[flag][1])(run)
        return run

    return decorate


def tell(lines: Iterable[str], none: str) -> None:
    """Prints the lines, or where there is none this sentence."""
    click.echo("\n".join(lines) or none)


def day_of(desk: Desk, given: str | None, hint: str = "--as-of") -> str:
    """The ISO day that was typed, else today. Raises click.BadParameter."""
    if given is None:
        return desk.clock.today()
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        raise click.BadParameter(f"{given} is no date of the form YYYY-MM-DD", param_hint=hint) from None


def demand_known(desk: Desk, system: str | None) -> None:
    """Ends the command where no such system is configured."""
    if system is not None and system not in desk.settings.systems:
        stop(f"no system named {system} is configured", BAD)


def demand_on_record(desk: Desk, system: str | None) -> None:
    """Ends the command where no such system is configured, nor was one that has left operations or sweeps."""
    if system is None or system in desk.settings.systems:
        return
    from scim_server.reports.queries import on_record

    with desk.reader() as connection:
        if not on_record(connection, system):
            stop(f"no system named {system} is configured, and none has left anything on record", BAD)
