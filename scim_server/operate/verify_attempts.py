"""Attempts against their trace (S26): whoever alters the record that reports are made of is found by it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, and_, bindparam, exists, func, select

from scim_server.operate.verify_chain import PAGE, Fault
from scim_server.store.chain import Begin
from scim_server.store.prepared import fetch
from scim_server.store.tables import attempts
from scim_server.store.trace import ADOPTION, CONFIRMED, END, ERASURE, values_of
from scim_server.store.trace_tables import trace
from scim_server.store.vault import BadAuditKey, Sealed, SubjectKey, Vault

_CLEAR = ("at", "subject", "system", "action", "article", "generation", "policy", "cause")
_TRACED = ("seq", "kind", "attempt", "outcome", "read_back", "sealed", *_CLEAR)
_SEALED = ("key", "group_key", "before", "after", "reason", "changed_at", "detail")
_ATTEMPTED = ("id", *_CLEAR, *_SEALED, "outcome", "settled_at")
_WIDTH = len(_TRACED)
_PAGE = (
    select(*[trace.c[name] for name in _TRACED], *[attempts.c[name] for name in _ATTEMPTED])
    .select_from(trace.outerjoin(attempts, attempts.c.id == trace.c.attempt))
    .where(trace.c.attempt.is_not(None), trace.c.seq > bindparam("after"))
    .order_by(trace.c.seq)
    .limit(bindparam("size"))
)
_ended = exists().where(trace.c.attempt == attempts.c.id, trace.c.kind == END)
_begun = exists().where(trace.c.attempt == attempts.c.id, trace.c.kind != END)
_UNTRACED = select(attempts.c.id).where(attempts.c.at > bindparam("until"), ~_begun).order_by(attempts.c.id).limit(1)
_SETTLED_BY_HAND = (
    select(attempts.c.id)
    .where(attempts.c.at > bindparam("until"), attempts.c.outcome.is_not(None), ~_ended)
    .where(~exists().where(trace.c.attempt == attempts.c.id, trace.c.kind == ADOPTION))
    .order_by(attempts.c.id)
    .limit(1)
)
_LATER = select(func.count()).where(attempts.c.id > bindparam("id"))
_LATEST_END = select(func.max(trace.c.seq)).where(trace.c.attempt == bindparam("id"), trace.c.kind == END)
_LIKE = select(*[trace.c[name] for name in _TRACED]).where(
    trace.c.attempt.is_not(None),
    trace.c.kind != END,
    and_(*[trace.c[name] == bindparam(f"its_{name}") for name in ("subject", "system", "action", "at")]),
)
_decided = trace.c.subject == bindparam("of"), trace.c.attempt.is_(None)
_ERASED = select(trace.c.seq).where(*_decided, trace.c.kind == ERASURE).limit(1)


def is_erased(connection: Connection, subject: str) -> bool:
    """Whether it is on record that the values of a subject were erased."""
    return bool(fetch(connection, _ERASED, of=subject))


class Attempts:
    """The attempts of a store, with what opens their values."""

    def __init__(self, connection: Connection, vault: Vault, begin: Begin) -> None:
        self._connection = connection
        self._vault = vault
        self._begin = begin

    def first_fault(self) -> Fault | None:
        """The first attempt that is not as its trace says, or the first without one."""
        for page in self._pages():
            keys = self._keys(page)
            for row in page:
                fault = self._compare(row, keys)
                if fault is not None:
                    return fault
        return self._left_over()

    def _pages(self) -> Iterator[list[tuple[Any, ...]]]:
        after = 0
        while page := fetch(self._connection, _PAGE, after=after, size=PAGE):
            yield page
            after = page[-1][0]

    def _keys(self, page: Sequence[tuple[Any, ...]]) -> dict[tuple[bytes, str], SubjectKey]:
        """Of everybody on a page, by the key of the house and the subject."""
        sealed = _TRACED.index("sealed")
        subject = _WIDTH + _ATTEMPTED.index("subject")
        of: dict[bytes, set[str]] = {}
        for row in page:
            if row[sealed] is not None and row[subject] is not None:
                of.setdefault(_bytes(row[sealed])[:4], set()).add(row[subject])
        known = {name: self._vault.known(who, name) for name, who in of.items() if name in self._vault.house}
        return {(name, who): key for name, found in known.items() for who, key in found.items()}

    def _compare(self, row: tuple[Any, ...], keys: Mapping[tuple[bytes, str], SubjectKey]) -> Fault | None:
        traced = dict(zip(_TRACED, row[:_WIDTH], strict=True))
        its = dict(zip(_ATTEMPTED, row[_WIDTH:], strict=True))
        if its["id"] is None:
            return self._gone(traced)
        if traced["kind"] != END:
            return self._begun(traced, its, keys)
        if traced["outcome"] in CONFIRMED and not traced["read_back"]:
            return _fault("altered", its["id"], "记为完成，却没有读回的时间")
        said = traced["outcome"], traced["at"]
        if (its["outcome"], its["settled_at"]) == said:
            return self._detail(traced, its, keys)
        if fetch(self._connection, _LATEST_END, id=its["id"])[0][0] > traced["seq"]:
            return None
        return _fault("altered", its["id"], f"的结果与留痕第 {traced['seq']} 行不符")

    def _begun(
        self, traced: dict[str, Any], its: dict[str, Any], keys: Mapping[tuple[bytes, str], SubjectKey]
    ) -> Fault | None:
        same = all(traced[name] == its[name] for name in _CLEAR)
        fault = self._values(traced, its, {**its, "detail": None}, keys) if same else None
        if same and fault is None:
            return None
        twin = self._twin(its)
        if twin is not None:
            return _fault("reordered", its["id"], f"与 {twin} 的内容被调换")
        return fault or _fault("altered", its["id"], f"与留痕第 {traced['seq']} 行不符")

    def _detail(
        self, traced: dict[str, Any], its: dict[str, Any], keys: Mapping[tuple[bytes, str], SubjectKey]
    ) -> Fault | None:
        if traced["sealed"] is None:
            return _fault("altered", its["id"], "的说明与留痕不符") if its["detail"] else None
        return self._values(traced, its, {"detail": its["detail"]}, keys)

    def _values(
        self,
        traced: dict[str, Any],
        its: dict[str, Any],
        values: Mapping[str, Any],
        keys: Mapping[tuple[bytes, str], SubjectKey],
    ) -> Fault | None:
        """What is sealed against what is on record; of somebody erased nothing must be left on record."""
        sealed, subject = _bytes(traced["sealed"]), its["subject"]
        key = keys.get((sealed[:4], subject))
        if key is None:
            return self._without_key(its, sealed)
        try:
            told = orjson.loads(key.open(sealed, its["id"].encode()))
        except BadAuditKey:
            return Fault("trace", "altered", str(traced["seq"]), f"留痕第 {traced['seq']} 行密封的内容被改动")
        if told == orjson.loads(orjson.dumps(values_of(values))):
            return None
        return _fault("altered", its["id"], f"的内容与留痕第 {traced['seq']} 行不符")

    def _without_key(self, its: dict[str, Any], sealed: bytes) -> Fault | None:
        if is_erased(self._connection, its["subject"]):
            left = its["before"] or its["after"] or its["detail"] or its["key"] != its["subject"]
            return _fault("altered", its["id"], "所属人员已抹除，记录中却又有其资料") if left else None
        if sealed[:4] not in self._vault.house:
            return _fault("unreadable", its["id"], "由另一把密钥密封：把它列入 [audit] former_keys 后再核对")
        return _fault("removed", its["id"], "所属人员的密钥被移除，而无抹除的记录")

    def _gone(self, traced: dict[str, Any]) -> Fault | None:
        """An end whose beginning was cut off, or an attempt that was taken away."""
        id, seq = traced["attempt"], traced["seq"]
        if traced["kind"] == END and self._begin.number > 0:
            return None
        if fetch(self._connection, _LATER, id=id)[0][0] == 0:
            return _fault("truncated", id, f"起的记录被截断，留痕第 {seq} 行仍记载")
        return _fault("removed", id, f"被删除，留痕第 {seq} 行仍记载")

    def _twin(self, its: dict[str, Any]) -> str | None:
        """Another attempt whose trace tells what this one says of itself."""
        asked = {f"its_{name}": its[name] for name in ("subject", "system", "action", "at")}
        own = orjson.loads(orjson.dumps(values_of({**its, "detail": None})))
        for row in fetch(self._connection, _LIKE, **asked):
            found = dict(zip(_TRACED, row, strict=True))
            try:
                told = self._vault.open(its["subject"], _bytes(found["sealed"]), found["attempt"].encode())
            except (BadAuditKey, Sealed):
                continue
            if found["attempt"] != its["id"] and told == own:
                return str(found["attempt"])
        return None

    def _left_over(self) -> Fault | None:
        until = self._begin.attempts_until
        if found := fetch(self._connection, _UNTRACED, until=until):
            return _fault("inserted", found[0][0], "是插入的，留痕中从无此操作")
        if found := fetch(self._connection, _SETTLED_BY_HAND, until=until):
            return _fault("altered", found[0][0], "记有结果，留痕中却没有")
        return None


def _bytes(value: bytes | str) -> bytes:
    """SQLite gives a text where somebody has put one into a column of bytes."""
    return value.encode(errors="replace") if isinstance(value, str) else bytes(value)


def _fault(kind: str, id: str, text: str) -> Fault:
    return Fault("attempts", kind, str(id), f"操作记录 {id} {text}")
