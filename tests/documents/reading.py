"""Reading a .docx back: as python-docx does, and as the XML that Word reads."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from docx import Document
from docx.document import Document as Paper
from docx.oxml.ns import qn


def read(document: bytes) -> Paper:
    return Document(BytesIO(document))


def parts(document: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(document)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def lines(paper: Paper) -> list[str]:
    """The text of the paragraphs outside tables; a broken title has its breaks."""
    return [each.text for each in paper.paragraphs]


def cells(paper: Paper, table: int = 0) -> list[list[str]]:
    """Rows of a table; a cell that spans columns counts once."""
    rows = paper.tables[table]._tbl.tr_lst
    return [["".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row.tc_lst] for row in rows]


def runs(paper: Paper) -> Iterator[Any]:
    """`w:r` of the body, of every head and of every foot."""
    section = paper.sections[0]
    edges = (section.first_page_header, section.first_page_footer, section.footer, section.even_page_footer)
    for root in (paper.element.body, *(each._element for each in edges)):
        yield from root.iter(qn("w:r"))


def font(run: Any) -> dict[str, str]:
    """`{"eastAsia", "ascii", "hint", "size"}`, the size in points."""
    found = run.find(qn("w:rPr"))
    fonts = found.find(qn("w:rFonts"))
    named = {each: fonts.get(qn(f"w:{each}")) for each in ("eastAsia", "ascii", "hAnsi", "hint")}
    return named | {"size": str(int(found.find(qn("w:sz")).get(qn("w:val"))) / 2)}


def fonts_of(paragraph: Any) -> list[tuple[str, str, str]]:
    """(text, font, size) of each run of a paragraph."""
    found = []
    for run in paragraph.runs:
        named = font(run._r)
        found.append((run.text, named["eastAsia"], named["size"]))
    return found
