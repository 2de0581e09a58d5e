"""Annexes: each begins a page, with 附件 in its first line and its title in the third (GB/T 9704-2012, 7.3.7)."""

from docx.document import Document as Paper

from scim_server.letters.documents.body import blank, heading
from scim_server.letters.documents.paragraphs import LEFT, plain
from scim_server.letters.documents.runs import HEADING_1, run
from scim_server.letters.documents.tables import Cell, Row, label, table
from scim_server.letters.letter import Annex, Form, Listing, Pair

NAME, VALUE = 19.0, 33.0  # mm: three fields to a row of 156
ROOM = 26.0  # mm, for a remark and a seal


def annex(document: Paper, drawn: Annex, number: int | None) -> None:
    """`number`: where there are several."""
    mark = plain(document.add_paragraph(), LEFT)
    mark.paragraph_format.page_break_before = True
    run(mark, f"附件{number or ''}", HEADING_1)
    blank(document)
    heading(document, (drawn.title,))
    blank(document)
    if isinstance(drawn.table, Form):
        _form(document, drawn.table)
    else:
        _listing(document, drawn.table)


def _listing(document: Paper, listing: Listing) -> None:
    columns = listing.columns
    rows = [Row(tuple(label(each.heading, each.width) for each in columns), heading=True)]
    rows += [
        Row(tuple(Cell(text, of.width, centred=of.narrow) for text, of in zip(row, columns, strict=True)))
        for row in listing.rows
    ]
    table(document, [each.width for each in columns], rows)


def _form(document: Paper, form: Form) -> None:
    rows = [Row(_fields(each), heading=True) for each in form.head]
    for block in form.blocks:
        *inner, last = map(_fields, block)
        rows += [Row(each, kept=True) for each in inner]
        rows.append(Row(last))
    rows += [Row(_fields(((each, ""),)), kept=True, height=ROOM) for each in form.room]
    rows.append(Row(_fields(form.foot)))
    table(document, [NAME, VALUE] * 3, rows)


def _fields(pairs: tuple[Pair, ...]) -> tuple[Cell, ...]:
    """Up to three fields; the last value takes the columns that are left."""
    cells: list[Cell] = []
    for number, (name, value) in enumerate(pairs, 1):
        span = 1 if number < len(pairs) else 2 * (3 - number) + 1
        cells.append(label(name, NAME))
        cells.append(Cell(value, VALUE + (span - 1) / 2 * (NAME + VALUE), span, centred=span == 1))
    return tuple(cells)
