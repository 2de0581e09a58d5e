"""The machine part of a reply form (letters L6): a CSV with a line for each account.

    case,answer,reason,date,departure
    0197...,left,已于5月20日辞职,2026-05-20,resignation

`date` is the day of leaving and goes with `left` alone, as `departure` does, which may be missing. Headings and answers
may be Chinese. UTF-8 or GB18030, as spreadsheets save them.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from mappings.policy.departures import EVENTS
from scim_server.operate.fact_words import EVENTS as EVENT_WORDS
from scim_server.operate.reply_words import answer_of
from scim_server.reports.zero_activity.words import ANSWERS

HEADINGS = {"事项编号": "case", "编号": "case", "答复": "answer", "原因": "reason", "日期": "date", "离职日期": "date"}
HEADINGS |= {"离职类型": "departure"}
WANTED = ("case", "answer", "reason", "date")
MOST = 5_000  # lines: no department has so many accounts
_LONGEST = 4_000_000  # bytes
_SHOWN = 10
_WRITTEN = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日)", re.ASCII)

Answer = dict[str, Any]


class BadFile(Exception):
    """It is no file of answers. The argument has a sentence a fault, each with its line."""


def read(path: Path) -> list[Answer]:
    """What "cases-reply" takes, a row each with `where` it stands. Raises BadFile, OSError."""
    rows = list(_rows(path))
    answers, wrong = [], []
    for number, row in rows:
        try:
            answers.append(_answer(number, row))
        except ValueError as error:
            wrong.append(f"第 {number} 行：{error}")
    if wrong:
        rest = [f"……共 {len(wrong)} 处"] if len(wrong) > _SHOWN else []
        raise BadFile("\n".join([*wrong[:_SHOWN], *rest]))
    if not answers:
        raise BadFile(f"{path} 中没有一条答复")
    return answers


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """With the number of the line on which a row ends; empty lines are passed over."""
    reader = csv.reader(_text(path).splitlines(), strict=True)
    names: list[str] | None = None
    try:
        for row in reader:
            cells = [each.strip() for each in row]
            if not any(cells):
                continue
            if names is None:
                names = _headings(cells)
                continue
            if len(cells) > len(names):
                raise BadFile(f"第 {reader.line_num} 行：比表头多 {len(cells) - len(names)} 格")
            yield reader.line_num, dict(zip(names, cells, strict=False))
            if reader.line_num > MOST:
                raise BadFile(f"超过 {MOST} 行")
    except csv.Error as error:
        raise BadFile(f"第 {reader.line_num} 行：不是 CSV：{error}") from error


def _text(path: Path) -> str:
    said = path.read_bytes()
    if len(said) > _LONGEST:
        raise BadFile(f"{path} 太大")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return said.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile(f"{path} 既非 UTF-8 也非 GB18030")


def _headings(cells: list[str]) -> list[str]:
    names = [HEADINGS.get(each, each) for each in cells]
    unknown = [each for each in names if each not in (*WANTED, "departure")]
    missing = [each for each in WANTED if each not in names]
    if unknown or missing or len(set(names)) != len(names):
        said = f"不认识 {'、'.join(unknown)}" if unknown else f"缺少 {'、'.join(missing)}" if missing else "有重复"
        raise BadFile(f"表头须为 {','.join(WANTED)}，可另有 departure：{said}")
    return names


def _answer(number: int, row: Mapping[str, str]) -> Answer:
    """Raises ValueError with a sentence."""
    code = answer_of(row.get("answer", ""))
    if code is None:
        raise ValueError(f"没有「{row.get('answer', '')}」这种答复；有：{'、'.join((*ANSWERS, *ANSWERS.values()))}")
    if not row.get("case"):
        raise ValueError("缺少事项编号")
    if not row.get("reason"):
        raise ValueError("须写明原因")
    left_on = _day(row.get("date", ""))
    if code == "left" and left_on is None:
        raise ValueError("已离职的须写明离职日期")
    said = {"case": row["case"], "answer": code, "reason": row["reason"], "left_on": left_on}
    return said | {"departure": _departure(row.get("departure", "")), "where": f"第 {number} 行"}


def _day(said: str) -> str | None:
    """2026-05-20, and as spreadsheets write it: 2026/5/20, 2026年5月20日."""
    if not said:
        return None
    found = _WRITTEN.fullmatch(said)
    with suppress(ValueError):
        if found:
            return date(*(int(each) for each in found.groups() if each)).isoformat()
    raise ValueError(f"{said} 不是 YYYY-MM-DD 形式的日期")


def _departure(said: str) -> str | None:
    if not said or said in EVENTS:
        return said or None
    found = next((code for code in EVENTS if EVENT_WORDS[code] == said), None)
    if found is None:
        raise ValueError(f"没有「{said}」这种离职类型；有：{'、'.join(EVENTS)}")
    return found
