"""Attempts: one row an operation, written before the call, settled after the read-back (design: Store and engine)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import uuid_utils
from sqlalchemy import Connection, bindparam, insert, select, text, update

from mappings.model import AccountState, Memberships, Operation
from scim_server.clock import stamp
from scim_server.store import trace
from scim_server.store.prepared import execute_many
from scim_server.store.tables import attempts

# what `outcome` may be once it is no longer None
OUTCOMES = ("done", "already-so", "pending", "retry", "refused", "conflict", "unknown", "lost", "not-sent")

_UNSETTLED = text("(outcome IS NULL OR outcome = 'pending')")
_RECORD = insert(attempts)
_SETTLE = (
    update(attempts)
    .where(attempts.c.id == bindparam("of"))
    .values(outcome=bindparam("how"), detail=bindparam("why"), settled_at=bindparam("at_end"))
)


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be sent: the operation with its id and reason, for which generation of the link.

    `changed`: when the roster changed, in seconds since the epoch. `cause`: the correlation id of what asked for it;
    None where the difference was made in the system.
    """

    operation: Operation
    generation: int
    changed: float
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """An attempt whose end nobody has seen: its worker died, the answer was lost, or the system is still at it."""

    id: str
    subject: str
    action: str
    group_key: str | None
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """How an attempt ended. `read_back`: the system showed the result, at that moment."""

    id: str
    outcome: str
    detail: str | None = None


def new_id() -> str:
    """A time-ordered id for an attempt."""
    return str(uuid_utils.uuid7())


def record(connection: Connection, intents: Sequence[Intent], now: float, policy: str | None = None) -> None:
    """Writes the intents, and their trace (S26).

    `policy`: the fingerprint of what asks for them (S21).
    """
    if intents:
        at = stamp(now)
        rows = [_row(intent, at) | {"policy": policy} for intent in intents]
        execute_many(connection, _RECORD, rows)
        trace.intended(connection, rows)


def settle(connection: Connection, ends: Sequence[Settled], now: float) -> None:
    """Writes how attempts ended, and its trace."""
    if ends:
        at = stamp(now)
        rows = [{"of": end.id, "how": end.outcome, "why": end.detail, "at_end": at} for end in ends]
        execute_many(connection, _SETTLE, rows)
        trace.ended(connection, [(end.id, end.outcome, end.detail) for end in ends], at)


def adopted(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Writes what named people have said is ours: rows of the table, done when they are written."""
    if rows:
        execute_many(connection, _RECORD, rows)
        trace.intended(connection, rows, trace.ADOPTION)


def still_open(connection: Connection, system: str, subjects: Sequence[str]) -> list[Open]:
    """Attempts of these subjects whose end is not on record."""
    of = select(attempts.c.id, attempts.c.subject, attempts.c.action, attempts.c.group_key, attempts.c.outcome)
    mine = of.where(_UNSETTLED, attempts.c.system == system, attempts.c.subject.in_(subjects))
    return [Open(*row[:4], pending=row.outcome is not None) for row in connection.execute(mine)]


def _row(intent: Intent, at: str) -> dict[str, Any]:
    operation, reason = intent.operation, intent.operation.reason
    assert reason is not None, "an intent is recorded with its reason"
    return {
        "id": operation.id,
        "at": at,
        "system": operation.system,
        "subject": operation.ref.subject,
        "key": operation.ref.key,
        "action": operation.action.value,
        "group_key": operation.group.key if operation.group else None,
        "before": state_json(operation.before),
        "after": state_json(operation.after),
        "article": reason.article,
        "reason": reason.text,
        "generation": intent.generation,
        "changed_at": stamp(intent.changed),
        "cause": intent.cause,
    }


def state_json(state: AccountState | None) -> bytes | None:
    """A state as reports and plans show it: presence, the attributes it carries, groups."""
    if state is None:
        return None
    shown: dict[str, Any] = {"presence": state.presence.value}
    attributes = {name: list(values) for name, values in sorted(state.attributes.items()) if values}
    if attributes:
        shown["attributes"] = attributes
    if state.memberships is not None:
        shown["groups"] = _groups(state.memberships)
    return orjson.dumps(shown)


def _groups(memberships: Memberships) -> list[str]:
    primary = [memberships.primary] if memberships.primary else []
    return primary + sorted(memberships.concurrent)
