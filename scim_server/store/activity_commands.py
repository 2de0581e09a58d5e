"""What was told of the use of accounts, written by whoever works the store: lots between two requests (S27)."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from scim_server.clock import Clock
from scim_server.store import activity_records, trace
from scim_server.store.settle import Rules

Command = Callable[[Connection, Clock, Rules, Mapping[str, Any]], Any]


def _record(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    """`rows`: [subject, terminal, source, strength, at, slack] each, instants in seconds since the epoch."""
    activity_records.record(connection, given["system"], given["rows"], clock.now())


def _never(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    """`rows`: subjects."""
    activity_records.record_never(connection, given["system"], given["rows"], clock.now())


def _strangers(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    """`rows`: [remote id, at or None] each."""
    rows = [(row[0], row[1]) for row in given["rows"]]
    activity_records.record_strangers(connection, given["system"], rows, clock.now())


def _watched(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    """The end of a report that is whole. `rows`: [terminal, source, since, until, lag] each; `began`: of the report."""
    for row in given["rows"]:
        activity_records.record_watched(connection, given["system"], row, clock.now())
    if "began" in given:
        activity_records.end_report(connection, given["system"], given["began"])


def _import(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> str:
    """The end of an import. `watch`: [terminal, source, since, until]. Raises AlreadyImported."""
    columns = ("system", "digest", "name", "rows", "matched", "strange", "by")
    row = {column: given[column] for column in columns}
    id = activity_records.record_import(connection, row, given["watch"], clock.now())
    what = f"导入 {given['system']} 的使用记录「{given['name']}」{given['rows']} 行，{id}"
    trace.note(connection, "activity", given["by"], what, None, at=clock.stamp())
    return id


def _withdraw(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> str:
    """An import was wrong. Returns the system. Raises NoSuchImport."""
    system = activity_records.withdraw(connection, given["id"])
    trace.note(connection, "activity", given["by"], f"撤回 {system} 的导入 {given['id']}", None, at=clock.stamp())
    return system


COMMANDS: Mapping[str, Command] = {
    "activity-record": _record,
    "activity-never": _never,
    "activity-strangers": _strangers,
    "activity-watched": _watched,
    "activity-import": _import,
    "activity-withdraw": _withdraw,
}
