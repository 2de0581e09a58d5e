"""Commands about the 通报: it goes out only after the government's instruction (A17)."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from scim_server.clock import Clock
from scim_server.store import notices, trace
from scim_server.store.register import NotNow
from scim_server.store.settle import Rules

Given = Mapping[str, Any]
Command = Callable[[Connection, Clock, Rules, Given], Any]


def _instruct(connection: Connection, clock: Clock, rules: Rules, given: Given) -> dict[str, Any]:
    """`given`: id of the notice, number (文号 of the instruction), on (ISO day), instructed_by, by.

    Returns `{"id", "doc_number", "content"}`. Raises NoSuchNotice, NotNow.
    """
    if given["on"] > clock.today():
        raise NotNow(f"批示日期 {given['on']} 尚未到")
    said = {"number": given["number"], "on": given["on"], "by": given["instructed_by"]}
    told = notices.instruct(
        connection, rules, given["id"], {**said, "recorded_by": given["by"], "recorded": clock.stamp()}, clock.today()
    )
    what = f"{told['doc_number']} 登记区政府批示 {given['number']}（{given['on']}），准予印发"
    trace.note(connection, "letter", given["by"], what, at=clock.stamp())
    return told


COMMANDS: Mapping[str, Command] = {"notice-instruct": _instruct}
