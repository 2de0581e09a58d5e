"""A line to one directory server: requests go out, replies come back in any order, matched by a number."""

from collections.abc import Sequence
from typing import Protocol

from connectors.ldap.messages import Reply, Request


class Lost(Exception):
    """The line broke: closed, timed out or talking nonsense. Nobody knows what became of what was under way.

    `wrote` says whether a write of the conversation at hand may have reached the server.
    """

    def __init__(self, text: str, wrote: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.wrote = wrote


class NotSent(Lost):
    """The line broke, or the time was up, before anything of this went out."""


class Line(Protocol):
    """What the conversations need. `send` and `receive` raise Lost; after that the line is closed."""

    window: int  # requests that may be under way at once

    def allow(self, until: float) -> None:
        """Nothing goes out, and nothing is waited for, after `until` in monotonic seconds (S20: a call has an end)."""
        ...

    def send(self, requests: Sequence[Request]) -> list[int]:
        """Sends, and gives each request a number."""
        ...

    def receive(self) -> list[tuple[int, Reply]]:
        """Waits until at least one reply is whole."""
        ...

    def idle(self) -> bool:
        """Whether the line, with nothing under way, is still good."""
        ...

    def close(self) -> None:
        """Ends the line. Never raises."""
        ...
