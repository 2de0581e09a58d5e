"""`huaming review`: the monthly check of 四."""

import json
import re
from datetime import datetime

import click

from scim_server.operate.desk import Desk, Refused, be_polite
from scim_server.operate.exits import FAILED, stop
from scim_server.operate.typed import options

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def month_of(_: click.Context, __: click.Parameter, given: str | None) -> str | None:
    """As it was typed. Raises click.BadParameter."""
    if given is not None and not MONTH.fullmatch(given):
        raise click.BadParameter(f"{given} is no month of the form YYYY-MM")
    return given


def instant_of(_: click.Context, __: click.Parameter, given: str | None) -> float | None:
    """Seconds since the epoch. Raises click.BadParameter."""
    if given is None:
        return None
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        raise click.BadParameter(f"{given} is no ISO 8601 instant") from None
    if at.tzinfo is None:
        raise click.BadParameter(f"{given} has no offset, as +08:00")
    return at.timestamp()


@click.group()
def review() -> None:
    """The monthly check: accounts that nobody used, and what their departments say of them."""


@review.command("open")
@options.with_desk
@click.option("--month", callback=month_of, help="YYYY-MM; the present one by default")
@click.option("--at", callback=instant_of, help="the instant of the check, ISO 8601; by default 00:00 of today")
@click.option("--by", default=None, help="the name of who checks; it stays on record")
@click.option("--no-letters", "lettering", is_flag=True, default=True, flag_value=False, help="cases, and no letters")
@options.as_json
def open_(desk: Desk, month: str | None, at: float | None, by: str | None, lettering: bool, as_json: bool) -> None:
    """Check the month back from today, or go on with a check that was broken off."""
    from scim_server.commands import OPERATOR
    from scim_server.operate import review as room
    from scim_server.operate.review_shown import shown
    from scim_server.operate.review_words import opened
    from scim_server.operate.screen import counting

    be_polite()
    signed = options.named(by) if by is not None else OPERATOR
    with counting("核查") as progress:
        try:
            done = room.Opening(desk, signed, progress).open(month, at, lettering=lettering)
        except room.NotNow as error:
            stop(error.args[0], FAILED)
    said = shown(desk, done.review.month, restricted=False)
    if as_json:
        told = {"begun": done.begun, "wentOn": done.went_on, "drawn": done.letters, "unsaid": done.unsaid}
        click.echo(json.dumps({**said, **told, "told": list(done.told)}, ensure_ascii=False))
    else:
        click.echo("\n".join(opened(done, said)))


@review.command("list")
@options.with_desk
@options.as_json
def listed(desk: Desk, as_json: bool) -> None:
    """Show the checks, the latest first."""
    from scim_server.operate.review_shown import listed as found
    from scim_server.operate.review_words import head

    each = found(desk)
    if as_json:
        click.echo(json.dumps(each, ensure_ascii=False))
    else:
        options.tell(map(head, each), "还没有核查")


@review.command("show")
@options.with_desk
@click.argument("month", callback=month_of)
@options.restricted
@options.as_json
def show(desk: Desk, month: str, restricted: bool, as_json: bool) -> None:
    """Show a check: what was found in each system, each case, its letter and its deadline."""
    from scim_server.operate import review_shown as room
    from scim_server.operate.review_words import lines, refusal
    from scim_server.store.reviews import NoSuchReview

    try:
        said = room.shown(desk, month, restricted)
    except NoSuchReview:
        stop(refusal("NoSuchReview", month), FAILED)
    click.echo(json.dumps(said, ensure_ascii=False) if as_json else "\n".join(lines(said)))


@review.command("close")
@options.with_desk
@click.argument("month", callback=month_of)
@options.by
@click.option("--force", is_flag=True, help="though cases are open")
@click.option("--reason", help="of --force; it stays on record")
def close(desk: Desk, month: str, by: str, force: bool, reason: str | None) -> None:
    """End a check: nothing is asked any more."""
    from scim_server.operate.review_words import refusal

    if force != bool((reason or "").strip()):
        raise click.UsageError("--force goes with --reason.")
    try:
        left = desk.run("review-close", month=month, by=by, force=force, reason=reason)
    except Refused as error:
        name, argument = error.args
        if name not in ("NoSuchReview", "StillOpen", "NotOpen"):
            raise
        stop(refusal(name, argument), FAILED)
    click.echo(f"{month} 的核查已了结" + (f"，未复函 {left} 件" if left else ""))
