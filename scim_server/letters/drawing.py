"""Drawing a letter: from its content to a document that Word, WPS and LibreOffice open."""

from pathlib import Path

from pydantic import ValidationError

from scim_server.letters.clean import doc_number
from scim_server.letters.content import CONTENT, Content
from scim_server.letters.errors import LetterError
from scim_server.letters.wording import word

TOLD = 5  # places that are told where a content is wrong


def read(content: bytes) -> Content:
    """The content of a letter, from its JSON. Raises LetterError, which tells where it is wrong, and no value."""
    try:
        return CONTENT.validate_json(content)
    except ValidationError as error:
        places = (".".join(map(str, each["loc"])) for each in error.errors(include_input=False))
        raise LetterError(f"登记的内容不完整：{'、'.join(sorted(set(places))[:TOLD])}") from None


def draw(content: Content, folder: Path | None = None) -> bytes:
    """The .docx in the form of GB/T 9704-2012, section 10.1; the same bytes for the same content.

    `folder`: the bureau's own wordings. Raises LetterError, TextError. python-docx loads at the first call.
    """
    from scim_server.letters.documents.sheet import drawn

    letter = word(content, folder)
    doc_number(letter.doc_number)
    return drawn(letter, content.day)
