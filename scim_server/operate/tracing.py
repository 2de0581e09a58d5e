"""`huaming trace` (S26): what was done to a person's accounts, or because of one request, as the trace has it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, select

from mappings.model import Presence
from scim_server.operate.desk import EVERYBODY, Desk
from scim_server.reports.period import local, since_stamp
from scim_server.reports.words import PRESENCES, action_word, article_words, outcome_word
from scim_server.store.engine import open_engine, reading
from scim_server.store.tables import attempts, changes, subjects
from scim_server.store.trace import END, OPERATIONS
from scim_server.store.trace_tables import trace
from scim_server.store.vault import BadAuditKey, Sealed, Vault, sealing, vault

LOT = 500
KINDS = {
    "approval": "审批",
    "release": "放行",
    "ruling": "裁定",
    "letter": "函件",
    "review": "核查",
    "return": "到期事项",
    "activity": "使用记录",
    "mode": "模式切换",
    "disowned": "认定非本单位账号",
    "token": "令牌",
    "leftover": "残余资料清除",
    "erasure": "抹除",
    "cut": "按期切除",
    "restore": "由备份恢复",
    "apply": "执行计划",
}
ERASED = "（已抹除）"
LOCKED = "（密封，密钥不在配置中）"


class NoSuchPerson(Exception):
    """Nobody of that number is on record. The argument is the number."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom, because of which request, since when (as `since_stamp` reads it)."""

    person: str | None = None
    request: str | None = None
    since: str | None = None


def tell(desk: Desk, asked: Asked) -> Iterator[dict[str, Any]]:
    """One entry an operation or decision, in their order. The look is recorded. Raises NoSuchPerson, BadPeriod."""
    engine = sealing(open_engine(desk.settings.store.url), desk.settings.audit.secrets)
    try:
        with reading(engine) as connection:
            wanted = _subjects(connection, asked.person) if asked.person else None
            within = _within(asked, wanted)
            desk.look("trace", wanted[-1] if wanted else EVERYBODY)
            yield from Telling(connection).entries(within)
    finally:
        engine.dispose()


def _subjects(connection: Connection, person: str) -> list[str]:
    of = select(subjects.c.subject).where(
        (subjects.c.key == person) | (subjects.c.resource_id == person) | (subjects.c.subject == person)
    )
    found = list(connection.scalars(of.order_by(subjects.c.subject)))
    if not found:
        raise NoSuchPerson(person)
    return found


def _within(asked: Asked, wanted: Sequence[str] | None) -> list[ColumnElement[bool]]:
    where = [trace.c.kind != END]
    if wanted is not None:
        mine = select(attempts.c.id).where(attempts.c.subject.in_(wanted))
        where.append(trace.c.attempt.in_(mine) | (trace.c.attempt.is_(None) & trace.c.subject.in_(wanted)))
    if asked.request is not None:
        where.append(trace.c.cause == asked.request)
    if asked.since is not None:
        where.append(trace.c.at >= since_stamp(asked.since))
    return where


class Telling:
    """The trace of one store, opened where the keys are there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._vault: Vault = vault(connection, reading=True)

    def entries(self, where: Sequence[ColumnElement[bool]]) -> Iterator[dict[str, Any]]:
        """In lots, so that memory stays flat."""
        after = 0
        while rows := self._rows(where, after):
            attempted = [row.attempt for row in rows if row.attempt]
            ends = self._ends(attempted)
            pushes = self._pushes({row.cause for row in rows if row.cause})
            for row in rows:
                yield self._entry(row, ends.get(row.attempt, []), pushes.get(row.cause))
            after = rows[-1].seq

    def _rows(self, where: Sequence[ColumnElement[bool]], after: int) -> Sequence[Any]:
        of = select(trace).where(trace.c.seq > after, *where).order_by(trace.c.seq).limit(LOT)
        return self._connection.execute(of).all()

    def _ends(self, ids: Sequence[str]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        of = select(trace).where(trace.c.kind == END, trace.c.attempt.in_(ids)).order_by(trace.c.seq)
        for row in self._connection.execute(of):
            found.setdefault(row.attempt, []).append(row)
        return found

    def _pushes(self, causes: set[str]) -> dict[str, Any]:
        """The first change of each request: who pushed what, and when."""
        columns = (changes.c.seq, changes.c.at, changes.c.actor, changes.c.action, changes.c.type, changes.c.request)
        of = select(*columns).where(changes.c.request.in_(causes)).order_by(changes.c.seq.desc())
        return {row.request: row for row in self._connection.execute(of)} if causes else {}

    def _entry(self, row: Any, ends: Sequence[Any], push: Any) -> dict[str, Any]:
        values = self._opened(row.subject, row.sealed, row.attempt or row.kind)
        told = {
            "seq": row.seq,
            "at": row.at,
            "kind": "operation" if row.kind in OPERATIONS else row.kind,
            "by": row.actor,
            "said": row.said or values.get("what"),
            "system": row.system,
            "externalId": values.get("key"),
            "action": row.action,
            "group": values.get("group_key"),
            "before": values.get("before"),
            "after": values.get("after"),
            "article": row.article,
            "reason": values.get("reason"),
            "cause": row.cause,
            "push": None if push is None else _pushed(push),
            "attempt": row.attempt,
            "policy": row.policy,
            "ends": [self._end(row.subject, end) for end in ends],
        }
        if row.kind in OPERATIONS and row.outcome:
            told["ends"].append({"at": row.at, "outcome": row.outcome, "readBack": row.read_back, "detail": None})
        return told | ({"unreadable": values["unreadable"]} if "unreadable" in values else {})

    def _end(self, subject: str, end: Any) -> dict[str, Any]:
        values = self._opened(subject, end.sealed, end.attempt)
        detail = values.get("detail") or values.get("unreadable")
        return {"at": end.at, "outcome": end.outcome, "readBack": end.read_back, "detail": detail}

    def _opened(self, subject: str | None, sealed: bytes | None, bound_to: str) -> Mapping[str, Any]:
        if sealed is None or subject is None:
            return {}
        try:
            opened: Mapping[str, Any] = self._vault.open(subject, bytes(sealed), bound_to.encode())
        except Sealed as error:
            return {"unreadable": ERASED if error.args[0] == subject else LOCKED}
        except BadAuditKey:
            return {"unreadable": "（密封的内容被改动）"}
        return opened


def _pushed(push: Any) -> dict[str, Any]:
    return {"seq": push.seq, "at": push.at, "by": push.actor, "action": push.action, "type": push.type}


PUSHED = {
    "create": "新增",
    "replace": "整体更新",
    "patch": "修改",
    "delete": "删除",
    "members": "成员变动",
    "settle": "按日核定",
}


def line(entry: Mapping[str, Any]) -> str:
    """An entry as a person reads it."""
    when = local(entry["at"])
    if entry["kind"] != "operation":
        word = KINDS.get(entry["kind"], entry["kind"])
        said = entry["said"] or entry.get("unreadable") or ""
        return f"{when} {word}：{said}（{entry['by']}）"
    who = entry["externalId"] or entry.get("unreadable", "")
    group = f"「{entry['group']}」" if entry["group"] else ""
    change = "" if "unreadable" in entry else f"：{_difference(entry['before'], entry['after'])}"
    because = f"{entry['reason'] or ''}{article_words(entry['article'])}"
    return f"{when} {entry['system']} {action_word(entry['action'])}{group} {who}{change}；依据：{because}；" + (
        f"起因：{_cause(entry)}；结果：{_ended(entry['ends'])}"
    )


def _cause(entry: Mapping[str, Any]) -> str:
    push = entry["push"]
    if push is not None:
        what = PUSHED.get(push["action"], push["action"])
        return f"{push['by']} 于 {local(push['at'])} 推送（{what}，变更第 {push['seq']} 号，请求 {entry['cause']}）"
    return f"请求 {entry['cause']}" if entry["cause"] else "系统中的现状与名册不符"


def _ended(ends: Sequence[Mapping[str, Any]]) -> str:
    if not ends:
        return "进行中"
    return "，继而".join(
        outcome_word(end["outcome"])
        + (f"（{end['detail']}）" if end["detail"] else "")
        + (f"，{local(end['readBack'])} 读回" if end["readBack"] else "，未读回")
        for end in ends
    )


def _difference(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    return f"{_state(before)} → {_state(after)}"


def _state(state: Mapping[str, Any] | None) -> str:
    """Only what is said: a whole state would fill the screen, and stands in the JSON."""
    if state is None:
        return "无"
    attributes = state.get("attributes", {})
    shown = "，".join(f"{name}={'、'.join(map(str, values))}" for name, values in attributes.items())
    groups = f"，部门 {'、'.join(state['groups'])}" if state.get("groups") else ""
    return f"{PRESENCES[Presence(state['presence'])]}{'，' if shown else ''}{shown}{groups}"


def as_json(entry: Mapping[str, Any]) -> str:
    """An entry as one line of JSON."""
    return orjson.dumps(entry).decode()
