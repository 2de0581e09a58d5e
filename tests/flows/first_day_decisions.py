"""A clerk who knows everybody fills in the list of one system, as a spreadsheet is filled in."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

from tests.flows.first_day_systems import Before

ENOUGH = 50  # a proposal that scores more is accepted with the list


def fill(sheet: Path, system: Before) -> int:
    """Decides every line that needs a decision; says how many."""
    book = openpyxl.load_workbook(sheet)
    decided = 0
    for line, said in _lines(book):
        if said["类别"] == "人员" and _open(said):
            line["决定"].value = system.decision(said["远端编号"])
            decided += 1
    book.save(sheet)
    return decided


def remote_ids(sheet: Path) -> Counter[str]:
    """How many lines there are about each account; under no id those about who has none."""
    return Counter(said["远端编号"] for _, said in _lines(openpyxl.load_workbook(sheet)))


def _lines(book: openpyxl.Workbook) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """The cells of each line by heading, and what they say."""
    head, *lines = book.worksheets[0].iter_rows()
    names = [cell.value for cell in head]
    for line in lines:
        cells = dict(zip(names, line, strict=True))
        yield cells, {name: str(cell.value or "").removeprefix("'") for name, cell in cells.items()}


def _open(said: dict[str, str]) -> bool:
    weak = said["判断"] == "建议" and int(said["分值"]) <= ENOUGH
    return (said["判断"] == "存疑" or weak) and not said["决定"]
