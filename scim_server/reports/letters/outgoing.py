"""Letters of the house that are not done with: drafts, what was not delivered, what waits for a reply (register)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Row, and_, exists, func, not_, or_, select

from mappings.policy.punctuality import reply
from scim_server.reports.fields import Value
from scim_server.reports.letters.words import KINDS
from scim_server.reports.period import local
from scim_server.reports.tables import Column
from scim_server.store.register import DELIVERED, DRAFT, READY, SENDING, UNKNOWN
from scim_server.store.register_clock import ANSWERED
from scim_server.store.register_tables import register
from scim_server.store.review_tables import cases

Standing = Literal["draft", "undelivered", "unknown", "waiting", "overdue"]
STANDINGS = {
    "overdue": "逾期未复",
    "unknown": "送达结果不明",
    "undelivered": "未送达",
    "draft": "草稿",
    "waiting": "待复函",
}
"""The most urgent first."""
_UNSENT: Mapping[str, Standing] = {
    DRAFT: "draft",
    READY: "undelivered",
    SENDING: "undelivered",
    UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class OutgoingRow:
    """One letter. `delivered`, `created`: stamps; `day`, `due`: ISO days; `open_cases`: that nobody has answered."""

    id: str
    number: str
    kind: str
    sender: str
    sender_name: str
    addressees: list[str]
    title: str
    day: str
    standing: Standing
    channel: str | None
    created: str
    delivered: str | None
    due: str | None
    provisional: bool
    open_cases: int
    restricted: bool


COLUMNS = {
    "standing": Column("状态", 14),
    "number": Column("文号", 26),
    "kind": Column("函别", 16),
    "title": Column("标题", 50),
    "sender_name": Column("发函单位", 26),
    "addressees": Column("主送", 30),
    "day": Column("成文日期", 12),
    "channel": Column("送达方式", 12),
    "delivered": Column("送达（北京时间）", 22),
    "due": Column("复函期限", 12),
    "provisional": Column("期限暂定", 10),
    "open_cases": Column("未答事项", 10),
}


def outgoing_rows(
    connection: Connection, names: Mapping[str, str], day: str, restricted: bool
) -> Iterator[OutgoingRow]:
    """As the register stands now, judged on an ISO day; in the order of their series. `names`: of departments."""
    for row in connection.execute(_outstanding(restricted)):
        standing = _UNSENT.get(row.state) or ("overdue" if _is_overdue(row, day) else "waiting")
        yield OutgoingRow(
            id=row.id,
            number=row.doc_number,
            kind=row.kind,
            sender=row.sender,
            sender_name=names.get(row.sender, row.sender),
            addressees=[names.get(key, key) for key in orjson.loads(row.addressees)],
            title=row.title,
            day=row.day,
            standing=standing,
            channel=row.channel,
            created=row.created,
            delivered=row.delivered,
            due=row.due,
            provisional=bool(row.provisional),
            open_cases=row.open_cases,
            restricted=bool(row.restricted),
        )


def withheld(connection: Connection) -> int:
    """How many of them are for limited readers."""
    of = _outstanding(restricted=True).where(register.c.restricted.is_(True)).subquery()
    return connection.scalar(select(func.count()).select_from(of)) or 0


def _outstanding(restricted: bool) -> Any:
    mine = cases.c.letter == register.c.id
    still = select(func.count()).select_from(cases).where(mine, cases.c.state == "open").correlate(register)
    asked, open_ones = exists().where(mine), exists().where(mine, cases.c.state == "open")
    waits = and_(register.c.state == DELIVERED, register.c.kind.in_(ANSWERED), or_(not_(asked), open_ones))
    of = select(register, still.scalar_subquery().label("open_cases"))
    of = of.where(or_(register.c.state.in_(tuple(_UNSENT)), waits))
    if not restricted:
        of = of.where(register.c.restricted.is_(False))
    return of.order_by(register.c.sender, register.c.year, register.c.number)


def _is_overdue(row: Row[Any], day: str) -> bool:
    return reply(row.due, bool(row.provisional), None, day) == "missing"


def line(row: OutgoingRow) -> list[Value]:
    """One letter in Chinese, in the order of COLUMNS."""
    words: dict[str, Value] = {
        "standing": STANDINGS[row.standing],
        "kind": KINDS.get(row.kind, row.kind),
        "addressees": "、".join(row.addressees),
        "channel": "人工" if row.channel == "hand" else row.channel,
        "delivered": local(row.delivered),
        "provisional": "是" if row.provisional else "",
        "open_cases": float(row.open_cases),
    }
    return [words[name] if name in words else getattr(row, name) for name in COLUMNS]
