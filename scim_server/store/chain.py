"""How rows are chained (S26): the bytes of a row as it is stored, and the seal over them and the seal before.

Two chains: `trace`, and `changes`, the pushes. Of a change the values are not in the bytes but their digest under the
subject's key, so that they can be blanked when the subject is erased and the chain still verifies.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Select, bindparam, insert, select
from sqlalchemy.sql import ColumnElement

from scim_server.store.prepared import fetch
from scim_server.store.tables import changes
from scim_server.store.trace_tables import seal_lots, trace, trace_begin
from scim_server.store.vault import HouseKey, SubjectKey

NOTHING = bytes(32)
"""What the first seal of a chain rests on."""

TRACE, CHANGES = "trace", "changes"

_TRACED = [column for column in trace.columns if column.name not in ("seq", "sealed")]
_CHANGED = [column for column in changes.columns if column.name not in ("seq", "active", "before", "after")]
_SUBJECT = next(place for place, column in enumerate(_CHANGED) if column.name == "subject")


def _page(seq: ColumnElement[int], *columns: ColumnElement[Any]) -> Select[Any]:
    within = seq > bindparam("after"), seq <= bindparam("until")
    return select(seq, *columns).where(*within).order_by(seq).limit(bindparam("size"))


# rows: (seq, ..., sealed) and (seq, ..., active, before, after), above one number up to another, at most so many
TRACE_PAGE = _page(trace.c.seq, *_TRACED, trace.c.sealed)
CHANGES_PAGE = _page(changes.c.seq, *_CHANGED, changes.c.active, changes.c.before, changes.c.after)


class Lot(NamedTuple):
    """How far both chains came in one go: a row of `seal_lots`, or what the chain begins with now."""

    number: int
    at: str
    trace_last: int
    trace_seal: bytes
    changes_last: int
    changes_seal: bytes
    hash: bytes
    signed_by: bytes | None = None
    signature: bytes | None = None


def page(connection: Connection, of: Select[Any], after: int, until: int, size: int) -> list[tuple[Any, ...]]:
    """Rows of TRACE_PAGE or CHANGES_PAGE, in the order of their numbers."""
    return fetch(connection, of, after=after, until=until, size=size)


def trace_bytes(row: Sequence[Any]) -> bytes:
    """A row of TRACE_PAGE, without its number."""
    return orjson.dumps(row[1:-1]) + b"\n" + _raw(row[-1])


def change_bytes(row: Sequence[Any], bound: bytes | None) -> bytes:
    """A row of CHANGES_PAGE, without its number, its values by their digest."""
    active = None if row[-3] is None else bool(row[-3])  # SQLite has no booleans
    return orjson.dumps((*row[1:-3], active)) + b"\n" + _raw(bound)


def _raw(value: bytes | str | None) -> bytes:
    """SQLite gives a text where somebody has put one into a column of bytes."""
    return value.encode(errors="replace") if isinstance(value, str) else bytes(value or b"")


def bound(row: Sequence[Any], key: SubjectKey) -> bytes | None:
    """The digest of a change's values under its subject's key; None where it has none."""
    if not has_values(row):
        return None
    before, after = (b"-" if each is None else b"+" + _raw(each) for each in row[-2:])
    return key.bind(len(before).to_bytes(8) + before + after)


def has_values(row: Sequence[Any]) -> bool:
    """Whether a row of CHANGES_PAGE says what was before or after."""
    return row[-1] is not None or row[-2] is not None


def subject_of(row: Sequence[Any]) -> str:
    """Of a row of CHANGES_PAGE."""
    return str(row[1 + _SUBJECT])


def sealed(before: bytes, seq: int, content: bytes) -> bytes:
    """The seal of a row."""
    return hashlib.sha256(before + seq.to_bytes(8) + content).digest()


def lot_hash(before: bytes, lot: Lot) -> bytes:
    """Over a lot and the hash of the lot before it: the head of both chains."""
    said = (lot.number, lot.at, lot.trace_last, lot.trace_seal.hex(), lot.changes_last, lot.changes_seal.hex())
    return hashlib.sha256(before + orjson.dumps(said)).digest()


def is_signed(lot: Lot, key: HouseKey) -> bool:
    """Whether that key has signed the lot's hash."""
    return hmac.compare_digest(key.sign(lot.hash), bytes(lot.signature or b""))


_LOT = select(seal_lots)
LAST_LOT = _LOT.order_by(seal_lots.c.number.desc()).limit(1)
LOTS_AFTER = _LOT.where(seal_lots.c.number > bindparam("after")).order_by(seal_lots.c.number).limit(bindparam("size"))
INSERT_LOT = insert(seal_lots)
_BEGIN = select(trace_begin).order_by(trace_begin.c.number.desc()).limit(1)


def last_lot(connection: Connection) -> Lot | None:
    """The head, where anything has been sealed since the beginning."""
    found = fetch(connection, LAST_LOT)
    return lot_of(found[0]) if found else None


def lot_of(row: Sequence[Any]) -> Lot:
    """From a row of `seal_lots` as the driver gives it."""
    return Lot(*row)


class Begin(NamedTuple):
    """Where the chain begins now: a row of `trace_begin`."""

    number: int
    at: str
    trace_last: int
    trace_seal: bytes
    hash: bytes
    attempts_until: str
    signed_by: bytes | None
    signature: bytes | None

    @property
    def said(self) -> bytes:
        """What is signed of it."""
        told = (self.number, self.at, self.trace_last, self.trace_seal.hex(), self.hash.hex(), self.attempts_until)
        return orjson.dumps(told)


def begin(connection: Connection) -> Begin:
    """Where the chain begins now."""
    row = connection.execute(_BEGIN).first()
    return Begin(0, "", 0, NOTHING, NOTHING, "", None, None) if row is None else Begin(*row)
