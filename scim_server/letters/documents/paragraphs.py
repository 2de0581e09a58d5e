"""Paragraphs on the grid: 22 lines of 28.95 pt to a page."""

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Length, Pt
from docx.text.paragraph import Paragraph

from scim_server.letters.documents.measures import BODY, CHARACTER, PITCH
from scim_server.letters.documents.runs import RED, Style, element, properties

LEFT, CENTER, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
JUSTIFY = WD_ALIGN_PARAGRAPH.JUSTIFY
# What 28 characters leave of the line, less a hair: if more is left, LibreOffice justifies the line and loses a comma
# that hangs over its end.
SLACK = Pt(BODY.pt - 28 * CHARACTER - 0.2)
HAIR = Pt(0.75)  # the height of a paragraph that carries a line and nothing else


def exact(paragraph: Paragraph, pitch: Length = PITCH) -> Paragraph:
    """Exactly so high a line, no space around it."""
    layout = paragraph.paragraph_format
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    layout.line_spacing = pitch
    layout.space_before = layout.space_after = Pt(0)
    return paragraph


def plain(paragraph: Paragraph, alignment: WD_ALIGN_PARAGRAPH = LEFT, indent: float = 0.0) -> Paragraph:
    """A line of text. `indent`: of its first line, in characters."""
    exact(paragraph)
    paragraph.paragraph_format.alignment = alignment
    if alignment == JUSTIFY:
        paragraph.paragraph_format.right_indent = SLACK
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(CHARACTER * indent)
    return paragraph


def kept(paragraph: Paragraph) -> Paragraph:
    """Stays on the page of the next one."""
    paragraph.paragraph_format.keep_with_next = True
    return paragraph


def spacer(paragraph: Paragraph, height: Length) -> Paragraph:
    """Nothing, so high: Word and LibreOffice agree on the height of an exact line, not on space before a first one."""
    exact(paragraph, height)
    marked(paragraph, Style(size=1))
    return paragraph


def marked(paragraph: Paragraph, style: Style) -> None:
    """The size of the paragraph mark: an empty paragraph is as high as that."""
    paragraph._p.get_or_add_pPr().append(properties(style))


def ruled(paragraph: Paragraph, side: str, points: float, out: Length) -> Paragraph:
    """A red line that stands out on both sides of the body. `side`: top, bottom.

    A single line: the double kinds of Word are drawn upside down by LibreOffice.
    """
    spacer(paragraph, HAIR)
    layout = paragraph.paragraph_format
    layout.left_indent = layout.right_indent = Length(-out)
    borders = element("pBdr")
    borders.append(element(side, val="single", sz=str(round(points * 8)), space="0", color=RED))
    paragraph._p.get_or_add_pPr().insert_element_before(borders, *_AFTER_BORDERS)
    return paragraph


# What follows w:pBdr in the schema (ECMA-376 part 1, 17.3.1.26).
_AFTER_BORDERS = (
    "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct",
    "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
    "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment",
    "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
)  # fmt: skip
