"""One lot of seals (S26): what both chains have gained since the last lot, chained and signed.

Reading and hashing are done on the sealer's own connection; the writer only inserts. Two sealers at once write the
same number: the second one fails whole, so the chain never forks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from scim_server.store import chain
from scim_server.store.chain import CHANGES, NOTHING, TRACE, Lot
from scim_server.store.prepared import fetch
from scim_server.store.tables import changes
from scim_server.store.trace_tables import seals, trace
from scim_server.store.vault import SubjectKey, Vault
from scim_server.store.writer import Step

LOT = 1000  # rows of each chain

_SEAL = insert(seals)
_TRACE_LAST, _CHANGES_LAST = select(func.max(trace.c.seq)), select(func.max(changes.c.seq))
_ISSUED = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {}"
_RUNNING = text(
    "SELECT pg_snapshot_xmin(now_open)::text::bigint, pg_snapshot_xmax(now_open)::text::bigint, pid, backend_start "
    "FROM pg_current_snapshot() AS now_open, pg_stat_get_activity(pg_backend_pid())"
)


@dataclass(frozen=True, slots=True)
class Reach:
    """Up to which number of each chain every row is there for good: nothing smaller can still be committed."""

    trace: int
    changes: int


class Horizon:
    """How far may be sealed: below the oldest open transaction.

    On SQLite whatever can be seen is all there is. On PostgreSQL a number is issued before its row is committed:
    what had been issued at one moment is settled once every transaction that was open a moment later has ended. A
    trigger sees to it that a transaction is open, by its id, before it is issued a number.
    A database that crashed may issue again what it had issued to those whom it lost: what was known by a session that
    is no more is forgotten.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: tuple[Reach, int] | None = None
        self._reached = Reach(0, 0)
        self._session: tuple[Any, ...] | None = None

    def reached(self) -> Reach:
        """As of now; on PostgreSQL a call later than on SQLite."""
        if self._connection.dialect.name != "postgresql":
            found = [fetch(self._connection, each)[0][0] or 0 for each in (_TRACE_LAST, _CHANGES_LAST)]
            return Reach(*found)
        for _ in range(2):  # where nobody writes, what was issued just now is settled at once
            self._step()
        return self._reached

    def _step(self) -> None:
        issued = Reach(*(self._number(_ISSUED.format(f"{name}_seq_seq")) for name in (TRACE, CHANGES)))
        oldest, next_one, *session = self._connection.execute(_RUNNING).one()  # by a snapshot of its own, later
        if self._session != tuple(session):
            self._session, self._waiting, self._reached = tuple(session), None, Reach(0, 0)
            self._step()  # what was issued is asked for again, by the new session
            return
        if self._waiting is not None and oldest >= self._waiting[1]:
            self._reached, self._waiting = self._waiting[0], None
        if self._waiting is None:
            self._waiting = (issued, next_one)

    def _number(self, statement: str) -> int:
        return int(self._connection.scalar(text(statement)) or 0)


@dataclass(slots=True)
class Sealed:
    """A lot and the rows of `seals` that go with it, for the writer."""

    lot: Lot
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def steps(self) -> list[Step]:
        """What the writer runs."""
        return [Step(chain.INSERT_LOT, [self.lot._asdict()], 1), Step(_SEAL, self.rows, len(self.rows))]


def last(connection: Connection) -> Lot:
    """The lot on which the next one rests."""
    begin = chain.begin(connection)
    found = chain.last_lot(connection)
    return found or Lot(0, "", begin.trace_last, begin.trace_seal, 0, NOTHING, begin.hash)


KeysFor = Callable[[Sequence[str]], dict[str, SubjectKey]]


def seal_next(connection: Connection, vault: Vault, reach: Reach, at: str, keys_for: KeysFor) -> Sealed | None:
    """The next lot; None where there is nothing to seal. An empty one follows a change of key.

    `keys_for`: makes the keys that subjects do not have yet.
    `connection` reads what is committed. Raises BadAuditKey.
    """
    before = last(connection)
    traced = chain.page(connection, chain.TRACE_PAGE, before.trace_last, reach.trace, LOT)
    changed = chain.page(connection, chain.CHANGES_PAGE, before.changes_last, reach.changes, LOT)
    signed_anew = before.signature is not None and before.signed_by != vault.current.name
    if not traced and not changed and not signed_anew:
        return None
    rows: list[dict[str, Any]] = []
    trace_seal = _chained(rows, TRACE, before.trace_seal, [(row[0], chain.trace_bytes(row), None) for row in traced])
    bounds = _bounds(changed, vault, keys_for)
    contents = [(row[0], chain.change_bytes(row, it), it) for row, it in zip(changed, bounds, strict=True)]
    changes_seal = _chained(rows, CHANGES, before.changes_seal, contents)
    ends = [page[-1][0] if page else was for page, was in ((traced, before.trace_last), (changed, before.changes_last))]
    lot = Lot(before.number + 1, at, ends[0], trace_seal, ends[1], changes_seal, b"", vault.current.name)
    lot = lot._replace(hash=chain.lot_hash(before.hash, lot))
    return Sealed(lot._replace(signature=vault.current.sign(lot.hash)), rows)


def _chained(
    rows: list[dict[str, Any]], name: str, before: bytes, contents: Sequence[tuple[int, bytes, bytes | None]]
) -> bytes:
    for seq, content, it in contents:
        before = chain.sealed(before, seq, content)
        rows.append({"chain": name, "seq": seq, "seal": before, "bound": it})
    return before


def _bounds(changed: Sequence[tuple[Any, ...]], vault: Vault, keys_for: KeysFor) -> list[bytes | None]:
    """The digest of each change's values."""
    wanted = {chain.subject_of(row) for row in changed if chain.has_values(row)}
    keys = vault.known(wanted) if wanted else {}
    missing = sorted(wanted - keys.keys())
    if missing:
        keys |= keys_for(missing)
    return [chain.bound(row, keys[chain.subject_of(row)]) if chain.has_values(row) else None for row in changed]
