"""A whole letter on its sheets."""

from datetime import UTC, datetime

from scim_server.letters.documents.annexes import annex
from scim_server.letters.documents.body import body
from scim_server.letters.documents.copies import copies
from scim_server.letters.documents.edges import edges
from scim_server.letters.documents.package import package
from scim_server.letters.documents.paper import paper
from scim_server.letters.documents.paragraphs import HAIR, spacer
from scim_server.letters.letter import Letter


def drawn(letter: Letter, issued: str) -> bytes:
    """The .docx. `issued`: the day of issue, an ISO civil day."""
    document = paper()
    body(document, letter, edges(document, letter.organs[0]))
    for number, each in enumerate(letter.annexes, 1):
        annex(document, each, number if len(letter.attachments) > 1 else None)
    if letter.copies:
        copies(document, letter.copies, framed=not letter.annexes)
    elif letter.annexes:
        spacer(document.add_paragraph(), HAIR)  # a document may not end with a table
    day = datetime.fromisoformat(issued).replace(tzinfo=UTC)
    return package(document, letter.organs[0], "".join(letter.title), day)
