"""What a local operator may have written: the same functions in the server's process and in a command's own (S27)."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, insert

from scim_server.clock import Clock
from scim_server.store import tokens, wakes
from scim_server.store.tables import looks

LOT = 1000

Command = Callable[[Connection, Clock, Mapping[str, Any]], Any]


def _create_token(connection: Connection, clock: Clock, given: Mapping[str, Any]) -> str:
    return tokens.create_token(connection, given["name"], given["role"], clock)


def _revoke_token(connection: Connection, clock: Clock, given: Mapping[str, Any]) -> bool:
    return tokens.revoke_token(connection, given["name"], clock)


def _retry(connection: Connection, clock: Clock, given: Mapping[str, Any]) -> int:
    return wakes.retry(connection, clock.now(), given.get("system"), given.get("person"))


def _sweep(connection: Connection, clock: Clock, given: Mapping[str, Any]) -> str | None:
    """One lot: whatever its system shows now, each row is observed again (S17). Answers where the next lot begins."""
    return wakes.wake_all(connection, given["system"], given["after"], LOT, clock.now())


def _look(connection: Connection, clock: Clock, given: Mapping[str, Any]) -> None:
    row = {"at": clock.stamp(), "actor": given["actor"], "what": given["what"], "subject": given["subject"]}
    connection.execute(insert(looks), row)


COMMANDS: Mapping[str, Command] = {
    "token-create": _create_token,
    "token-revoke": _revoke_token,
    "retry": _retry,
    "sweep": _sweep,
    "look": _look,
}
