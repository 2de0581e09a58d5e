"""`huaming review reply|overdue|notice`: what departments answer, who does not, and what is told of it (四)."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from mappings.policy.departures import EVENTS
from scim_server.operate.desk import Desk, Refused
from scim_server.operate.exits import FAILED, stop
from scim_server.operate.typed import options
from scim_server.operate.typed.review import month_of

FLAGS = {
    "--still-here": ("in-service", "at work, not used"),
    "--leave": ("leave", "on leave or studying"),
    "--seconded": ("seconded", "seconded or attached"),
    "--suspended": ("suspended", "suspended from work"),
    "--left": ("left", "has left: every account goes"),
    "--not-needed": ("not-needed", "not needed any more"),
    "--other": ("other", "another reason"),
}


def _day(_: click.Context, __: click.Parameter, given: str | None) -> str | None:
    try:
        return None if given is None else date.fromisoformat(given).isoformat()
    except ValueError:
        raise click.BadParameter(f"{given} is no date of the form YYYY-MM-DD") from None


@click.command("reply")
@options.with_desk
@click.argument("cases", nargs=-1)
@click.option("--letter-id", "inquiry", help="all open cases of an inquiry, by its id or 文号")
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="a CSV of answers: case,answer,reason,date",
)
@options.one_of("answer", FLAGS)
@click.option("--reason", help="as the department gives it")
@click.option("--letter", required=True, help="文号 of the reply")
@click.option("--on", callback=_day, help="YYYY-MM-DD, the day on which it came; today by default")
@click.option("--left-on", callback=_day, help="with --left: the day of leaving that it names")
@click.option("--departure", type=click.Choice(EVENTS), help="with --left: the type of departure that it names")
@click.option("--correct", is_flag=True, help="it stands in place of an answer that is on record")
@options.by
@options.as_json
def reply(
    desk: Desk,
    /,
    cases: tuple[str, ...],
    inquiry: str | None,
    file: Path | None,
    as_json: bool,
    **said: Any,
) -> None:
    """Note what a department answers: all of it, or nothing."""
    from scim_server.operate import replies

    answers = _answers(desk, cases, inquiry, file, said)
    given = {name: said[name] for name in ("letter", "on", "by", "correct")}
    try:
        done = desk.run("cases-reply", answers=answers, **given)
    except Refused as error:
        if error.args[0] != "BadReplies":
            raise
        stop(f"未登记任何答复：{error.args[1]}", FAILED)
    click.echo(json.dumps(done, ensure_ascii=False) if as_json else "\n".join(replies.told(answers, done)))


def _answers(
    desk: Desk, cases: tuple[str, ...], inquiry: str | None, file: Path | None, said: dict[str, Any]
) -> list[dict[str, Any]]:
    from scim_server.operate import replies, reply_file

    if (bool(cases), inquiry is not None, file is not None).count(True) != 1:
        raise click.UsageError("Give CASE ..., or --letter-id, or --file.")
    own = {name: said[name] for name in ("answer", "reason", "left_on", "departure")}
    if file is not None:
        if any(own.values()):
            raise click.UsageError("The answers are in the file: give none beside it.")
        try:
            return reply_file.read(file)
        except reply_file.BadFile as error:
            stop(f"未登记任何答复：{error}", FAILED)
    if own["answer"] is None or not (own["reason"] or "").strip():
        raise click.UsageError(f"Give one of {', '.join(FLAGS)}, and --reason.")
    wanted = list(cases) if inquiry is None else replies.cases_of_letter(desk, inquiry)
    if not wanted:
        stop(f"{inquiry} 没有待答复的事项", FAILED)
    return [own | {"case": each} for each in wanted]


@click.command("overdue")
@options.with_desk
@options.as_of
@options.restricted
@options.as_json
def overdue(desk: Desk, day: str | None, restricted: bool, as_json: bool) -> None:
    """Show whose reply is overdue, by department. Nothing is locked for it."""
    from scim_server.operate import replies

    found, hidden = replies.late(desk, options.day_of(desk, day), restricted)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    rest = [f"另有涉及区领导的函 {hidden} 件，用 --restricted 查看（留痕）"] if hidden else []
    options.tell([*map(replies.late_line, found), *rest], "没有逾期未复的函")


@click.command("notice")
@options.with_desk
@click.argument("month", callback=month_of)
@click.option("--instruction", help="文号 of the government's instruction: the notice may go out from then on")
@click.option("--on", callback=_day, help="YYYY-MM-DD, its day")
@click.option("--instructed-by", help="who gave it")
@click.option("--by", help="the name of who puts it on record")
@options.as_json
def notice(desk: Desk, month: str, as_json: bool, **said: str | None) -> None:
    """Show the month's draft of the 通报, or put the instruction on record that lets it go out."""
    from scim_server.operate import replies
    from scim_server.store.notices import NoSuchNotice

    if any(said.values()) and not all((each or "").strip() for each in said.values()):
        raise click.UsageError("--instruction, --on, --instructed-by and --by go together.")
    try:
        found = replies.notice(desk, month)
    except NoSuchNotice:
        stop(f"{month} 没有通报稿", FAILED)
    if said["instruction"]:
        found = _instructed(desk, month, found["id"], said)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(replies.notice_lines(found)))


def _instructed(desk: Desk, month: str, id: str, said: dict[str, str | None]) -> dict[str, Any]:
    from scim_server.operate import replies

    given = {"number": said["instruction"], "on": said["on"], "instructed_by": said["instructed_by"]}
    try:
        desk.run("notice-instruct", id=id, by=said["by"], **given)
    except Refused as error:
        if error.args[0] != "NotNow":
            raise
        stop(error.args[1], FAILED)
    return replies.notice(desk, month)
