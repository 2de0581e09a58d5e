"""When each system had what happened: the operations on record that carried it there, read back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from mappings.model import Action
from scim_server.clock import stamp
from scim_server.reports.lifecycle.rows import Arrival
from scim_server.reports.lifecycle.turns import Kind, Turn
from scim_server.reports.period import seconds_between
from scim_server.reports.recount import confirmed
from scim_server.reports.rows import FAILED, READ_BACK
from scim_server.store.tables import attempts, links

_PLACES = frozenset({Action.UPDATE, Action.JOIN, Action.LEAVE})
CARRY: Mapping[Kind, frozenset[Action]] = {
    Kind.JOINED: frozenset({Action.CREATE, Action.UNLOCK, Action.LOCK, Action.JOIN, Action.UPDATE}),
    Kind.LEFT: frozenset({Action.REMOVE, Action.LOCK, Action.LEAVE}),
    Kind.MOVED: _PLACES,
    Kind.PLACED: _PLACES | {Action.CREATE},  # who waited for a department is made with it
    Kind.SECONDED: frozenset({Action.JOIN}),
    Kind.RETURNED: frozenset({Action.LEAVE}),
    Kind.LOCKED: frozenset({Action.LOCK, Action.REMOVE}),  # attendance knows no lock
    Kind.RESTORED: frozenset({Action.UNLOCK, Action.CREATE}),
    Kind.SYSTEMS: frozenset({Action.CREATE, Action.REMOVE, Action.LOCK, Action.UNLOCK}),
}
_OPERATION = (
    attempts.c.id,
    attempts.c.subject,
    attempts.c.system,
    attempts.c.action,
    attempts.c.group_key,
    attempts.c.outcome,
    attempts.c.article,
    attempts.c.reason,
    attempts.c.at,
    attempts.c.changed_at,
    attempts.c.settled_at,
    attempts.c.cause,
)
_LINK = (links.c.subject, links.c.system, links.c.state, links.c.changed)


@dataclass(frozen=True, slots=True)
class Record:
    """The operations and links of a lot of people, by subject."""

    operations: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    links: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    traced: Mapping[str, str] = field(default_factory=dict)  # what the trace says of read-backs, by attempt

    @classmethod
    def read(cls, connection: Connection, subjects: Sequence[str], since: str) -> "Record":
        """Operations from that stamp on, in their order."""
        mine = select(*_OPERATION).where(attempts.c.subject.in_(subjects), attempts.c.at >= since)
        operations = connection.execute(mine.order_by(attempts.c.id)).all()
        theirs = connection.execute(select(*_LINK).where(links.c.subject.in_(subjects)))
        ids = [each.id for each in operations]
        return cls(_by_subject(operations), _by_subject(theirs), confirmed(connection, ids))

    def carrying(self, subject: str, turn: Turn, at: str, request: str | None) -> list[Any]:
        """The operations that brought a turn of that moment: of its kind, asked for by a change no later than it.

        A link tells with each operation since when its oldest change had waited: where that is later than the turn,
        the turn had been settled before, or had become void. Of what was sent in the same instant the cause tells.
        """
        return [
            each
            for each in self.operations.get(subject, ())
            if each.action in CARRY[turn.kind]
            and each.changed_at <= at
            and (at < each.at or (at == each.at and each.cause == request))
            and _concerns(each, turn)
        ]

    def arrivals(self, subject: str, turn: Turn, at: str, carried: Sequence[Any]) -> list[Arrival]:
        """One for each system that the person is linked to, by name, from what carried the turn."""
        sent: dict[str, list[Any]] = defaultdict(list)
        for each in carried:
            sent[each.system].append(each)
        rows = sorted(self.links.get(subject, ()), key=lambda row: row.system)
        return [self._arrival(row, sent[row.system], turn, at) for row in rows]

    def _arrival(self, link: Any, sent: Sequence[Any], turn: Turn, at: str) -> Arrival:
        failures = sum(each.outcome in FAILED for each in sent)
        if link.changed is not None and stamp(link.changed) <= at:  # it is not applied yet
            return Arrival(link.system, link.state if link.state not in ("done", "gone") else "due", failures=failures)
        told = [each for each in sent if each.outcome in READ_BACK and each.settled_at]
        if told:
            last = max(told, key=lambda each: each.settled_at)
            traced = self.traced.get(last.id) == last.settled_at
            seconds = seconds_between(at, last.settled_at)
            return Arrival(link.system, "read-back", last.settled_at, seconds, failures, traced)
        if turn.kind is Kind.LEFT and not failures and link.state not in ("gone", "due"):
            return Arrival(link.system, "kept")  # the regulation keeps it for now, or nobody has looked yet
        return Arrival(link.system, "failed" if failures else "nothing", failures=failures)


def _concerns(operation: Any, turn: Turn) -> bool:
    """Of a role elsewhere only the department at hand."""
    if turn.kind is Kind.SECONDED:
        return bool(operation.group_key == turn.after)
    return turn.kind is not Kind.RETURNED or bool(operation.group_key == turn.before)


def _by_subject(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.subject].append(row)
    return found
