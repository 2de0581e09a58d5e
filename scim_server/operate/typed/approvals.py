"""`huaming approvals`, `huaming release`: what the guard holds, and what a named person says to it (S23, S24)."""

import json

import click

from scim_server.operate import approvals as room
from scim_server.operate.desk import Desk, Refused
from scim_server.operate.exits import FAILED, stop
from scim_server.operate.typed import options

digest = click.option("--digest", help="decide only if these rows are in it: its digest, 8 characters or more")


@click.group()
def approvals() -> None:
    """What would take from too many people at once, and waits for a named person's yes or no."""


@approvals.command("list")
@options.with_desk
@options.as_json
@click.option("--open", "only_open", is_flag=True, help="only those that wait for a decision")
def listed(desk: Desk, as_json: bool, only_open: bool) -> None:
    """Show what waits for a decision, then what was decided."""
    found = room.listed(desk, only_open=only_open)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(room.lines(found)))


@approvals.command("show")
@options.with_desk
@click.argument("id")
@options.as_json
def show(desk: Desk, id: str, as_json: bool) -> None:
    """Show who is in one of them, and what would be done."""
    found = room.shown(desk, id)
    if found is None:
        stop(f"没有编号为 {id} 的待批事项", FAILED)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(room.rows(found)))


@approvals.command("approve")
@options.with_desk
@click.argument("id")
@options.by
@digest
def approve(desk: Desk, id: str, by: str, digest: str | None) -> None:
    """Let all of it be sent, as far as it is still wanted as it was held."""
    _decide(desk, "approve", {"id": id, "by": by, "digest": digest}, "已批准")


@approvals.command("reject")
@options.with_desk
@click.argument("id")
@options.by
@click.option("--reason", help="it stays on record")
def reject(desk: Desk, id: str, by: str, reason: str | None) -> None:
    """Send nothing of it until the roster wants something else."""
    _decide(desk, "reject", {"id": id, "by": by, "reason": reason}, "已驳回")


@click.command()
@options.with_desk
@click.option("--system", required=True)
@click.option("--person", required=True, help="externalId")
@options.by
def release(desk: Desk, system: str, person: str, by: str) -> None:
    """Let what is held of one person be sent; it is not counted."""
    options.demand_known(desk, system)
    try:
        id = desk.run("release", system=system, person=person, by=by)
    except Refused as error:
        stop(room.refusal(error), FAILED)
    click.echo(f"已放行 {person}（编号 {id}）")


def _decide(desk: Desk, command: str, given: dict[str, str | None], done: str) -> None:
    try:
        answer = desk.run(command, **given)
    except Refused as error:
        stop(room.refusal(error), FAILED)
    if answer["state"] == "expired":
        stop(f"编号 {given['id']} 超过 24 小时未决，已失效；其中事项改列编号 {answer['id']}，请重新查看", FAILED)
    click.echo(f"{done} {given['id']}")
