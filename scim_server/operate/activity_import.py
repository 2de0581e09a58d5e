"""`huaming activity import`: an export of a system's console, read whole before anything of it is written (四).

Evidence goes first, in lots; that the file was read in, and what it watched, is the last word. Whoever dies in the
middle leaves evidence that is true, no watch that is not, and a file that can be read in again.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, func, select

from mappings.naming import fold
from scim_server.operate.desk import Desk, Refused
from scim_server.reports.period import local
from scim_server.review.export_columns import Kind
from scim_server.review.exports import SHOWN, Line, read
from scim_server.store.activity_names import by_key, by_login, by_remote_id
from scim_server.store.activity_tables import activity_imports
from scim_server.store.tables import links

T = TypeVar("T")
LOT = 400  # rows of one command: some 40 KB
STRANGERS = 40  # of these the file says what they are called
SOURCE = "export"
MOST = 0.9
Latest = tuple[float, float, str]  # the instant, its slack in seconds, proof or evidence


class NotNow(Exception):
    """It is not taken. The argument is a sentence."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person says of a file. Instants are aware. `complete`: who is not in it had no operation."""

    system: str
    terminal: str
    since: datetime
    until: datetime
    by: str
    key: str | None = None
    at: str | None = None
    complete: bool = False


@dataclass(slots=True)
class Imported:
    """What came of it. `again`: when and by whom the same file was read in before; nothing was done."""

    id: str | None = None
    rows: int = 0
    matched: int = 0
    people: int = 0
    dated: int = 0  # people of whom it says when
    linked: int = 0  # accounts that people have in that system
    strangers: list[Line] = field(default_factory=list)
    doubtful: list[Line] = field(default_factory=list)  # rows that name two people: evidence of either
    again: str | None = None


def take(desk: Desk, asked: Asked, name: str, data: bytes) -> Imported:
    """Reads it in. Raises BadFile, BadColumns, BadRows, NotNow, Refused; then nothing was written."""
    digest = _digest(asked, data)
    with desk.reader() as reader:
        before = _before(reader, asked.system, digest)
        if before is not None:
            return Imported(again=before)
        lines = read(data, datetime.fromtimestamp(desk.clock.now(), UTC), asked.key, asked.at).lines
        found, latest = _matched(reader, asked.system, lines)
    _demand_enough(found, asked)
    _written(desk, asked, found, latest)
    watch = [asked.terminal, SOURCE, asked.since.timestamp(), asked.until.timestamp()]
    row = {"digest": digest, "name": name, "rows": found.rows, "matched": found.matched, "by": asked.by}
    try:
        said = row | {"system": asked.system, "strange": len(found.strangers), "watch": watch}
        found.id = desk.run("activity-import", **said)
    except Refused as error:
        if error.args[0] != "AlreadyImported":
            raise
        return Imported(again=error.args[1])
    return found


def _digest(asked: Asked, data: bytes) -> str:
    """Of the file and of what was said of it: the same file for another terminal or stretch is another import."""
    said = (asked.system, asked.terminal, asked.since.isoformat(), asked.until.isoformat(), asked.key, asked.at)
    return hashlib.sha256(repr(said).encode() + data).hexdigest()


def _before(reader: Connection, system: str, digest: str) -> str | None:
    mine = activity_imports.c
    found = select(mine.at, mine.by).where(mine.system == system, mine.digest == digest)
    row = reader.execute(found).first()
    return None if row is None else f"{row.at} {row.by}"


def _matched(reader: Connection, system: str, lines: Sequence[Line]) -> tuple[Imported, dict[str, Latest | None]]:
    """Whose each row is, and of each of them the latest moment with its slack and whether it proves."""
    found = Imported(rows=len(lines))
    latest: dict[str, Latest | None] = {}
    for lot in _lots(lines):
        for line, subjects in zip(lot, _owners(reader, system, lot), strict=True):
            found.strangers += [line] if not subjects else []
            found.doubtful += [line] if len(subjects) > 1 else []
            found.matched += bool(subjects)
            told = None if line.at is None else (line.at, line.slack, "proof" if len(subjects) == 1 else "evidence")
            for each in subjects:
                latest[each] = max(filter(None, (latest.get(each), told)), default=None)
    there = links.c.system == system, links.c.kind == "person", links.c.remote_id.is_not(None)
    found.linked = reader.scalar(select(func.count()).select_from(links).where(*there)) or 0
    found.people, found.dated = len(latest), sum(each is not None for each in latest.values())
    return found, latest


def _owners(reader: Connection, system: str, lot: Sequence[Line]) -> list[set[str]]:
    """To whom that leads what each row says of who it is: one as a rule; two where it contradicts itself."""
    words = list(dict.fromkeys(text for line in lot for _, text in line.who))
    ids, keys = by_remote_id(reader, system, words), by_key(reader, system, words)
    folded = by_login(reader, system, [fold(each) for each in words])
    logins = {each: folded[fold(each)] for each in words if fold(each) in folded}
    ways: Mapping[Kind, Sequence[Mapping[str, str]]] = {
        "key": (keys, ids),
        "login": (logins, ids, keys),
        "id": (ids, keys, logins),
    }
    told = ((next((way[text] for way in ways[kind] if text in way), None) for kind, text in line.who) for line in lot)
    return [{subject for subject in each if subject is not None} for each in told]


def _demand_enough(found: Imported, asked: Asked) -> None:
    """A file of another system, or of one department, would make everybody else silent."""
    if not found.people:
        raise NotNow(f"{found.rows} 行中没有一行是 {asked.system} 中名册人员的账号，未导入；请核对系统和列（--key）")
    if found.people < MOST * found.linked and not asked.complete:
        raise NotNow(
            f"文件只涉及 {found.people} 人，而 {asked.system} 中有 {found.linked} 个名册人员的账号："
            "其余的人将被认定为无操作。"
            "文件若只列出有操作的账号，并且没有遗漏，请加 --complete；未导入"
        )


def _written(desk: Desk, asked: Asked, found: Imported, latest: Mapping[str, Latest | None]) -> None:
    dated = (
        [subject, asked.terminal, SOURCE, told[2], told[0], told[1]]
        for subject, told in latest.items()
        if told is not None
    )
    for rows in _lots(dated):
        desk.run("activity-record", system=asked.system, rows=rows)
    strange = ([line.who[0][1], line.at] for line in found.strangers)
    for lot in _lots(strange, STRANGERS):
        desk.run("activity-strangers", system=asked.system, rows=lot)


def _lots(rows: Iterable[T], size: int = LOT) -> Iterator[list[T]]:
    left = iter(rows)
    while lot := list(islice(left, size)):
        yield lot


def shown(done: Imported) -> dict[str, object]:
    """As JSON."""
    return {
        "id": done.id,
        "already": done.again,
        "rows": done.rows,
        "matched": done.matched,
        "people": done.people,
        "dated": done.dated,
        "accounts": done.linked,
        "strangers": [_row(line) for line in done.strangers],
        "doubtful": [_row(line) for line in done.doubtful],
    }


def _row(line: Line) -> dict[str, object]:
    return {"line": line.number, "who": [text for _, text in line.who], "name": line.name}


def lines(done: Imported, name: str) -> list[str]:
    """As people read it."""
    if done.again is not None:
        at, _, by = done.again.partition(" ")
        return [f"{name}：同一文件已于 {local(at)} 由 {by} 导入，没有重复导入"]
    people = f"对应 {done.people} 人（有时间的 {done.dated} 人），系统中名册人员的账号 {done.linked} 个"
    back = f"编号 {done.id}，有误时用 huaming activity withdraw 撤回"
    apart = _listed("该系统中无人对应的账号（不发函）：", done.strangers)
    doubtful = _listed("同一行指向两个人（两人都按可能有操作计）：", done.doubtful)
    return [f"{name}：{done.rows} 行，{people}", back, *apart, *doubtful]


def _listed(head: str, found: Sequence[Line]) -> list[str]:
    if not found:
        return []
    rows = [
        f"  第 {line.number} 行：{'、'.join(text for _, text in line.who)} {line.name}".rstrip()
        for line in found[:SHOWN]
    ]
    return [head, *rows, *([f"  ……共 {len(found)} 行"] if len(found) > SHOWN else [])]
