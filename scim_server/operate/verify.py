"""`huaming verify` (S26): walks both chains and the attempts, and names the first row that was touched, and how.

It reads one moment of the store, in pages, so memory stays flat however long the record is.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from scim_server.operate.desk import Desk
from scim_server.operate.verify_attempts import Attempts, is_erased
from scim_server.operate.verify_chain import PAGE, Chain, Fault, Kind, Row, Seal, marks_of, walk
from scim_server.store import chain
from scim_server.store.chain import CHANGES, NOTHING, TRACE, Begin, Lot
from scim_server.store.engine import open_engine
from scim_server.store.prepared import fetch
from scim_server.store.tables import changes
from scim_server.store.trace_tables import trace
from scim_server.store.vault import Sealed, SubjectKey, Vault, sealing, vault


class BadHead(ValueError):
    """A head that cannot be read. The message says what one looks like."""


@dataclass(slots=True)
class Verdict:
    """What was found. `rows`: of each chain, that hold. `unsealed`: rows that no lot contains yet."""

    faults: list[Fault] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    unsealed: int = 0
    head: str | None = None
    outside_since: int | None = None  # the lot from which on a key outside the database has signed
    begins_after: int = 0  # the last lot that was cut off

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.faults

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return {"ok": self.ok, **asdict(self)}


def verify(desk: Desk, head: str | None = None) -> Verdict:
    """Checks the whole store, and that it contains `head` (NUMBER:HASH), which was kept elsewhere. Raises BadHead."""
    kept = None if head is None else _parsed(head)
    engine = sealing(open_engine(desk.settings.store.url), desk.settings.audit.secrets)
    with engine.begin() as connection:
        return Verification(connection, vault(connection, reading=True)).run(kept)


def _forgiving(text: bytes) -> str:
    """Whoever puts bytes into a text must be found, not stumbled over."""
    return text.decode(errors="replace")


class Verification:
    """One look at one store."""

    def __init__(self, connection: Connection, keys: Vault) -> None:
        self._connection = connection
        self._keys = keys
        self._verdict = Verdict()
        self._bound: dict[tuple[bytes, str], SubjectKey] = {}

    def run(self, kept: tuple[int, str] | None = None) -> Verdict:
        """Everything; of each place the first fault."""
        verdict, connection = self._verdict, self._connection
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.text_factory = _forgiving  # type: ignore[union-attr]
        begin = chain.begin(connection)
        verdict.begins_after = begin.number
        head = chain.last_lot(connection)
        self._note(self._begin_fault(begin))
        self._note(self._lots(begin))
        if head is not None:
            verdict.head = f"{head.number}:{head.hash.hex()}"
        self._note(self._kept(kept, head, begin) if kept is not None else None)
        self._walk(TRACE, head, (begin.trace_last, begin.trace_seal))
        self._walk(CHANGES, head, (0, NOTHING))
        self._note(Attempts(connection, self._keys, begin).first_fault())
        ends = (head.trace_last, head.changes_last) if head is not None else (begin.trace_last, 0)
        for table, last in zip((trace, changes), ends, strict=True):
            verdict.unsealed += connection.scalar(select(func.count()).where(table.c.seq > last)) or 0
        return verdict

    def _note(self, fault: Fault | None) -> None:
        if fault is not None:
            self._verdict.faults.append(fault)

    # -- lots

    def _all_lots(self, after: int) -> Iterator[Lot]:
        while found := fetch(self._connection, chain.LOTS_AFTER, after=after, size=PAGE):
            yield from (chain.lot_of(row) for row in found)
            after = found[-1][0]

    def _begin_fault(self, begin: Begin) -> Fault | None:
        if begin.number == 0:
            return None
        key = self._keys.house.get(begin.signed_by or b"")
        if key is None:
            return Fault("lots", "unreadable", str(begin.number), "切除点的签名密钥不在配置中，无法核对")
        if key.sign(begin.said) != begin.signature:
            return Fault("lots", "altered", str(begin.number), f"切除点（第 {begin.number} 批）被改动，与其签名不符")
        return None

    def _lots(self, begin: Begin) -> Fault | None:
        number, before, outside, last = begin.number, begin.hash, self._outside(), None
        for lot in self._all_lots(begin.number):
            if lot.number != number + 1:
                return Fault("lots", "removed", str(number + 1), f"第 {number + 1} 批封印被删除")
            if chain.lot_hash(before, lot) != lot.hash:
                return Fault("lots", "altered", str(lot.number), f"第 {lot.number} 批封印被改动")
            key = self._keys.house.get(lot.signed_by or b"")
            if key is None:
                return Fault("lots", "unreadable", str(lot.number), f"第 {lot.number} 批的签名密钥不在配置中，无法核对")
            if not chain.is_signed(lot, key):
                return Fault("lots", "altered", str(lot.number), f"第 {lot.number} 批封印被重算，签名不符")
            if lot.signed_by in outside and self._verdict.outside_since is None:
                self._verdict.outside_since = lot.number
            if lot.signed_by not in outside and self._verdict.outside_since is not None:
                return Fault("lots", "altered", str(lot.number), f"第 {lot.number} 批起改由库内密钥签名")
            number, before, last = lot.number, lot.hash, lot
        if last is not None and last.signed_by != self._keys.current.name:
            text = f"第 {number} 批不是由现行密钥签名（更换密钥后，服务会重新封印一次）"
            return Fault("lots", "altered", str(number), text)
        return None

    def _outside(self) -> set[bytes]:
        """The names of the keys that are not in the database."""
        return {name for name, key in self._keys.house.items() if key is not self._keys.own}

    def _kept(self, kept: tuple[int, str], head: Lot | None, begin: Begin) -> Fault | None:
        number, said = kept
        if number <= begin.number:
            if number == begin.number and begin.hash.hex() == said:
                return None
            return Fault("head", "cut", str(number), f"第 {number} 批已按保存期限切除，此封印头不能再核对")
        if head is None or number > head.number:
            text = f"第 {number} 批及其后的封印被截断：库外保存的封印头不在其中"
            return Fault("head", "truncated", str(number), text)
        found = next(self._all_lots(number - 1), None)
        if found is None or found.number != number or found.hash.hex() != said:
            return Fault("head", "altered", str(number), f"第 {number} 批与库外保存的封印头不符：记录被整体重写")
        return None

    # -- chains

    def _walk(self, name: str, head: Lot | None, start: tuple[int, bytes]) -> None:
        if head is None:
            self._verdict.rows[name] = 0
            return
        if name == TRACE:
            kind = Kind(name, "留痕", chain.TRACE_PAGE, _traced, chain.trace_bytes)
            end, check = (head.trace_last, head.trace_seal), None
        else:
            kind = Kind(name, "名册变更", chain.CHANGES_PAGE, chain.change_bytes, self._own)
            end, check = (head.changes_last, head.changes_seal), self._values
        of = Chain(self._connection, kind, start, end)
        begin = chain.begin(self._connection)
        number, fault = walk(of, marks_of(self._all_lots(begin.number), name), check)
        self._verdict.rows[name] = number
        self._note(fault)

    def _own(self, row: Row) -> bytes:
        """A change whose digest is computed anew."""
        if not chain.has_values(row):
            return chain.change_bytes(row, None)
        key = self._key(chain.subject_of(row), self._keys.current.name)
        return chain.change_bytes(row, None if key is None else chain.bound(row, key))

    def _values(self, row: Row, seal: Seal) -> Fault | None:
        """The values of a change against the digest in its seal."""
        seq, subject = row[0], chain.subject_of(row)
        if seal.bound is None:
            text = f"名册变更第 {seq} 行封印时没有前后值，现在却有"
            return Fault(CHANGES, "altered", str(seq), text) if chain.has_values(row) else None
        if not chain.has_values(row):
            text = f"名册变更第 {seq} 行的前后值被清除，而无抹除的记录"
            return None if is_erased(self._connection, subject) else Fault(CHANGES, "altered", str(seq), text)
        key = self._key(subject, seal.bound[:4])
        if key is None:
            return Fault(CHANGES, "unreadable", str(seq), f"名册变更第 {seq} 行的密钥不在，前后值无法核对")
        if chain.bound(row, key) != seal.bound:
            return Fault(CHANGES, "altered", str(seq), f"名册变更第 {seq} 行的前后值被改动")
        return None

    def _key(self, subject: str, under: bytes) -> SubjectKey | None:
        """People are changed several times in a row: the latest keys are remembered."""
        found = self._bound.get((under, subject))
        if found is None:
            try:
                found = self._keys.known([subject], under).get(subject)
            except Sealed:
                return None
            if found is not None:
                if len(self._bound) >= PAGE:
                    self._bound.clear()
                self._bound[under, subject] = found
        return found


def _traced(row: Row, _: bytes | None) -> bytes:
    return chain.trace_bytes(row)


def _parsed(head: str) -> tuple[int, str]:
    number, _, said = head.partition(":")
    if not number.isdecimal() or len(said) != 64:
        raise BadHead("a head is NUMBER:HASH as the log tells it, with 64 hexadecimal digits")
    return int(number), said.lower()


def lines(verdict: Verdict) -> list[str]:
    """What was found, as a person reads it."""
    rows = verdict.rows
    said = [f"留痕 {rows.get(TRACE, 0)} 行、名册变更 {rows.get(CHANGES, 0)} 行与封印相符"]
    if verdict.begins_after:
        said.append(f"第 {verdict.begins_after} 批及以前已按保存期限切除，自此起算")
    if verdict.unsealed:
        said.append(f"另有 {verdict.unsealed} 行尚未封印")
    if verdict.head:
        said.append(f"封印头 {verdict.head}")
        since = verdict.outside_since
        said.append(f"自第 {since} 批起由库外密钥签名" if since else "签名密钥在库内：请设 [audit] key")
    said += [f"✗ {fault.text}" for fault in verdict.faults]
    return said if verdict.faults else [*said, "✓ 没有发现改动"]
