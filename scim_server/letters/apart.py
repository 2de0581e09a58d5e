"""Documents for a server: a short letter is drawn at once, a long one by a process of its own at low priority, for its
annex costs milliseconds a line, and a thread of the server would take them from everybody else.
"""

import os
import subprocess
import sys
from pathlib import Path

from scim_server.letters.content import CONTENT
from scim_server.letters.drawing import draw
from scim_server.letters.errors import LetterError

SHORT = 32 * 1024  # bytes of content: an annex of about 150 lines
SECONDS = 100.0  # for a long one
SAID = 500  # characters of what went wrong that are told


def document(content: bytes, folder: Path | None = None) -> bytes:
    """The .docx of a letter, from its content as JSON. `folder`: the bureau's own wordings.

    Raises LetterError, TextError, ValidationError: ValueErrors all.
    """
    return draw(CONTENT.validate_json(content), folder) if len(content) <= SHORT else _apart(content, folder)


def _apart(content: bytes, folder: Path | None) -> bytes:
    command = [sys.executable, "-m", "scim_server.letters.apart", *([str(folder)] if folder else [])]
    try:
        done = subprocess.run(command, input=content, capture_output=True, check=False, timeout=SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise LetterError(f"{SECONDS:g} 秒内没有画完") from None
    if done.returncode:
        raise LetterError(done.stderr.decode("utf-8", "replace").strip()[-SAID:])
    return done.stdout


def main() -> None:
    """Content on stdin, the document on stdout."""
    os.nice(10)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    try:
        drawn = draw(CONTENT.validate_json(sys.stdin.buffer.read()), folder)
    except ValueError as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(drawn)


if __name__ == "__main__":
    main()
