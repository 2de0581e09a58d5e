"""Documents for a server: a short letter is drawn at once, a long one by a process of its own at low priority, for its
annex costs milliseconds a line, and a thread of the server would take them from everybody else.
"""

import os
import subprocess
import sys
from pathlib import Path
from threading import Lock

from scim_server.letters.drawing import draw, read
from scim_server.letters.errors import LetterError

SHORT = 32 * 1024  # bytes of content: an annex of about 150 lines
SECONDS = 100.0  # for a long one
SAID = 500  # characters of what went wrong that are told


class Documents:
    """Draws, one at a time. `folder`: the bureau's own wordings."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = Lock()
        self._closed = False
        self._child: subprocess.Popen[bytes] | None = None

    def draw(self, content: bytes) -> bytes:
        """The .docx of a letter, from its content as JSON. Raises LetterError, TextError: ValueErrors both."""
        return draw(read(content), self._folder) if len(content) <= SHORT else self._apart(content)

    def close(self) -> None:
        """Ends what is being drawn apart, and nothing is drawn so any more: nobody waits for it who closes."""
        with self._lock:
            self._closed = True
            if self._child is not None:
                self._child.kill()

    def _apart(self, content: bytes) -> bytes:
        with self._begun() as child:
            try:
                drawn, said = child.communicate(content, SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                raise LetterError(f"{SECONDS:g} 秒内没有画完") from None
        if child.returncode:
            raise LetterError(said.decode("utf-8", "replace").strip()[-SAID:] or "画件的进程中断")
        return drawn

    def _begun(self) -> "subprocess.Popen[bytes]":
        pipe, words = subprocess.PIPE, [str(self._folder)] if self._folder else []
        command = [sys.executable, "-m", "scim_server.letters.apart", *words]
        with self._lock:
            if self._closed:
                raise LetterError("本服务正在停止")
            self._child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)  # noqa: S603 - our own command
            return self._child


def main() -> None:
    """Content on stdin, the document on stdout."""
    os.nice(10)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    try:
        drawn = draw(read(sys.stdin.buffer.read()), folder)
    except ValueError as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(drawn)


if __name__ == "__main__":
    main()
