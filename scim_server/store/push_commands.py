"""A file of requests that is being pushed: one batch of its own (S23), and how far it has come."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from scim_server.clock import Clock
from scim_server.store import batches, plans
from scim_server.store.settle import Rules

Command = Callable[[Connection, Clock, Rules, Mapping[str, Any]], Any]


def _begin(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    """Whatever comes by the token of that name, which is made after this, counts as a whole."""
    batches.begin_push(connection, given["token"], clock.now())


def _noted(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    """How far it has come, and that more is to come."""
    plans.note_pushed(connection, given["file"], given["line"], given["by"], clock.now())
    batches.begin_push(connection, given["token"], clock.now())


def _end(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    batches.end(connection, batches.push_of(given["token"]))


COMMANDS: Mapping[str, Command] = {"push-begin": _begin, "push-noted": _noted, "push-end": _end}
