"""What is older than the law demands is cut off (S26): whole lots, and what the chain begins with now is signed.

The attempts of the rows go with them, so that reports and trace go on to agree; those still under way stay. The
pushes stay: what was true on a past day is read from them.
"""

from sqlalchemy import Connection, delete, func, insert, or_, select, text

from scim_server.store import chain
from scim_server.store.chain import Begin
from scim_server.store.tables import attempts
from scim_server.store.trace import CUT, OPERATIONS, note
from scim_server.store.trace_tables import seal_lots, seals, trace, trace_begin
from scim_server.store.vault import vault

ROWS = 2_000  # cut off at once: the writer must not be held up

_MAY = text("SELECT has_table_privilege('trace', 'DELETE')")


def may_cut(connection: Connection) -> bool:
    """Whether this role may take rows out of the trace: on PostgreSQL the product's own may not."""
    return connection.dialect.name != "postgresql" or bool(connection.scalar(_MAY))


def is_due(connection: Connection, before: str) -> bool:
    """Whether anything was sealed before that stamp."""
    first = select(seal_lots.c.at).order_by(seal_lots.c.number).limit(1)
    at = connection.scalar(first)
    return at is not None and at < before


def cut(connection: Connection, before: str, by: str, at: str) -> int:
    """Cuts off lots sealed before that stamp, about 2,000 rows at once; returns how many rows went, 0 at the end.

    To be run in the writer. The last lot stays: the chain goes on from it.
    """
    start = chain.begin(connection)
    upto = start.trace_last + ROWS
    first, last = connection.execute(select(func.min(seal_lots.c.number), func.max(seal_lots.c.number))).one()
    if first is None:
        return 0
    old = select(func.max(seal_lots.c.number)).where(
        seal_lots.c.at < before,
        seal_lots.c.number < min(last, first + ROWS),
        or_(seal_lots.c.trace_last <= upto, seal_lots.c.number == first),
    )
    number = connection.scalar(old)
    if number is None:
        return 0
    lot = chain.Lot(*connection.execute(select(seal_lots).where(seal_lots.c.number == number)).one())
    gone = _remove(connection, lot)
    _begin_at(connection, lot, start, at)
    head = f"{lot.number}:{lot.hash.hex()}"
    note(
        connection,
        CUT,
        by,
        f"按保存期限切除第 {lot.number} 批及以前，至留痕第 {lot.trace_last} 行，封印头 {head}",
        at=at,
    )
    return max(gone, 1)


def _remove(connection: Connection, lot: chain.Lot) -> int:
    cut_off = trace.c.seq <= lot.trace_last
    named = select(trace.c.attempt).where(cut_off, trace.c.kind.in_(OPERATIONS))
    settled = attempts.c.outcome.is_not(None) & (attempts.c.outcome != "pending")
    connection.execute(delete(attempts).where(attempts.c.id.in_(named), settled))
    connection.execute(delete(seals).where(seals.c.chain == chain.TRACE, seals.c.seq <= lot.trace_last))
    connection.execute(delete(seal_lots).where(seal_lots.c.number <= lot.number))
    return connection.execute(delete(trace).where(cut_off)).rowcount


def _begin_at(connection: Connection, lot: chain.Lot, start: Begin, at: str) -> None:
    key = vault(connection).current
    until = max(start.attempts_until, lot.at)
    new = Begin(lot.number, at, lot.trace_last, bytes(lot.trace_seal), bytes(lot.hash), until, key.name, None)
    connection.execute(delete(trace_begin))
    connection.execute(insert(trace_begin), new._replace(signature=key.sign(new.said))._asdict())
