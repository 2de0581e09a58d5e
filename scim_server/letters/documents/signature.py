"""Who signs and when: the organ above the date and centred on it, with room for the seal over both."""

from docx.document import Document as Paper
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Pt

from scim_server.letters.documents.measures import BODY, CHARACTER
from scim_server.letters.documents.paragraphs import CENTER, LEFT, kept, plain
from scim_server.letters.documents.runs import run, tab
from scim_server.letters.letter import Letter
from scim_server.letters.title_lines import lines, width

FREE = 4.0  # characters between the date and the right edge of the body
LEAST = 2.0  # between a long name and that edge: then the date moves with it
SEAL = 2  # empty lines: a seal of 42 mm covers them, the organ and the date
BESIDE = 12.0  # names up to so many characters stand two in a row; longer ones below each other
LONGEST = 26.0


def signature(document: Paper, letter: Letter) -> None:
    for _ in range(SEAL):
        kept(plain(document.add_paragraph()))
    *before, last = letter.organs
    row = bool(before) and all(width(each) <= BESIDE for each in letter.organs)
    middle = BODY.pt / 4 if row else centre(letter.day, last)
    if row:
        last = _rows(document, letter.organs)
    else:
        for organ in before:
            _centred(document, organ, middle)
            for _ in range(SEAL + 1):
                kept(plain(document.add_paragraph()))
    if last:
        _centred(document, last, middle)
    _centred(document, letter.day, middle, last=not letter.note)
    if letter.note:
        run(plain(document.add_paragraph(), LEFT, indent=2), letter.note)


def centre(day: str, organ: str) -> float:
    """The axis of organ and date, in points from the right edge of the body."""
    longest = max(width(each) for each in lines([organ], LONGEST))
    return CHARACTER * max(FREE + width(day) / 2, LEAST + longest / 2)


def _centred(document: Paper, text: str, middle: float, last: bool = False) -> None:
    """`middle`: the axis, in points from the right edge."""
    for each in lines([text], LONGEST):
        line = plain(document.add_paragraph(), CENTER)
        if not last:
            kept(line)
        beside = BODY.pt - 2 * middle
        if beside >= 0:
            line.paragraph_format.left_indent = Pt(beside)
        else:
            line.paragraph_format.right_indent = Pt(-beside)
        run(line, each)


def _rows(document: Paper, organs: tuple[str, ...]) -> str:
    """All organs but the last of an odd number, two in a row. Returns the one that is left, or nothing."""
    while len(organs) > 1:
        line = kept(plain(document.add_paragraph(), LEFT))
        for share, organ in zip((0.25, 0.75), organs[:2], strict=True):
            line.paragraph_format.tab_stops.add_tab_stop(Pt(BODY.pt * share), WD_TAB_ALIGNMENT.CENTER)
            tab(line)
            run(line, organ)
        organs = organs[2:]
        if organs:
            for _ in range(SEAL + 1):
                kept(plain(document.add_paragraph()))
    return organs[0] if organs else ""
