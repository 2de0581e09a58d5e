"""A letter as plain text, for a form or a message of the OA."""

from collections.abc import Iterator
from pathlib import Path

from scim_server.letters.content import Content
from scim_server.letters.letter import Annex, Form, Letter, Pair
from scim_server.letters.wording import word

INDENT = "　　"


def plain_text(content: Content, folder: Path | None = None, annexes: bool = True) -> str:
    """Lines as the document has them; `annexes`: with what its annexes list. Raises LetterError, TextError."""
    letter = word(content, folder)
    added = (line for each in letter.annexes for line in _annex(each))
    return "\n".join((*_letter(letter), *(added if annexes else ())))


def _letter(letter: Letter) -> Iterator[str]:
    yield from filter(None, (letter.doc_number, "".join(letter.title), f"{letter.addressees}："))
    yield from (INDENT + each for each in (*letter.paragraphs, *letter.closing))
    yield from attachment_note(letter.attachments)
    yield from letter.organs
    yield letter.day
    if letter.note:
        yield INDENT + letter.note
    if letter.copies:
        yield f"抄送：{letter.copies}。"


def attachment_note(names: tuple[str, ...]) -> Iterator[str]:
    """附件说明: numbered where there are several, without punctuation after a name."""
    for number, name in enumerate(names, 1):
        lead = "附件：" if number == 1 else INDENT + "　"
        yield f"{INDENT}{lead}{f'{number}.' if len(names) > 1 else ''}{name}"


def _annex(annex: Annex) -> Iterator[str]:
    yield ""
    yield f"附件：{annex.title}"
    if isinstance(annex.table, Form):
        yield from _form(annex.table)
        return
    for row in annex.table.rows:
        named = zip((each.heading for each in annex.table.columns[1:]), row[1:], strict=True)
        yield f"{row[0]}. {_said(tuple(named))}"


def _form(form: Form) -> Iterator[str]:
    for block in (form.head, *form.blocks):
        yield "；".join(filter(None, map(_said, block)))


def _said(pairs: tuple[Pair, ...]) -> str:
    return "，".join(f"{name}：{value}" for name, value in pairs if value)
