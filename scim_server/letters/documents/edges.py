"""What stands outside the body: the red head and the red foot of the first page, page numbers on the others."""

from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.section import _BaseHeaderFooter
from docx.shared import Length, Pt
from docx.text.paragraph import Paragraph

from scim_server.letters.documents.measures import (
    BODY,
    BOTTOM,
    DOC_NUMBER_GAP,
    FOOT,
    LINE_OUT,
    NAME_GAP,
    NAME_SIZE,
    NAME_TOP,
    NUMBER_GAP,
    PAGE,
    PITCH,
    SIZE,
    SMALL,
)
from scim_server.letters.documents.paragraphs import CENTER, HAIR, LEFT, RIGHT, exact, ruled, spacer
from scim_server.letters.documents.runs import RED, SONGTI, XIAOBIAOSONG, Style, page_number, run
from scim_server.letters.title_lines import width

THICK, THIN = 3.0, 0.75  # pt
LINES = Pt(THICK + THIN + 2 * HAIR.pt)
MOST = 10.0  # pt, of the room below the head: with more, the 发文字号 has no line left to stand on
NUMBER = Style(SONGTI, SMALL, latin=SONGTI)
DASH = "—"  # 一字线

# An exact line of height h has its base 0.8 h below its top, in Word as in LibreOffice. Of a character of size s,
# the ink begins 0.83 s above the base and ends 0.08 s below it.
BASE, ABOVE, BELOW = 0.8, 0.83, 0.08
DASH_ABOVE = 0.36  # a dash, above the base


def edges(document: Paper, organ: str) -> Length:
    """Returns how high the first line of the body must be for the 发文字号 to stand where it should."""
    section = document.sections[0]
    size = name_size(organ)
    line = Pt(size * 1.2)
    section.header_distance = Length(NAME_TOP - Pt(BASE * line.pt - ABOVE * size))
    head = section.first_page_header
    rest = _to_grid(Length(section.header_distance + _head(head, organ, size, line)))
    if rest >= HAIR:
        spacer(head.add_paragraph(), rest)
    _foot(section.first_page_footer)
    _number(section.footer, RIGHT)
    _number(section.even_page_footer, LEFT)
    return Pt((DOC_NUMBER_GAP.pt + ABOVE * SIZE - HAIR.pt - rest.pt) / BASE)


def name_size(organ: str) -> float:
    """Of the name in the red head, in points: it must not wrap."""
    return min(NAME_SIZE, int(2 * BODY.pt / width(organ)) / 2)


def _head(head: _BaseHeaderFooter, organ: str, size: float, line: Length) -> Length:
    """Returns its height."""
    name = exact(_first(head), line)
    name.paragraph_format.alignment = CENTER
    run(name, organ, Style(XIAOBIAOSONG, size, color=RED))
    below = (1 - BASE) * line.pt - BELOW * size
    gap = Pt(NAME_GAP.pt - below)
    spacer(head.add_paragraph(), gap)
    ruled(head.add_paragraph(), "top", THICK, LINE_OUT)
    ruled(head.add_paragraph(), "top", THIN, LINE_OUT)
    return Length(line + gap + LINES)


def _to_grid(end: Length) -> Length:
    """Room below the head: LibreOffice centres whole lines of the grid in what is left of the page."""
    left = (PAGE[1] - BOTTOM - end) / Pt(1) % PITCH.pt
    return Pt(min(left, MOST))


def _foot(foot: _BaseHeaderFooter) -> None:
    """Fills the room below the body, so that the lines come to its end wherever the program begins to count."""
    spacer(_first(foot), Pt((BOTTOM - FOOT) / Pt(1) - LINES.pt))
    ruled(foot.add_paragraph(), "bottom", THIN, LINE_OUT)
    ruled(foot.add_paragraph(), "bottom", THICK, LINE_OUT)


def _number(foot: _BaseHeaderFooter, side: WD_ALIGN_PARAGRAPH) -> None:
    """Odd pages right, even pages left, one character in from the edge."""
    line = SMALL * 1.2
    above = NUMBER_GAP.pt - (BASE * line - DASH_ABOVE * SMALL)
    spacer(_first(foot), Pt(above))
    number = exact(foot.add_paragraph(), Pt(line))
    number.paragraph_format.alignment = side
    if side == RIGHT:
        number.paragraph_format.right_indent = Pt(SMALL)
    else:
        number.paragraph_format.left_indent = Pt(SMALL)
    run(number, f"{DASH} ", NUMBER)
    page_number(number, NUMBER)
    run(number, f" {DASH}", NUMBER)
    spacer(foot.add_paragraph(), Pt((BOTTOM - FOOT) / Pt(1) - above - line))


def _first(part: _BaseHeaderFooter) -> Paragraph:
    """The paragraph that python-docx begins a head or foot with, in the style Normal."""
    part.is_linked_to_previous = False
    first: Paragraph = part.paragraphs[0]
    first.style = None
    return first
