"""Commands about the record itself: erasing a person, cutting off what is too old (S26)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from scim_server.clock import Clock
from scim_server.store import erasure, retention
from scim_server.store.settle import Rules

Given = Mapping[str, Any]


class NotAllowed(Exception):
    """This role may not take anything out of the trace (PostgreSQL)."""


def erase(connection: Connection, clock: Clock, rules: Rules, given: Given) -> int:
    """`given`: person, by. Returns how many attempts were blanked. Raises erasure.NotErasable."""
    return erasure.erase(connection, given["person"], given["by"], clock.now())


def cut(connection: Connection, clock: Clock, rules: Rules, given: Given) -> int:
    """One lot. `given`: before (a stamp), by. Returns how many rows went, 0 at the end. Raises NotAllowed."""
    if not retention.may_cut(connection):
        raise NotAllowed("trace")
    return retention.cut(connection, given["before"], given["by"], clock.stamp())


COMMANDS = {"erase": erase, "trace-cut": cut}
