"""The sheet: size, margins, grid, the Normal style, and the settings that Word and WPS obey."""

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Pt

from scim_server.letters.documents.measures import BOTTOM, FOOT, LEFT, PAGE, PITCH, RIGHT, SIZE, TOP, twips
from scim_server.letters.documents.runs import Style, element, properties

_UNUSED = ("thumbnail", "stylesWithEffects", "customXml", "numbering")  # parts of python-docx's own template


def paper() -> Paper:
    """An empty document on the official paper."""
    document = Document()
    _strip(document)
    _page(document)
    _defaults(document)
    _normal(document)
    _settings(document)
    return document


def _strip(document: Paper) -> None:
    """Takes away what the template brings and no letter uses."""
    for part in (document.part, document.part.package):
        for key, relation in list(part.rels.items()):
            if relation.reltype.rpartition("/")[2] in _UNUSED:
                part.rels.pop(key)
    styles = document.styles.element
    for style in list(styles.style_lst):
        if style.get(qn("w:default")) != "1":
            styles.remove(style)


def _page(document: Paper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = PAGE
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = TOP, RIGHT, BOTTOM, LEFT
    section.footer_distance = FOOT
    section.gutter = Pt(0)
    section.different_first_page_header_footer = True
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)
    # linesAndChars would set 28 characters as well, but LibreOffice spreads 18 over the line
    section._sectPr.append(element("docGrid", type="lines", linePitch=twips(PITCH)))


def _defaults(document: Paper) -> None:
    """3号 仿宋, Chinese, no space after a paragraph, whatever the template says."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for name in ("rPrDefault", "pPrDefault"):
        holder = defaults.find(qn(f"w:{name}"))
        for each in list(holder):
            holder.remove(each)
    basic = properties(Style(size=SIZE))
    basic.append(element("lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA"))
    defaults.find(qn("w:rPrDefault")).append(basic)


def _normal(document: Paper) -> None:
    """On exact lines of 28.95 pt, without the extra space that Word puts between Chinese and digits.

    The lines are not snapped to the grid besides: LibreOffice would move the first, and double those of a high font.
    """
    normal = document.styles["Normal"]
    layout = normal.paragraph_format
    layout.widow_control = False  # or page 1 loses lines
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    layout.line_spacing = PITCH
    layout.space_before = layout.space_after = Pt(0)
    spacing = normal.element.pPr.find(qn("w:spacing"))
    for name in ("autoSpaceDE", "autoSpaceDN", "adjustRightInd", "snapToGrid"):
        spacing.addprevious(element(name, val="0"))
    normal.element.append(properties(Style(size=SIZE)))


def _settings(document: Paper) -> None:
    settings = document.settings
    settings.odd_and_even_pages_header_footer = True
    for each in settings.element.iter(qn("w:compatSetting")):
        if each.get(qn("w:name")) == "compatibilityMode":
            each.set(qn("w:val"), "15")  # as the present Word writes it, or it says 兼容模式
    for each in settings.element.iter(qn("w:themeFontLang")):
        each.set(qn("w:eastAsia"), "zh-CN")
    for each in settings.element.iter(qn("w:zoom")):
        each.set(qn("w:percent"), "100")  # the schema demands it
