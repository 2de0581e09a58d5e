"""What we keep in `Ref.private` about rights on their way: the numbers of the platform's tasks, as JSON."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Literal, Self

from connectors.attendance.together import LOT

Aim = Literal["grant", "revoke"]


@dataclass(frozen=True, slots=True)
class Task:
    """One order for rights. `config` is being worked out, `download` is on its way to the doors: one of them or none.

    `doors`: the doors as they were configured; `org`: the organisation whose rights count, where rights hang on it.
    `at`: when it was to be looked at next; `ready`: when the rights were ready to be brought; both in epoch seconds.
    `looks`: how often the task under way was looked at. `lot`: how many are, or may be, together in one order.
    """

    person: str
    aim: Aim
    doors: str
    org: str = ""
    config: str = ""
    download: str = ""
    at: float = 0.0
    ready: float = 0.0
    looks: int = 0
    lot: int = LOT

    @classmethod
    def read(cls, private: str | None) -> Self | None:
        """From what was kept; None where it says nothing that we understand."""
        try:
            told = json.loads(private or "null")
            return cls(**told) if isinstance(told, dict) else None
        except (ValueError, TypeError):
            return None

    def text(self) -> str:
        """To be kept."""
        return json.dumps(asdict(self), separators=(",", ":"))

    def same(self, other: "Task") -> bool:
        """Whether both are after the same thing."""
        return self.anew(LOT) == other.anew(LOT)

    def anew(self, lot: int) -> Self:
        """The same order, with nothing done for it yet."""
        return replace(self, config="", download="", at=0.0, ready=0.0, looks=0, lot=max(1, lot))
