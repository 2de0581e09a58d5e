"""Work that a duty has done by a process of its own: never two at once, none left behind by a house that closes."""

import subprocess
from collections.abc import Callable
from threading import Lock

Child = subprocess.Popen[bytes]
GRACE = 2.0  # seconds for a child to end when it is told to


class Rounds:
    """`start` begins a child."""

    def __init__(self, start: Callable[[], Child]) -> None:
        self._start = start
        self._lock = Lock()
        self._child: Child | None = None
        self._stopped = False

    @property
    def may_begin(self) -> bool:
        """Whether none runs, and the house does not close."""
        return self._child is None and not self._stopped

    def begin(self) -> bool:
        """Begins one; False where it may not."""
        with self._lock:
            if not self.may_begin:
                return False
            self._child = self._start()
            return True

    def ended(self) -> int | None:
        """The exit code of one that has ended since the last look; None: there is none."""
        with self._lock:
            code = self._child.poll() if self._child is not None else None
            if code is not None:
                self._child = None
            return code

    def stop(self) -> None:
        """Ends one that runs, and none is begun any more."""
        with self._lock:
            self._stopped = True
            child, self._child = self._child, None
        if child is None or child.poll() is not None:
            return
        child.terminate()
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
