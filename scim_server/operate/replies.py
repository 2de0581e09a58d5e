"""What `huaming review reply|overdue|notice` ask of the store and tell, besides what the commands write."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, select

from scim_server.operate.desk import Desk
from scim_server.operate.fact_words import EVENTS
from scim_server.operate.reply_words import OWED
from scim_server.reports.letters.words import STATES
from scim_server.reports.zero_activity.words import ANSWERS
from scim_server.store import notices, overdue
from scim_server.store.departments import names
from scim_server.store.register_tables import register
from scim_server.store.review_tables import cases, reviews
from scim_server.store.reviews import OPEN

Shown = dict[str, Any]


def cases_of_letter(desk: Desk, letter: str) -> list[str]:
    """The open cases of an inquiry, by its id or 文号."""
    mine = (register.c.id == letter) | (register.c.doc_number == letter)
    of = select(cases.c.id).join(register, register.c.id == cases.c.letter).where(mine, cases.c.state == OPEN)
    with desk.reader() as connection:
        return list(connection.scalars(of.order_by(cases.c.id)))


def told(answers: Sequence[Mapping[str, Any]], done: Mapping[str, Any]) -> list[str]:
    """What was noted, and which letters are owed besides, as a person reads it."""
    said = (
        [f"已登记 {len(done['answered'])} 件：{'、'.join(done['answered'])}"]
        if done["answered"]
        else ["此前已如此登记"]
    )
    rulings = [each for each in done["rulings"] if each]
    if rulings:
        said.append(f"裁定 {'、'.join(dict.fromkeys(rulings))}：复函称已离职，注销全部账号")
    if done["notice"]:
        said.append(f"通报稿 {done['notice']} 已按现有复函更新；登记区政府批示后方可印发")
    codes = dict.fromkeys(each["answer"] for each in answers)
    return said + [f"{ANSWERS[code]}：{OWED[code]}" for code in codes if code in OWED]


def late(desk: Desk, day: str, restricted: bool = False) -> tuple[list[Shown], int]:
    """Letters whose reply is overdue on an ISO day, a row a department asked; and how many letters the face leaves out.

    `{"department", "name", "letter", "docNumber", "month", "delivered", "due", "cases", "reminder"}`, by department.
    Letters about district leaders stand in the restricted face only (A15).
    """
    if restricted:
        desk.look("review overdue")
    with desk.reader() as connection:
        found = overdue.late(connection, day) if day >= desk.clock.today() else overdue.late_then(connection, day)
        called = names(connection, [key for each in found for key in each.addressees])
    told = [each for each in found if restricted or not each.restricted]
    rows = [_late(each, key, called) for each in told for key in each.addressees]
    return sorted(rows, key=lambda row: (row["department"], row["due"], row["docNumber"])), len(found) - len(told)


def _late(each: overdue.Late, key: str, called: Mapping[str, str]) -> Shown:
    return {
        "department": key,
        "name": called.get(key, key),
        "letter": each.id,
        "docNumber": each.doc_number,
        "month": each.month,
        "delivered": each.delivered,
        "due": each.due,
        "cases": each.cases,
        "reminder": None if each.reminder_void else each.reminder,
    }


def late_line(row: Shown) -> str:
    """The same as a person reads it."""
    reminded = f"，已催 {row['reminder']}" if row["reminder"] else ""
    return f"{row['name']} {row['docNumber']}：应于 {row['due']} 前复函，尚有 {row['cases']} 个账号未答复{reminded}"


def notice(desk: Desk, month: str) -> Shown:
    """`{"id", "docNumber", "state", "instruction", "content"}` of a month's notice. Raises NoSuchNotice."""
    with desk.reader() as connection:
        row = notices.of_month(connection, month)
    instruction = orjson.loads(row.instruction) if row.instruction else None
    content = orjson.loads(row.content)
    return {
        "id": row.id, "docNumber": row.doc_number, "state": row.state, "instruction": instruction, "content": content,
    }  # fmt: skip


def notice_lines(shown: Shown) -> list[str]:
    """The same as a person reads it."""
    said, instruction = shown["content"], shown["instruction"]
    told = "尚未登记区政府批示，不得印发"
    if instruction:
        told = f"区政府批示 {instruction['number']}（{instruction['on']}，{instruction['by']}），可以印发"
    return [
        f"{shown['docNumber']} {said['period']}信息化系统账号管理情况的通报（{STATES[shown['state']]}）：{told}",
        f"核查账号 {said['total']} 个，无操作 {said['silent']} 个，涉及 {said['departments']} 个单位",
        f"按时复函 {said['on_time']} 个单位，逾期 {said['late']} 个，未复函 {said['none']} 个",
        f"已离职未注销 {said['left']} 人，涉及 {'、'.join(said['left_departments']) or '无'}",
    ]


def of_person(connection: Connection, subject: str) -> list[Shown]:
    """The cases about somebody, for `explain`: `{"month", "system", "answer", "reason", "reply", ...}`. Restricted."""
    of = select(cases, reviews.c.month).join(reviews, reviews.c.id == cases.c.review)
    rows = connection.execute(of.where(cases.c.subject == subject).order_by(reviews.c.month, cases.c.system))
    same = ("month", "system", "state", "answer", "reason", "reply", "departure", "ruling", "by")
    found = ({name: getattr(row, name) for name in same} | _days(row) for row in rows)
    return list(found)


def _days(row: Any) -> Shown:
    return {"case": row.id, "repliedOn": row.replied_on, "leftOn": row.left_on}


def person_line(each: Shown) -> str:
    """One of them as a person reads it."""
    asked = f"核查：{each['month']} {each['system']} 无操作，第四条发函询问"
    if each["answer"] is None:
        return f"{asked}，{'未复函' if each['state'] == OPEN else '未复函即了结'}（{each['case']}）"
    left = "、".join(filter(None, (each["leftOn"], EVENTS.get(each["departure"] or ""))))
    said = f"{ANSWERS[each['answer']]}{f'（{left}）' if left else ''}"
    ruled = f"，裁定 {each['ruling']}" if each["ruling"] else ""
    return f"{asked}；{each['repliedOn']} 复函 {each['reply']}：{said}，{each['reason']}（登记：{each['by']}{ruled}）"
