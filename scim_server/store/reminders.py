"""Reminder letters (extra; off by default): once a letter, on the first working day after its reply was due."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, exists, select

from mappings.calendar import Calendar, workdays_3
from mappings.policy.days import day_after
from scim_server.clock import Clock
from scim_server.store import register, register_commands
from scim_server.store.overdue import Late, late
from scim_server.store.register_tables import register as letters
from scim_server.store.review_tables import cases
from scim_server.store.reviews import OPEN
from scim_server.store.settle import Rules
from scim_server.workdays import load_calendar

Given = Mapping[str, Any]
Command = Callable[[Connection, Clock, Rules, Given], Any]
REMINDER = "reminder"
TITLE = "关于催复信息化系统异常账号核查情况的函"
_SAME = ("sender", "bureau", "addressees", "contact", "phone")


def to_remind(connection: Connection, today: str, calendar: Calendar) -> list[Late]:
    """Letters whose reply is overdue by a working day, and of which nobody was reminded."""
    return [each for each in late(connection, today) if each.reminder is None and _by_a_day(each.due, today, calendar)]


def _by_a_day(due: str, today: str, calendar: Calendar) -> bool:
    day = day_after(due)
    while day <= today:
        if calendar.is_working(day):
            return True
        day = day_after(day)
    return False


def _draw(connection: Connection, clock: Clock, rules: Rules, given: Given) -> list[str]:
    """Draws up what is to be reminded of now. `given`: by. Returns the 文号 of what was drawn. Raises BadSettings."""
    today, calendar = clock.today(), load_calendar(rules.calendar)
    if rules.letters.bureau is None:
        return []
    draw = register_commands.COMMANDS["letter-draw"]
    wanted = to_remind(connection, today, calendar)
    sheets = [
        _sheet(
            each,
            register.find(connection, each.id).content,
            today,
            workdays_3(today, calendar, rules.readings.count_start_day).due,
        )
        for each in wanted
    ]
    drawn = [draw(connection, clock, rules, {**each, "by": given["by"]}) for each in sheets]
    return [each["doc_number"] for each in drawn if each["drawn"]]


def take_back(connection: Connection, clock: Clock, by: str) -> None:
    """A reminder that has not left, of a letter about which everything has been answered since, is void."""
    asked = exists().where(cases.c.letter == letters.c.answers, cases.c.state == OPEN)
    waiting = letters.c.kind == REMINDER, letters.c.state == register.READY, ~asked
    for id in connection.scalars(select(letters.c.id).where(*waiting)).all():
        number = register.void(connection, id, clock.now())
        register_commands.note(connection, clock, by, f"{number} 作废：已收到复函，不再催办")


def _sheet(each: Late, inquiry: bytes, today: str, due: str) -> dict[str, Any]:
    asked = orjson.loads(inquiry)
    content = {name: asked[name] for name in _SAME if name in asked}
    content |= {"kind": REMINDER, "doc_number": "", "day": today, "due": due}
    content |= {"inquiry": each.doc_number, "was_due": each.due}
    content["open_accounts"] = each.cases if each.cases < len(asked.get("accounts", ())) else 0
    return {
        "key": f"{REMINDER} {each.id}",
        "kind": REMINDER,
        "sender": each.sender,
        "addressees": list(each.addressees),
        "title": f"{asked['bureau']}{TITLE}",
        "restricted": each.restricted,
        "day": today,
        "content": content,
        "review": each.review,
        "answers": each.id,
    }


COMMANDS: Mapping[str, Command] = {"reminders-draw": _draw}
