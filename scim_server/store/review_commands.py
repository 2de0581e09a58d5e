"""Commands of the monthly check, by whoever works the store: lots that a server takes between two requests (S27)."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, or_, select

from scim_server.clock import Clock
from scim_server.store import register, register_commands, reviews, trace
from scim_server.store.register_tables import register as letters
from scim_server.store.settle import Rules

Given = Mapping[str, Any]
Command = Callable[[Connection, Clock, Rules, Given], Any]
KIND = "review"


def _begin(connection: Connection, clock: Clock, rules: Rules, given: Given) -> bool:
    """`given`: month, at, window_start (stamps), by. Whether it has begun now."""
    begun = reviews.begin(connection, given["month"], given["at"], given["window_start"], given["by"])
    if begun:
        _note(connection, clock, given["by"], f"{given['month']} 核查开始，时刻 {given['at']}")
    return begun


def _lot(connection: Connection, clock: Clock, rules: Rules, given: Given) -> None:
    """`people`: as reviews.Person, `found`: as reviews.Found, lists both; of whom something is found is among them."""
    people = {row[0]: reviews.Person(*row) for row in given["people"]}
    reviews.note(connection, given["review"], people, [reviews.Found(*row) for row in given["found"]])


def _ready(connection: Connection, clock: Clock, rules: Rules, given: Given) -> bool:
    """`given`: review, month, by, systems, watched, counts. Whether it was not ready before."""
    told = (given["watched"], given["counts"], given["systems"])
    ready = reviews.end_gathering(connection, given["review"], *told)
    if ready:
        silent = sum(each.get(reviews.SILENT, 0) for each in given["counts"].values())
        _note(connection, clock, given["by"], f"{given['month']} 核查完成，无操作账号 {silent} 个")
    return ready


def _asked(connection: Connection, clock: Clock, rules: Rules, given: Given) -> int:
    """`given`: letter, cases (ids). How many of them had none yet."""
    return reviews.give_letter(connection, given["letter"], given["cases"])


def _close(connection: Connection, clock: Clock, rules: Rules, given: Given) -> int:
    """`given`: month, by; force and reason where cases are open. How many were. Raises what `reviews.close` raises.

    A reason may name people: it is sealed with those about whom nobody has answered.
    """
    force = bool(given.get("force"))
    left = reviews.close(connection, given["month"], given["by"], clock.stamp(), force=force)
    _note(connection, clock, given["by"], f"{given['month']} 核查了结" + (f"，未复函 {len(left)} 件" if left else ""))
    _ask_no_more(connection, clock, given)
    for subject in dict.fromkeys(left):
        _note(connection, clock, given["by"], f"未复函即了结：{given.get('reason') or ''}", subject)
    return len(left)


def _ask_no_more(connection: Connection, clock: Clock, given: Given) -> None:
    """What has not left does not leave; what people bring may have come already."""
    review = reviews.of_month(connection, given["month"])
    assert review is not None
    there = or_(letters.c.channel.is_(None), letters.c.channel != register.HAND)
    mine = letters.c.review == review.id, letters.c.kind.in_(register.OURS), letters.c.state == register.READY
    for id in connection.scalars(select(letters.c.id).where(*mine, there).order_by(letters.c.id)).all():
        number = register.void(connection, id, clock.now())
        register_commands.note(connection, clock, given["by"], f"{number} 作废：核查已了结，不再发送")


def _note(connection: Connection, clock: Clock, by: str, what: str, subject: str | None = None) -> None:
    trace.note(connection, KIND, by, what, subject, at=clock.stamp())


COMMANDS: Mapping[str, Command] = {
    "review-begin": _begin,
    "review-lot": _lot,
    "review-ready": _ready,
    "review-asked": _asked,
    "review-close": _close,
}
