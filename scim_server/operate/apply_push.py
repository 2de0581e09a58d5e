"""Pushing for real a file of requests that was tried: where a server runs through its own door, else in this process.

Many requests are no transaction: it stops at the first that is refused though the trial took it, and says how far it
came. How far is on record, so whoever applies the same file again goes on from there.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from scim_server.clock import Clock
from scim_server.operate.desk import Desk
from scim_server.operate.pushed import Pushing, Refusal, places
from scim_server.operate.pushed_door import Door, ServedDoor, inner_door, token_name
from scim_server.operate.pushed_trial import Tried

OFTEN = 20  # lines after which it is put on record how far it came
SIGN = 20.0  # seconds after which it is, however few they were


@dataclass(frozen=True, slots=True)
class Pushed:
    """`line`: the last that was accepted, of so many `lines`. `refused`: what stopped it."""

    lines: int
    line: int
    accepted: int
    already: int
    skipped: Sequence[Refusal] = ()
    refused: Sequence[Refusal] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing is left to push."""
        return not self.refused

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "lines": self.lines,
            "line": self.line,
            "accepted": self.accepted,
            "already": self.already,
            "skipped": [each.shown() for each in self.skipped],
            "refused": [each.shown() for each in self.refused],
        }


def push(desk: Desk, trial: Tried, by: str) -> Pushed:
    """`by`: who stands for it; the record of changes names them. Raises Busy, OSError."""
    file, passing_over = trial.file, places(trial.refusals)
    with _one_batch(desk, token_name(f"apply {by}")) as name, _door(desk, name) as door:
        pushing = Pushing(door, resumed=trial.resumed, done=trial.after)
        noting = Noting(desk.clock, partial(door.command, "push-noted", file=file.digest, by=by, token=name))
        noting.note(trial.after)
        try:
            pushing.push(file.requests(trial.after), noting.come, passing_over)
        finally:
            noting.note(pushing.done)
    unexpected = [each for each in pushing.refusals if not places([each]) <= passing_over]
    skipped = [each for each in pushing.refusals if each not in unexpected]
    return Pushed(file.lines, pushing.done, pushing.accepted, pushing.already, skipped, unexpected)


@dataclass(slots=True)
class Noting:
    """How far it came, on record after some lines, and after some seconds of slow ones: that keeps the batch open."""

    clock: Clock
    put: Callable[..., Any]
    _at: float = 0.0

    def come(self, line: int) -> None:
        """That line was accepted."""
        if line % OFTEN == 0 or self.clock.monotonic() - self._at > SIGN:
            self.note(line)

    def note(self, line: int) -> None:
        """Now."""
        self.put(line=line)
        self._at = self.clock.monotonic()


@contextmanager
def _one_batch(desk: Desk, name: str) -> Iterator[str]:
    """Whatever comes by the token of that name is judged as a whole, when all of it is there (S23)."""
    desk.run("push-begin", token=name)
    try:
        yield name
    finally:
        desk.run("push-end", token=name)


@contextmanager
def _door(desk: Desk, name: str) -> Iterator[Door]:
    server = desk.server()
    if server is not None:
        with ServedDoor(desk, server, name) as served:
            yield served
        return
    with desk.lock, inner_door(desk.settings, desk.clock, desk.targets(), name) as inner:
        yield inner
