"""What is true of the whole store at this moment, for `/metrics`: the same from whichever node it is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, text

from scim_server.store import progress
from scim_server.store.alert_tables import alerts
from scim_server.store.guard_tables import approvals
from scim_server.store.sweep_tables import sweeps
from scim_server.store.system_tables import systems
from scim_server.store.tables import links
from scim_server.store.trace_tables import seals, trace

_OLDEST = select(func.min(links.c.due)).where(links.c.system == bindparam("of"), links.c.due.is_not(None))
_HOLDS = select(approvals.c.system, func.count()).where(text("state = 'open'")).group_by(approvals.c.system)
_SWEPT = (
    select(sweeps.c.ended, sweeps.c.differences)
    .where(sweeps.c.system == bindparam("of"), sweeps.c.outcome == "complete")
    .order_by(sweeps.c.began.desc())
    .limit(1)
)
_SEALED = select(func.max(seals.c.seq)).where(seals.c.chain == "trace")
_UNSEALED = select(trace.c.at).where(trace.c.seq > bindparam("sealed")).order_by(trace.c.seq).limit(1)


@dataclass(frozen=True, slots=True)
class Sealing:
    """How far the sealer is behind: rows, and seconds since the oldest of them was written."""

    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Swept:
    """The last complete sweep of a system: when it ended (seconds since the epoch), and what it found."""

    at: float
    differences: int


@dataclass(frozen=True, slots=True)
class Figures:
    """By system, where it is of a system. `waits`: seconds for which the row that has been due longest is due."""

    states: Mapping[str, Mapping[str, int]]
    waits: Mapping[str, float]
    failing: Mapping[str, bool]
    holds: Mapping[str, int]
    swept: Mapping[str, Swept]
    sealing: Sealing
    alerts: Mapping[str, int] = field(default_factory=dict)  # by kind: what is not over


def read(connection: Connection, names: Sequence[str], now: float) -> Figures:
    """Of these systems. `now`: seconds since the epoch. Each is found by an index, whatever the roster's size."""
    failing = set(connection.scalars(select(systems.c.name).where(systems.c.failing_since.is_not(None))))
    open_ones = select(alerts.c.kind, func.count()).where(alerts.c.ended.is_(None)).group_by(alerts.c.kind)
    return Figures(
        progress.counts(connection),
        {name: _waits(connection, name, now) for name in names},
        {name: name in failing for name in names},
        {system: number for system, number in connection.execute(_HOLDS)},
        {name: swept for name in names if (swept := _swept(connection, name))},
        sealing(connection, now),
        {kind: number for kind, number in connection.execute(open_ones)},
    )


def sealing(connection: Connection, now: float) -> Sealing:
    """How far the sealer is behind."""
    sealed = connection.scalar(_SEALED) or 0
    oldest = connection.scalar(_UNSEALED, {"sealed": sealed})
    if oldest is None:
        return Sealing(0, 0.0)
    last = connection.scalar(select(func.max(trace.c.seq))) or sealed
    return Sealing(last - sealed, max(0.0, now - _instant(oldest)))


def _waits(connection: Connection, name: str, now: float) -> float:
    oldest = connection.scalar(_OLDEST, {"of": name})
    return 0.0 if oldest is None else max(0.0, now - oldest)


def _swept(connection: Connection, name: str) -> Swept | None:
    row = connection.execute(_SWEPT, {"of": name}).first()
    return None if row is None or row.ended is None else Swept(_instant(row.ended), row.differences)


def _instant(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()
