"""What a simulated vendor is to the chassis: a function from calls to answers, and a few words about itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

JSON = "application/json;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Asked:
    """One call as it came. `path` is the whole path, decoded; header names are in lower case; `at`: epoch seconds."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: float


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to one call."""

    status: int = 200
    body: bytes = b""
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


class Vendor(Protocol):
    """A vendor's product: strict as the real one, its state in memory under one lock, known to nobody but itself."""

    def config(self, url: str) -> dict[str, str | int | bool]:
        """The [systems.NAME] table that links to it. `url`: scheme, host and port of the simulator."""
        ...

    def accounts(self) -> list[dict[str, Any]]:
        """Every person's account: id, key, login, name, state (active, locked), primary, concurrent, face.

        Departments are paths of names without the root, joined by `/`; `primary` may be None.
        """
        ...

    def answer(self, asked: Asked) -> Told:
        """One call of the vendor's interface."""
        ...

    def failed(self, code: int | str) -> Told:
        """How the vendor says that one of its codes befell a call."""
        ...

    def revoke_tokens(self) -> None:
        """Every token given out so far is worthless from now on."""
        ...

    def windows(self) -> Sequence[tuple[str, int, float]]:
        """The limits on frequency: (the whole path, calls, seconds). The chassis counts; asked once, at the start."""
        ...

    def busy(self) -> Told:
        """How the vendor says that calls come too often."""
        ...
