"""One look at a plan: made, shown whole, and kept for whoever applies it (S24)."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from scim_server.operate.desk import Desk
from scim_server.operate.planning import Progress, Put, Scope, Sheet, planned
from scim_server.operate.pushed_file import PushedFile
from scim_server.operate.pushed_trial import Tried, tried


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be planned; see `Scope`. `file`: requests that have not been pushed."""

    system: str | None = None
    day: str | None = None
    file: PushedFile | None = None
    skip_refused: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What was found: `answer` has the digest and the overview, the lists went to `put`."""

    asked: Asked
    answer: dict[str, Any]
    trial: Tried | None = None

    @property
    def keeps(self) -> bool:
        """Whether it can be applied: not what would be on another day, and not nothing."""
        operations = self.answer["overview"]["operations"]
        return self.asked.day is None and (bool(operations) or self.trial is not None)

    def lines(self) -> list[str]:
        """What there is to say of the requests that were tried."""
        return self.trial.lines() if self.trial else []


def look(desk: Desk, put: Put, asked: Asked, progress: Progress = lambda _: None) -> Look:
    """Raises RequestsRefused, Unreachable, OSError."""
    with tried(desk, asked.file, asked.skip_refused) if asked.file else nullcontext() as trial:
        scope = Scope(asked.system, asked.day, *((trial.store, trial.names) if trial else ()))
        sheet = Sheet(put)
        for each in planned(desk, scope, progress):
            sheet.take(each)
        answer = sheet.end(desk, scope)
    return Look(asked, answer | ({"with": trial.shown()} if trial else {}), trial)
