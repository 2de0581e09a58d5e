"""Commands about letters of the house, by whoever works the store. Each step stands in the trace, without names."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from mappings.policy.departments import top
from scim_server.clock import Clock
from scim_server.store import delivery_commands, register, register_reads, reviews, trace
from scim_server.store.people import read_org
from scim_server.store.settle import Rules

Given = Mapping[str, Any]
Command = Callable[[Connection, Clock, Rules, Given], Any]
KIND = "letter"
LOCKS = frozenset({"outside", "return", "suspension", "resumption"})
"""Changes by which somebody is locked, or no longer: all for limited readers, so that none is told from another."""


class NoSuchSender(Exception):
    """The sender is no top department: neither an office nor the district itself writes (A25). Its key."""


def _draw(connection: Connection, clock: Clock, rules: Rules, given: Given) -> dict[str, Any]:
    """`content`: a JSON object of `letters.content` with an empty number. Raises NoSuchSender, NotNow."""
    code = code_of(connection, rules, given["sender"])
    names = ("key", "kind", "sender", "addressees", "title", "day", "content", "by")
    more = ("review", "answers", "people", "covers")
    said = {name: given[name] for name in names} | {name: given[name] for name in more if given.get(name)}
    said["restricted"] = bool(given.get("restricted")) or given["content"].get("change") in LOCKS
    if given.get("covers") and register.of_key(connection, given["key"]) is None:
        _demand_undrafted(connection, given["people"], given["covers"])
    drawn = register.draw(connection, register.Sheet(code=code, **said), clock.stamp())
    if drawn.drawn:
        note(connection, clock, given["by"], f"{drawn.doc_number} 拟稿编号（{given['kind']}）")
    return drawn._asdict()


def _demand_undrafted(connection: Connection, people: Sequence[str], covers: Sequence[Sequence[str]]) -> None:
    """Somebody else may have drafted it since these facts were gathered: no fact stands in two letters."""
    there = register_reads.drafted(connection, people)
    if any(tuple(each) in there for each in covers):
        raise register.NotNow("其中有的事项另有草稿，请再拟一次")


def code_of(connection: Connection, rules: Rules, sender: str) -> str:
    """机关代字, as configured; of a department that has told none, its name: its registry decides anyway."""
    org = read_org(connection)
    department = org.departments.get(sender)
    if department is None or department.kind == "root" or top(org, sender) != sender:
        raise NoSuchSender(sender)
    return rules.codes.get(sender) or f"{_written(department.name)}函"


def _written(name: str) -> str:
    """The characters of a name of which a 机关代字 can be made."""
    return "".join(re.findall(r"[\u3400-\u9fff]", name))[:19] or "单位"


def _void(connection: Connection, clock: Clock, rules: Rules, given: Given) -> str:
    """Returns the 文号. Open cases that it asked about have no letter then. Raises NoSuchLetter, NotNow."""
    number = register.void(connection, given["id"], clock.now())
    reviews.take_letter(connection, given["id"])
    note(connection, clock, given["by"], f"{number} 作废")
    for subject in register.people(connection, given["id"]) or (None,):  # a reason may name those whom the letter names
        trace.note(connection, KIND, given["by"], f"{number} 作废：{given['reason']}", subject, at=clock.stamp())
    return number


def note(connection: Connection, clock: Clock, by: str, what: str) -> None:
    """A step of a letter. What is said names nobody."""
    trace.note(connection, KIND, by, what, at=clock.stamp())


COMMANDS: Mapping[str, Command] = {**delivery_commands.COMMANDS, "letter-draw": _draw, "letter-void": _void}
