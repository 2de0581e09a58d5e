"""The letter itself: 发文字号, title, addressees, text, attachments, who signs and when."""

import re
from collections.abc import Iterator

from docx.document import Document as Paper
from docx.shared import Length, Pt
from docx.text.paragraph import Paragraph

from scim_server.letters.documents.measures import CHARACTER
from scim_server.letters.documents.paragraphs import CENTER, JUSTIFY, LEFT, RIGHT, exact, kept, plain
from scim_server.letters.documents.runs import HEADING_1, HEADING_2, TEXT, TITLE, Style, line_break, run
from scim_server.letters.documents.signature import signature
from scim_server.letters.letter import Letter
from scim_server.letters.title_lines import lines, width

LONGEST_KEPT = (
    140  # characters; LibreOffice keeps a paragraph with the next as a whole: of a longer one page 1 is emptied
)
LONGEST_HEADING = 20  # characters; what goes on longer after 一、 is a sentence

_LEVEL_1 = re.compile(r"[一二三四五六七八九十]+、[^，。；：]*。?")
_LEVEL_2 = re.compile(r"（[一二三四五六七八九十]+）[^，。；：]*。?")


def body(document: Paper, letter: Letter, first: Length) -> None:
    """`first`: how high the line of the 发文字号 is."""
    number = exact(plain(document.add_paragraph(), RIGHT), first)
    run(number, letter.doc_number)
    blank(document, 2)
    heading(document, letter.title)
    blank(document)
    run(plain(document.add_paragraph(), LEFT), f"{letter.addressees}：")
    said = (*letter.paragraphs, *letter.closing)
    written = [_paragraph(document, each) for each in said]
    if width(said[-1]) <= LONGEST_KEPT:
        kept(written[-1])  # the signature does not stand alone on a page
    _attachments(document, letter.attachments)
    signature(document, letter)


def blank(document: Paper, count: int = 1) -> None:
    for _ in range(count):
        plain(document.add_paragraph())


def heading(document: Paper, parts: tuple[str, ...]) -> None:
    """A title, its lines in the shape of a trapezium or a rhombus."""
    title = plain(document.add_paragraph(), CENTER)
    for number, line in enumerate(lines(parts)):
        if number:
            line_break(title, TITLE)
        run(title, line, TITLE)


def _paragraph(document: Paper, text: str) -> Paragraph:
    made = plain(document.add_paragraph(), JUSTIFY, indent=2)
    for piece, style in levels(text):
        run(made, piece, style)
    return made


def levels(text: str) -> Iterator[tuple[str, Style]]:
    """一、 in 黑体 and （一） in 楷体 up to the end of the heading, the rest in 仿宋."""
    for pattern, style in ((_LEVEL_1, HEADING_1), (_LEVEL_2, HEADING_2)):
        found = pattern.match(text)
        if found and (found[0].endswith("。") or found[0] == text) and len(found[0]) <= LONGEST_HEADING:
            yield found[0], style
            if found[0] != text:
                yield text[found.end() :], TEXT
            return
    yield text, TEXT


def _attachments(document: Paper, names: tuple[str, ...]) -> None:
    """附件说明: one line under the text, two characters in; the names stand below each other."""
    if not names:
        return
    kept(plain(document.add_paragraph()))
    for number, name in enumerate(names, 1):
        line = kept(plain(document.add_paragraph(), LEFT))
        lead = "附件：" if number == 1 else ""
        count = f"{number}." if len(names) > 1 else ""
        layout = line.paragraph_format
        layout.left_indent = Pt(CHARACTER * (5 + len(count) / 2))
        layout.first_line_indent = Pt(CHARACTER * -(len(lead) + len(count) / 2))
        run(line, f"{lead}{count}{name}")
