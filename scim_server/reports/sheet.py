"""One sheet of a workbook, written row by row."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scim_server.reports.cells import neutral
from scim_server.reports.fields import Value

_A4 = 9
MOST_ROWS = 1_048_575  # the format's limit, less the header


def write_sheets(
    book: Any, name: str, widths: Mapping[str, float], lines: Iterable[Sequence[Value]], most_rows: int = MOST_ROWS
) -> None:
    """All lines below one header, on as many sheets as they need: `name`, `name 2`, ..."""
    sheet, number = Sheet(book, name, widths), 1
    for line in lines:
        if sheet.rows == most_rows:
            sheet.close()
            number += 1
            sheet = Sheet(book, f"{name} {number}", widths)
        sheet.append(line)
    sheet.close()


class Sheet:
    """Rows one below the other, for the constant-memory mode keeps no earlier one. Text is always text."""

    def __init__(self, book: Any, name: str, widths: Mapping[str, float]) -> None:
        """`widths`: the header and the width of each column in half-width characters (a Chinese one takes two)."""
        self._sheet = book.add_worksheet(name)
        self._columns = len(widths)
        self._next = 0
        for column, width in enumerate(widths.values()):
            self._sheet.set_column(column, column, width)
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_landscape()
        self._sheet.set_paper(_A4)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)
        self.append(list(widths), book.add_format({"bold": True, "bg_color": "#EDEDED", "bottom": 1}))

    @property
    def rows(self) -> int:
        """The rows below the header."""
        return self._next - 1

    def append(self, values: Sequence[Value], style: Any = None) -> None:
        for column, value in enumerate(values):
            if isinstance(value, str):
                self._sheet.write_string(self._next, column, neutral(value), style)
            elif value is not None:
                self._sheet.write_number(self._next, column, value, style)
        self._next += 1

    def close(self) -> None:
        self._sheet.autofilter(0, 0, self.rows, self._columns - 1)
