"""`huaming return`: cases before a planned end, as people read them; a lock only on the restricted face (S18)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from mappings.policy.departures import EVENTS
from scim_server.operate.desk import Desk
from scim_server.operate.fact_words import EVENTS as EVENT_WORDS
from scim_server.review.returns import look
from scim_server.store.departments import names
from scim_server.store.returns import BACK, DECIDED, DEPARTED, EXTENDED, MOOT, OPEN
from scim_server.store.review_tables import return_cases
from scim_server.store.tables import subjects

Shown = dict[str, Any]
KINDS = {"outbound": "借调、挂职到区外", "inbound": "从区外来", "lock": "锁定"}
CHOICES = {BACK: "返回", EXTENDED: "延期", DEPARTED: "离职"}
STATES = {OPEN: "待决定", DECIDED: "已决定，待名册反映", MOOT: "名册已有结论"}
PUBLIC = ("inbound",)  # whose account is no locked one
OWED_BY_WHO_LEFT = "名册应录入离职事件；所在部门自离职之日起三个工作日内按第三条发注销函"


def bring_up_to_date(desk: Desk) -> None:
    """Opens what is due and settles what the roster has settled, as the house does by itself."""
    days = desk.settings.review.return_days
    with desk.reader() as reader:
        look(reader, desk.clock, desk.readings(), days, lambda lot: desk.run("return-look", people=lot, days=days))


def listed(desk: Desk, restricted: bool, settled: bool) -> tuple[list[Shown], int]:
    """The cases by their planned end, and how many the face leaves out. `settled`: those that the roster has, too.

    Why somebody left, and what would tell of it, stands in the restricted face only, else None (S18).

    `{"id", "externalId", "name", "kind", "fact", "plannedEnd", "department", "state", "overdue", "choice", "until",
    "departure", "note", "decided", "by", "owed"}`.
    """
    if restricted:
        desk.look("return list")
    of = select(return_cases, subjects.c.key, subjects.c.title).join(
        subjects, subjects.c.subject == return_cases.c.subject
    )
    of = of if settled else of.where(return_cases.c.state != MOOT)
    with desk.reader() as connection:
        rows = connection.execute(of.order_by(return_cases.c.planned_end, return_cases.c.id)).all()
        called = names(connection, [row.department for row in rows])
    today = desk.clock.today()
    shown = [_shown(row, called, today) for row in rows if restricted or row.kind in PUBLIC]
    return shown if restricted else list(map(_public, shown)), len(rows) - len(shown)


def _public(shown: Shown) -> Shown:
    """Every departure looks the same (三)."""
    left = shown["choice"] == DEPARTED
    return shown | {"departure": None, "note": None, "owed": OWED_BY_WHO_LEFT if left else shown["owed"]}


def _shown(row: Any, called: Mapping[str, str], today: str) -> Shown:
    same = ("id", "kind", "fact", "state", "choice", "until", "departure", "note", "decided", "by")
    return {name: getattr(row, name) for name in same} | {
        "externalId": row.key,
        "name": row.title,
        "plannedEnd": row.planned_end,
        "department": row.department,
        "departmentName": called.get(row.department or ""),
        "overdue": row.state != MOOT and row.planned_end < today,
        "owed": owed(row.kind, row.fact, row.choice, row.until, row.departure) if row.state == DECIDED else None,
    }


def owed(kind: str, fact: str, choice: str, until: str | None, departure: str | None) -> str:
    """What the roster must now show, and which letter is owed; until then nothing changes."""
    if choice == DEPARTED:
        item = "一二三四五六七"[EVENTS.index(departure or "other-departure")]
        what = EVENT_WORDS[departure or "other-departure"]
        return f"名册应录入离职事件（{what}）；所在部门自离职之日起三个工作日内按第三条第（{item}）项发注销函"
    if choice == EXTENDED:
        name = "结束日（endDate）" if kind == "lock" else "计划结束日（plannedEndDate）"
        return f"名册应将 {fact} 的{name}改为 {until}；有关部门应来函说明延期。账号保持现状"
    return {
        "outbound": (
            f"名册应在任职 {fact} 录入实际结束日（endDate），在此之前账号保持锁定；"
            "所在部门自返回之日起三个工作日内按第二条第（四）项发变更函"
        ),
        "inbound": (
            f"名册应在任职 {fact} 录入实际结束日（endDate），次日起注销账号；"
            "所在部门三个工作日内按第三条第（六）项发注销函"
        ),
        "lock": (
            f"名册应在事件 {fact} 录入结束日和审查结果，在此之前账号保持锁定；"
            "所在部门三个工作日内来函解除锁定（第二条第（五）、（六）项）"
        ),
    }[kind]


def line(shown: Shown) -> str:
    """One case as a person reads it."""
    where = f"，{shown['departmentName']}" if shown["departmentName"] else ""
    late = "，已过计划结束日" if shown["overdue"] else ""
    who = f"{shown['name']}（{shown['externalId']}{where}）{KINDS[shown['kind']]} {shown['fact']}"
    said = f"{shown['id']} {who}，计划至 {shown['plannedEnd']}{late}：{STATES[shown['state']]}"
    if shown["choice"] is None:
        return said
    more = "、".join(filter(None, (shown["until"], EVENT_WORDS.get(shown["departure"] or ""), shown["note"])))
    decided = f"；{shown['by']}决定{CHOICES[shown['choice']]}{f'（{more}）' if more else ''}"
    must = f"；{shown['owed']}" if shown["owed"] else ""
    return f"{said}{decided}{must}"
