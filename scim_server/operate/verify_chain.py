"""One chain of seals against its rows (S26): walks both in the order of their numbers, and names what is wrong first.

Whoever may write the database can alter rows and seals, not what the seals must be: from the row, the seal and the
neighbours it follows which of them was touched, and how.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Connection, Select, bindparam, func, select

from scim_server.store import chain
from scim_server.store.chain import Lot
from scim_server.store.prepared import fetch
from scim_server.store.trace_tables import seals

PAGE = 2000

T = TypeVar("T")
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong in one place. `where`: trace | changes | seals | lots | attempts | head.

    `kind`: altered | removed | truncated | reordered | inserted, or what cannot be checked. `at`: the number or id.
    """

    where: str
    kind: str
    at: str
    text: str


class Seal(NamedTuple):
    """A row of `seals`."""

    seq: int
    seal: bytes
    bound: bytes | None


class Ahead(Generic[T]):
    """An iterator whose next element can be looked at."""

    def __init__(self, of: Iterator[T]) -> None:
        self._of = of
        self._seen: deque[T] = deque()

    def peek(self) -> T | None:
        """The next element, still there afterwards; None at the end."""
        if not self._seen:
            found = next(self._of, None)
            if found is None:
                return None
            self._seen.append(found)
        return self._seen[0]

    def take(self) -> None:
        """Goes on."""
        self._seen.popleft()


_SEALS = (
    select(seals.c.seq, seals.c.seal, seals.c.bound)
    .where(seals.c.chain == bindparam("chain"), seals.c.seq > bindparam("after"))
    .order_by(seals.c.seq)
    .limit(bindparam("size"))
)
_LEFT = select(func.count()).where(seals.c.chain == bindparam("chain"), seals.c.seq >= bindparam("since"))
_SAME = select(seals.c.seq).where(seals.c.chain == bindparam("chain"), seals.c.seal == bindparam("seal")).limit(1)


class Kind(NamedTuple):
    """Which chain. `content`: the bytes of a row, given the digest that its seal names; `own`: those without a seal."""

    name: str
    word: str
    page: Select[Any]
    content: Callable[[Row, bytes | None], bytes]
    own: Callable[[Row], bytes]


class Chain:
    """One of the two chains, up to the head."""

    def __init__(self, connection: Connection, of: Kind, start: tuple[int, bytes], head: tuple[int, bytes]) -> None:
        """`start`, `head`: the number and the seal that it begins behind, and that the newest lot names."""
        self.connection = connection
        self.name, self.word, self._page, self.content, self.own = of
        self.start = start
        self._until, self._head = head

    def is_head(self, seal: bytes) -> bool:
        """Whether the newest lot names that seal."""
        return seal == self._head

    def rows(self, after: int, until: int | None = None) -> Iterator[Row]:
        """Rows behind that number, in pages."""
        last = self._until if until is None else until
        while found := chain.page(self.connection, self._page, after, last, PAGE):
            yield from found
            after = found[-1][0]

    def seals(self, after: int) -> Iterator[Seal]:
        """Seals behind that number."""
        while found := fetch(self.connection, _SEALS, chain=self.name, after=after, size=PAGE):
            yield from (Seal(seq, bytes(seal), None if it is None else bytes(it)) for seq, seal, it in found)
            after = found[-1][0]

    def seal_at(self, seq: int) -> Seal | None:
        """The seal of that number."""
        found = next(self.seals(seq - 1), None)
        return found if found is not None and found.seq == seq else None

    def same_seal(self, seal: bytes) -> int | None:
        """The number that such a seal stands under."""
        found = fetch(self.connection, _SAME, chain=self.name, seal=seal)
        return int(found[0][0]) if found else None

    def left(self, since: int) -> int:
        """How many seals there are from that number on."""
        return int(fetch(self.connection, _LEFT, chain=self.name, since=since)[0][0])


Marks = Iterator[tuple[int, bytes, int]]
"""How far each lot came in this chain: (number of the row, its seal, number of the lot)."""


def marks_of(lots: Iterator[Lot], name: str) -> Marks:
    """What lots say of one chain."""
    for lot in lots:
        traced = name == chain.TRACE
        yield (lot.trace_last if traced else lot.changes_last), (lot.trace_seal if traced else lot.changes_seal), lot[0]


Check = Callable[[Row, Seal], Fault | None]


def walk(of: Chain, marks: Marks, check: Check | None = None) -> tuple[int, Fault | None]:
    """How many rows hold, and the first fault. `check`: what else must be true of a row whose seal holds."""
    after, before = of.start
    rows, sealed, heads = Ahead(of.rows(after)), Ahead(of.seals(after)), Ahead(marks)
    number = 0
    while True:
        head = heads.peek()
        while head is not None and head[0] <= after:
            if head[0] == after and head[1] != before:
                return number, _recomputed(of, after, head)
            heads.take()
            head = heads.peek()
        row, seal = rows.peek(), sealed.peek()
        if row is None and seal is None:
            return number, None
        if head is None:
            return number, _beyond(of, seal or Seal(after + 1, b"", None))
        made = None if row is None or seal is None else chain.sealed(before, row[0], of.content(row, seal.bound))
        if row is None or seal is None or row[0] != seal.seq or made != seal.seal:
            return number, diagnose(of, after, before, row, seal)
        fault = check(row, seal) if check is not None else None
        if fault is not None:
            return number, fault
        after, before = seal.seq, seal.seal
        rows.take()
        sealed.take()
        number += 1


def diagnose(of: Chain, after: int, before: bytes, row: Row | None, seal: Seal | None) -> Fault:
    """What was done to the first row or seal that does not fit; all up to number `after` does, its seal is `before`."""
    if row is None and seal is not None:
        count, word = of.left(seal.seq), of.word
        text = f"{word}自第 {seal.seq} 行起被截断：其后有 {count} 行的封印，行已不在"
        return Fault(of.name, "truncated", str(seal.seq), text)
    if seal is None and row is not None:
        return Fault("seals", "truncated", str(row[0]), f"{of.word}第 {row[0]} 行起的封印被截断，行仍在")
    assert row is not None
    assert seal is not None
    if row[0] > seal.seq:
        return _without_row(of, before, row, seal)
    if row[0] < seal.seq:
        return _without_seal(of, after, before, row, seal)
    return _unlike(of, before, row, seal)


def _without_row(of: Chain, before: bytes, row: Row, seal: Seal) -> Fault:
    its = of.seal_at(row[0])
    if its is not None and chain.sealed(before, row[0], of.content(row, its.bound)) == its.seal:
        return Fault("seals", "inserted", str(seal.seq), f"{of.word}第 {seal.seq} 行的封印是插入的，从无此行")
    return Fault(of.name, "removed", str(seal.seq), f"{of.word}第 {seal.seq} 行被删除，其封印仍在")


def _without_seal(of: Chain, after: int, before: bytes, row: Row, seal: Seal) -> Fault:
    for each in of.rows(after, seal.seq):
        content = of.content(each, seal.bound) if each[0] == seal.seq else of.own(each)
        before = chain.sealed(before, each[0], content)
    if before == seal.seal:
        return Fault("seals", "removed", str(row[0]), f"{of.word}第 {row[0]} 行的封印被删除，行仍在")
    return Fault(of.name, "inserted", str(row[0]), f"{of.word}第 {row[0]} 行是插入的，从未封印")


def _unlike(of: Chain, before: bytes, row: Row, seal: Seal) -> Fault:
    seq = seal.seq
    made = [chain.sealed(before, seq, each) for each in (of.content(row, seal.bound), of.own(row))]
    for each in made:
        elsewhere = of.same_seal(each)
        if elsewhere not in (None, seq):
            return Fault("seals", "reordered", str(seq), f"{of.word}第 {seq} 行的封印被调换，现在第 {elsewhere} 行")
        if elsewhere == seq or _follows(of, each, seq):
            return Fault("seals", "altered", str(seq), f"{of.word}第 {seq} 行的封印被改动，行与前后相符")
    now_at, home = _where_now(of, before, seal), _home(of, row)
    if now_at is not None and home is not None:
        text = f"{of.word}第 {seq} 行的次序被调换：应在此处的一行现为第 {now_at} 行"
        return Fault(of.name, "reordered", str(seq), text)
    if now_at is not None:
        return Fault(of.name, "inserted", str(seq), f"{of.word}第 {seq} 行是插入的，原来的一行被移到第 {now_at} 行")
    if home is not None:
        return Fault(of.name, "removed", str(seq), f"{of.word}第 {seq} 行被删除，原第 {home} 行被移到此处")
    return Fault(of.name, "altered", str(seq), f"{of.word}第 {seq} 行被改动，与其封印不符")


def _where_now(of: Chain, before: bytes, seal: Seal) -> int | None:
    """Under which number the row stands that was sealed so."""
    for other in of.rows(of.start[0]):
        if chain.sealed(before, seal.seq, of.content(other, seal.bound)) == seal.seal:
            return int(other[0])
    return None


def _home(of: Chain, row: Row) -> int | None:
    """Under which number that row was sealed."""
    before = of.start[1]
    for each in of.seals(of.start[0]):
        if chain.sealed(before, each.seq, of.content(row, each.bound)) == each.seal:
            return each.seq
        before = each.seal
    return None


def _follows(of: Chain, made: bytes, seq: int) -> bool:
    """Whether the next row's seal rests on that one."""
    following, its = next(of.rows(seq), None), next(of.seals(seq), None)
    if following is None or its is None or following[0] != its.seq:
        return following is None and its is None and of.is_head(made)
    return chain.sealed(made, its.seq, of.content(following, its.bound)) == its.seal


def _recomputed(of: Chain, seq: int, head: tuple[int, bytes, int]) -> Fault:
    text = f"{of.word}至第 {seq} 行的封印被整体重算：与第 {head[2]} 批签名的封印不符"
    return Fault(of.name, "altered", str(seq), text)


def _beyond(of: Chain, seal: Seal) -> Fault:
    return Fault("seals", "inserted", str(seal.seq), f"{of.word}第 {seal.seq} 行的封印是插入的，没有任何一批包含它")
