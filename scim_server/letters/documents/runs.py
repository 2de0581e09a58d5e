"""Pieces of text in the fonts that the standard names."""

from typing import NamedTuple

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph

from scim_server.letters.documents.measures import SIZE, TABLE_SIZE, TIGHT, TITLE_SIZE, twips

# The names as Word and WPS know them on the machines of an office. None is embedded: they are licensed.
FANGSONG, KAITI, HEITI, SONGTI = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
XIAOBIAOSONG = "方正小标宋简体"
LATIN = "Times New Roman"
RED = "FF0000"


class Style(NamedTuple):
    """`size` and `spacing` (between characters): points."""

    font: str = FANGSONG
    size: float = SIZE
    spacing: float = 0.0
    color: str | None = None
    latin: str = LATIN


TEXT = Style(spacing=TIGHT)
HEADING_1 = TEXT._replace(font=HEITI)
HEADING_2 = TEXT._replace(font=KAITI)
TITLE = Style(XIAOBIAOSONG, TITLE_SIZE)
CELL = Style(size=TABLE_SIZE)
CELL_HEADING = CELL._replace(font=HEITI)


def element(name: str, **values: str) -> BaseOxmlElement:
    """One element of WordprocessingML with its attributes."""
    made = OxmlElement(f"w:{name}")
    for key, value in values.items():
        made.set(qn(f"w:{key}"), value)
    return made


def properties(style: Style) -> BaseOxmlElement:
    """`w:rPr` in the order of its schema (ECMA-376 part 1, 17.3.2.28)."""
    made = element("rPr")
    made.append(element("rFonts", ascii=style.latin, hAnsi=style.latin, eastAsia=style.font, cs=style.latin))
    made[0].set(qn("w:hint"), "eastAsia")  # or 〔〕 “” · fall to the Latin font
    if style.color:
        made.append(element("color", val=style.color))
    if style.spacing:
        made.append(element("spacing", val=twips(style.spacing)))
    half_points = str(round(style.size * 2))
    made.append(element("sz", val=half_points))
    made.append(element("szCs", val=half_points))
    return made


def run(paragraph: Paragraph, text: str, style: Style = TEXT) -> None:
    """Adds a piece of text."""
    made = bare(paragraph, style)
    written = element("t")
    written.text = text
    written.set(qn("xml:space"), "preserve")
    made.append(written)


def line_break(paragraph: Paragraph, style: Style = TEXT) -> None:
    bare(paragraph, style).append(element("br"))


def tab(paragraph: Paragraph, style: Style = TEXT) -> None:
    bare(paragraph, style).append(element("tab"))


def page_number(paragraph: Paragraph, style: Style) -> None:
    """The field PAGE, of three runs."""
    bare(paragraph, style).append(element("fldChar", fldCharType="begin"))
    instruction = element("instrText")
    instruction.text = "PAGE"
    bare(paragraph, style).append(instruction)
    bare(paragraph, style).append(element("fldChar", fldCharType="end"))


def bare(paragraph: Paragraph, style: Style) -> BaseOxmlElement:
    made = element("r")
    made.append(properties(style))
    paragraph._p.append(made)
    return made
