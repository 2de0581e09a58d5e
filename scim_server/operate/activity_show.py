"""`huaming activity show`: of every system what is on record of its use, and until when it was watched; else 无数据."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from mappings.activity import DEMANDED, UNKNOWN, Evidence, Known
from scim_server.clock import SHANGHAI
from scim_server.commands import subject_of
from scim_server.operate.activity import TERMINALS
from scim_server.operate.desk import Desk
from scim_server.store.activity import read_activity
from scim_server.store.activity_tables import activity, activity_never, activity_watched
from scim_server.systems import followed

NO_DATA = "无数据"
STRENGTHS = {"proof": "确有使用", "evidence": "可能是使用"}


def house(desk: Desk) -> list[dict[str, Any]]:
    """Of every configured system: how many have evidence, which stretches were watched, with their lag."""
    with desk.reader() as reader:
        return [
            {"system": name, "demanded": list(DEMANDED.get(followed(each), ())), **_of_system(reader, name)}
            for name, each in desk.settings.systems.items()
        ]


def _of_system(reader: Connection, name: str) -> dict[str, Any]:
    people = select(func.count(func.distinct(activity.c.subject)), func.max(activity.c.at))
    number, last = reader.execute(people.where(activity.c.system == name)).one()
    never = select(func.count()).select_from(activity_never).where(activity_never.c.system == name)
    return {
        "people": number,
        "last": last,
        "never": reader.scalar(never) or 0,
        "watched": [dict(row._mapping) for row in reader.execute(_stretches(name))],
    }


def _stretches(name: str) -> Any:
    each = activity_watched.c
    columns = (each.id, each.terminal, each.source, each.since, each.until, each.lag, each.by)
    return select(*columns).where(each.system == name).order_by(each.terminal, each.source, each.since)


def person(desk: Desk, key: str) -> list[dict[str, Any]]:
    """Of every configured system what is known of one person. Raises NoSuchPerson."""
    with desk.reader() as reader:
        subject = subject_of(reader, key)
        known = read_activity(reader, list(desk.settings.systems), [subject])
    return [{"system": name, **_of_person(known.get((name, subject), UNKNOWN))} for name in desk.settings.systems]


def _of_person(known: Known) -> dict[str, Any]:
    latest = sorted(known.evidence, key=lambda each: each.at, reverse=True)
    return {
        "evidence": [_evidence(each) for each in latest],
        "neverUntil": None if known.never is None else _utc(known.never),
    }


def _evidence(each: Evidence) -> dict[str, Any]:
    return {
        "at": _utc(each.at),
        "terminal": each.terminal,
        "source": each.source,
        "strength": each.strength,
        "slack": each.slack.total_seconds(),
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def house_lines(told: list[dict[str, Any]]) -> Iterator[str]:
    """As people read it."""
    for each in told:
        never = f"，从未启用 {each['never']} 人" if each["never"] else ""
        last = f"，最近一次 {_local(each['last'])}" if each["last"] else ""
        known = f"有记录 {each['people']} 人" if each["people"] else NO_DATA
        yield f"{each['system']}：{known}{never}{last}"
        for one in each["watched"]:
            yield f"  {_stretch(one)}"
        missing = [TERMINALS[terminal] for terminal in each["demanded"] if not _covers(each["watched"], terminal)]
        if missing:
            yield f"  {'、'.join(missing)}：没有完整记录，不作无操作认定（{NO_DATA}）"


def _stretch(one: dict[str, Any]) -> str:
    lag = f"，延迟 {one['lag']:g} 秒" if one["lag"] else ""
    by = f"，{one['by']} 导入 {one['id']}" if one["by"] else ""
    where = f"{TERMINALS[one['terminal']]}（{one['source']}）"
    return f"{where}：完整记录 {_local(one['since'])} 至 {_local(one['until'])}{lag}{by}"


def _covers(stretches: list[dict[str, Any]], terminal: str) -> bool:
    return any(each["terminal"] in (terminal, "any") for each in stretches)


def person_lines(told: list[dict[str, Any]]) -> Iterator[str]:
    """As people read it."""
    for each in told:
        if not each["evidence"] and each["neverUntil"] is None:
            yield f"{each['system']}：{NO_DATA}"
        if each["neverUntil"] is not None:
            yield f"{each['system']}：截至 {_local(each['neverUntil'])} 从未启用"
        for one in each["evidence"]:
            words = f"{TERMINALS[one['terminal']]}，{one['source']}，{STRENGTHS[one['strength']]}"
            loose = "，实际可能更晚" if one["slack"] else ""
            yield f"{each['system']}：{_local(one['at'])}，{words}{loose}"


def _local(stamp: str) -> str:
    return datetime.fromisoformat(stamp).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
