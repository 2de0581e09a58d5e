"""What sweeps found, a row a value, with what has become of it since; and the sweeps themselves, with their counts.

What was found is told in words, never by its value: those of what was healed stand with its operations.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, or_, select

from scim_server.store.sweep_tables import drift, sweeps
from scim_server.store.tables import attempts, links, subjects

_HEALED_BY: Mapping[str, tuple[str, ...]] = {
    "memberships": ("join", "leave", "update"),
    "presence": ("lock", "unlock", "remove"),
    "missing": ("create",),
}
_READ_BACK = ("done", "already-so")


@dataclass(frozen=True, slots=True)
class SweepRow:
    """One sweep of one system. Stamps; `ended` is None while it is under way."""

    id: str
    system: str
    kind: str
    report_only: bool
    began: str
    ended: str | None
    outcome: str
    error: str | None
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One value. `outcome` is what the policy said; `healed` when the system was read back as it should be.

    `state`: of the row now (due, done, held, parked, ...), None where there is none any more.
    """

    sweep: str
    time: str
    system: str
    external_id: str
    name: str
    kind: str
    what: str
    group: str
    found: str
    outcome: str
    first_seen: str
    healed: str | None
    state: str | None
    error: str | None


def sweep_rows(connection: Connection, system: str | None, since: str | None, until: str | None) -> list[SweepRow]:
    """The sweeps of a stretch of time; without one the last of each system that has ended, or is under way."""
    of = select(sweeps).order_by(sweeps.c.system, sweeps.c.began.desc(), sweeps.c.id.desc())
    if system is not None:
        of = of.where(sweeps.c.system == system)
    if since is not None:
        of = of.where(sweeps.c.began >= since)
    if until is not None:
        of = of.where(sweeps.c.began < until)
    found = [_sweep(row) for row in connection.execute(of)]
    return found if since is not None or until is not None else _last_of_each(found)


def _last_of_each(found: list[SweepRow]) -> list[SweepRow]:
    """Up to the last that ended: one that is under way, or died, tells less than the one before it."""
    last: list[SweepRow] = []
    over: set[str] = set()
    for row in found:
        if row.system not in over:
            last.append(row)
            if row.outcome in ("complete", "partial"):
                over.add(row.system)
    return last


_TEXTS = ("id", "system", "kind", "report_only", "began", "ended", "outcome", "error")


def _sweep(row: Row[Any]) -> SweepRow:
    values = row._mapping
    counts = {str(name): values[name] for name in values if name not in _TEXTS}
    return SweepRow(**{name: values[name] for name in _TEXTS}, counts=counts)


def _healed() -> Any:
    """When an operation that mends it was read back."""
    mends = or_(
        *(and_(drift.c.what == what, attempts.c.action.in_(actions)) for what, actions in _HEALED_BY.items()),
        and_(drift.c.what.not_in(tuple(_HEALED_BY)), attempts.c.action.in_(("update", "create"))),
    )
    same_group = or_(
        drift.c.what != "memberships", attempts.c.group_key.is_(None), attempts.c.group_key == drift.c.group_key
    )
    of = select(func.max(attempts.c.settled_at)).where(
        attempts.c.subject == drift.c.subject,
        attempts.c.system == drift.c.system,
        attempts.c.at >= drift.c.at,
        attempts.c.outcome.in_(_READ_BACK),
        mends,
        same_group,
    )
    return case((drift.c.outcome == "report", None), else_=of.correlate(drift).scalar_subquery())


def drift_rows(connection: Connection, of: list[SweepRow]) -> Iterator[DriftRow]:
    """What these sweeps found, sweep by sweep."""
    for one in of:
        query = (
            select(
                drift.c.sweep,
                drift.c.at,
                drift.c.system,
                subjects.c.key,
                subjects.c.title,
                subjects.c.kind,
                drift.c.what,
                drift.c.group_key,
                drift.c.found,
                drift.c.outcome,
                drift.c.first_seen,
                _healed(),
                links.c.state,
                links.c.error,
            )
            .join(subjects, subjects.c.subject == drift.c.subject)
            .outerjoin(links, and_(links.c.subject == drift.c.subject, links.c.system == drift.c.system))
            .where(drift.c.sweep == one.id)
            .order_by(subjects.c.kind, subjects.c.key, drift.c.subject, drift.c.what, drift.c.group_key)
        )
        for row in connection.execute(query):
            yield DriftRow(*tuple(row))
