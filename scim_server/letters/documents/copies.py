"""抄送: the last thing on the last page, without the rules and the printing office of other official forms."""

from docx.document import Document as Paper
from docx.shared import Pt

from scim_server.letters.documents.body import blank
from scim_server.letters.documents.measures import BODY, SMALL, twips
from scim_server.letters.documents.paragraphs import LEFT, plain
from scim_server.letters.documents.runs import Style, element, run


def copies(document: Paper, names: str, framed: bool) -> None:
    """4号 仿宋, one character in from either edge; further lines stand below the first name.

    `framed`: at the foot of the page. Below a table it follows the table: no program lets a table give way to a frame.
    """
    if not framed:
        blank(document)
    line = plain(document.add_paragraph(), LEFT)
    if framed:
        at = {"wrap": "around", "vAnchor": "margin", "hAnchor": "margin", "xAlign": "left", "yAlign": "bottom"}
        line._p.get_or_add_pPr().insert(0, element("framePr", w=twips(BODY), **at))
    layout = line.paragraph_format
    layout.left_indent = Pt(SMALL * 4)
    layout.first_line_indent = Pt(SMALL * -3)
    layout.right_indent = Pt(SMALL)
    run(line, f"抄送：{names}。", Style(size=SMALL))
