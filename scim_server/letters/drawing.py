"""Drawing a letter: from its content to a document that Word, WPS and LibreOffice open."""

from pathlib import Path

from scim_server.letters.clean import doc_number
from scim_server.letters.content import Content
from scim_server.letters.wording import word


def draw(content: Content, folder: Path | None = None) -> bytes:
    """The .docx in the form of GB/T 9704-2012, section 10.1; the same bytes for the same content.

    `folder`: the bureau's own wordings. Raises LetterError, TextError. python-docx loads at the first call.
    """
    from scim_server.letters.documents.sheet import drawn

    letter = word(content, folder)
    doc_number(letter.doc_number)
    return drawn(letter, content.day)
