"""The trace (S26): what was intended, how it ended, and who decided what, in the transaction that writes it.

Rows are only ever added. What is personal in one (key, values, reason, what a system said) is sealed under its
subject's key; system, action, article, outcome and times stay readable. The sealer puts them in a chain afterwards.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, func, insert, select

from scim_server.store.prepared import execute_many, fetch, listed
from scim_server.store.tables import attempts
from scim_server.store.trace_tables import trace
from scim_server.store.vault import SubjectKey, vault

INTENT, END, ADOPTION, ERASURE, CUT = "intent", "end", "adoption", "erasure", "cut"
OPERATIONS = (INTENT, ADOPTION)
"""What stands for an attempt. All other kinds but `end` are what somebody decided."""
CONFIRMED = ("done", "already-so")
"""Outcomes of which the system has shown the result."""

_APPEND = insert(trace)
_OF = select(attempts.c.id, attempts.c.subject).where(attempts.c.id.in_(listed("ids")))
_VALUES = ("key", "group_key", "reason", "changed_at", "detail")


class Counted(NamedTuple):
    """How many operations ended so. `outcome`: None while one is under way."""

    system: str
    action: str
    article: str
    outcome: str | None
    number: int


def intended(connection: Connection, rows: Sequence[Mapping[str, Any]], kind: str = INTENT) -> None:
    """A row for each of these rows of `attempts`. Raises BadAuditKey, and then nothing may be attempted."""
    keys = vault(connection).keys_of({row["subject"] for row in rows})
    execute_many(connection, _APPEND, [_intent(row, kind, keys[row["subject"]]) for row in rows])


def ended(connection: Connection, rows: Sequence[tuple[str, str, str | None]], at: str) -> None:
    """How attempts ended, each as (id, outcome, detail), at that stamp. Raises BadAuditKey."""
    worded = {id: detail for id, _, detail in rows if detail}
    of = dict(fetch(connection, _OF, ids=orjson.dumps(list(worded)))) if worded else {}
    keys = vault(connection).keys_of(set(of.values())) if of else {}
    sealed = {id: seal(keys[subject], id, {"detail": worded[id]}) for id, subject in of.items()}
    execute_many(connection, _APPEND, [_end(id, outcome, sealed.get(id), at) for id, outcome, _ in rows])


def note(
    connection: Connection, kind: str, actor: str, what: str, subject: str | None = None, *, at: str, cause: str = ""
) -> None:
    """Who decided what, at that stamp: an approval, a ruling, a letter, a switch.

    What is about somebody is sealed under their key; `what` without a `subject` must name nobody.
    """
    row: dict[str, Any] = {"at": at, "kind": kind, "actor": actor, "subject": subject, "cause": cause or None}
    if subject is None:
        row["said"] = what
    else:
        row["sealed"] = seal(vault(connection).keys_of([subject])[subject], kind, {"what": what})
    connection.execute(_APPEND, row)


def erased(connection: Connection, subject: str, by: str, at: str) -> None:
    """The values of a subject were erased: from here on their key is missed by nobody."""
    said = "个人资料已抹除，密钥已销毁"
    connection.execute(_APPEND, {"at": at, "kind": ERASURE, "actor": by, "subject": subject, "said": said})


def seal(key: SubjectKey, bound_to: str, values: Mapping[str, Any]) -> bytes:
    """Values as JSON under a subject's key, bound to the id of their attempt, or to what kind of decision it was."""
    return key.seal(orjson.dumps(values), bound_to.encode())


def values_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is sealed of a row of `attempts` that is about to be made, or of one on record."""
    values = {name: row[name] for name in _VALUES if row.get(name) is not None}
    for name in ("before", "after"):
        if row.get(name) is not None:
            values[name] = orjson.Fragment(row[name])
    return values


def _intent(row: Mapping[str, Any], kind: str, key: SubjectKey) -> dict[str, Any]:
    id = row["id"]
    return {
        "at": row["at"],
        "kind": kind,
        "subject": row["subject"],
        "system": row["system"],
        "action": row["action"],
        "article": row["article"],
        "attempt": id,
        "generation": row["generation"],
        "policy": row.get("policy"),
        "cause": row.get("cause"),
        "outcome": row.get("outcome"),  # of what is done when it is recorded
        "read_back": row.get("settled_at"),
        "sealed": key.seal(orjson.dumps(values_of(row)), id.encode()),
    }


def _end(id: str, outcome: str, sealed: bytes | None, at: str) -> dict[str, Any]:
    read_back = at if outcome in CONFIRMED else None
    return {"at": at, "kind": END, "attempt": id, "outcome": outcome, "read_back": read_back, "sealed": sealed}


# -- what reports count again

_last = trace.alias("last")
_LATEST = select(func.max(_last.c.seq)).where(_last.c.attempt == trace.c.attempt, _last.c.kind == END).scalar_subquery()
_its_end = trace.alias("its_end")
_outcome = func.coalesce(_its_end.c.outcome, trace.c.outcome)
_COUNT = (
    select(trace.c.system, trace.c.action, trace.c.article, _outcome, func.count())
    .select_from(trace.outerjoin(_its_end, _its_end.c.seq == _LATEST))
    .where(trace.c.kind.in_(OPERATIONS), trace.c.at >= bindparam("since"), trace.c.at < bindparam("until"))
    .group_by(trace.c.system, trace.c.action, trace.c.article, _outcome)
    .order_by(trace.c.system, trace.c.action, trace.c.article, _outcome)
)
ALWAYS = ("", "~")
"""A period with everything in it."""


def recount(connection: Connection, period: tuple[str, str] = ALWAYS) -> Iterator[Counted]:
    """How many operations were begun in a period (two stamps, the second not included), by how they ended."""
    since, until = period
    for row in connection.execute(_COUNT, {"since": since, "until": until}):
        yield Counted(*row)
