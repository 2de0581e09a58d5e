"""The title of a letter: 发文机关, 事由 and 文种 in one line, as the register keeps it."""

from pathlib import Path

from scim_server.letters.content import Content
from scim_server.letters.wording import word


def title(content: Content, folder: Path | None = None) -> str:
    """Without line breaks. `folder`: the bureau's own wordings. Raises LetterError, TextError."""
    return "".join(word(content, folder).title)
