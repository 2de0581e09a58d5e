"""Tables of an annex: a list, or an application form. Built as XML at once: row by row python-docx is slow."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from docx.document import Document as Paper
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt

from scim_server.letters.documents.measures import twips
from scim_server.letters.documents.runs import CELL, CELL_HEADING, Style, element, properties

PITCH = Pt(18)
INSET = Mm(0.8)  # between a rule and the text
_BOXES = re.compile("([■□])")
RULE = {"val": "single", "sz": "4", "space": "0", "color": "000000"}


class Cell(NamedTuple):
    """`width`: mm. `span`: columns of the grid."""

    text: str
    width: float
    span: int = 1
    centred: bool = True
    style: Style = CELL


class Row(NamedTuple):
    """`heading`: repeated on every page. `kept`: on the page of the next row. `height`: mm, at least."""

    cells: tuple[Cell, ...]
    heading: bool = False
    kept: bool = False
    height: float = 0.0


def table(document: Paper, grid: Sequence[float], rows: Sequence[Row]) -> None:
    """Appends a table of fixed columns, in mm."""
    made = element("tbl")
    made.append(_properties(sum(grid)))
    columns = element("tblGrid")
    for width in grid:
        columns.append(element("gridCol", w=twips(Mm(width))))
    made.append(columns)
    for row in rows:
        made.append(_row(row))
    document.element.body.insert_element_before(made, "w:sectPr")


def _properties(width: float) -> BaseOxmlElement:
    made = element("tblPr")
    made.append(element("tblW", w=twips(Mm(width)), type="dxa"))
    made.append(element("jc", val="center"))
    borders = element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(element(side, **RULE))
    made.append(borders)
    made.append(element("tblLayout", type="fixed"))
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w=twips(INSET), type="dxa"))
    made.append(margins)
    return made


def _row(row: Row) -> BaseOxmlElement:
    made = element("tr")
    settings = element("trPr")
    settings.append(element("cantSplit"))
    if row.height:
        settings.append(element("trHeight", val=twips(Mm(row.height)), hRule="atLeast"))
    if row.heading:
        settings.append(element("tblHeader"))
    made.append(settings)
    for cell in row.cells:
        made.append(_cell(cell, row.kept))
    return made


def _cell(cell: Cell, kept: bool) -> BaseOxmlElement:
    made = element("tc")
    settings = element("tcPr")
    settings.append(element("tcW", w=twips(Mm(cell.width)), type="dxa"))
    if cell.span > 1:
        settings.append(element("gridSpan", val=str(cell.span)))
    settings.append(element("vAlign", val="center"))
    made.append(settings)
    made.append(_paragraph(cell, kept))
    return made


def _paragraph(cell: Cell, kept: bool) -> BaseOxmlElement:
    made = element("p")
    layout = element("pPr")
    if kept:
        layout.append(element("keepNext"))
    layout.append(element("spacing", before="0", after="0", line=twips(PITCH), lineRule="exact"))
    layout.append(element("jc", val="center" if cell.centred else "left"))
    layout.append(properties(cell.style))
    made.append(layout)
    for piece in filter(None, _BOXES.split(cell.text)):
        made.append(_run(piece, cell.style))
    return made


def _run(text: str, style: Style) -> BaseOxmlElement:
    """A box to tick counts as Latin at the beginning of a line, and would be another size there."""
    run = element("r")
    run.append(properties(style._replace(latin=style.font) if _BOXES.fullmatch(text) else style))
    written = element("t")
    written.text = text
    written.set(qn("xml:space"), "preserve")
    run.append(written)
    return run


def label(text: str, width: float, span: int = 1) -> Cell:
    return Cell(text, width, span, style=CELL_HEADING)
