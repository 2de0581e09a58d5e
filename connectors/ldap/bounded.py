"""A socket with a budget: ldap3 reads for as long and as much as a server likes; through this one it does not."""

import socket
import ssl
from collections.abc import Callable
from typing import Any


class BoundedSocket:
    """Everything a socket does, except that `recv` fails once the bytes or the seconds allowed are used up."""

    def __init__(self, raw: socket.socket, monotonic: Callable[[], float], limit: int, seconds: float) -> None:
        self.raw = raw
        self._monotonic = monotonic
        self.allow(limit, seconds)

    def allow(self, limit: int, seconds: float) -> None:
        """A new budget, from now on."""
        self._left = limit
        self._until = self._monotonic() + seconds
        self.raw.settimeout(seconds)

    def recv(self, size: int) -> bytes:
        """Raises TimeoutError or OSError when the budget is used up."""
        wait = self._until - self._monotonic()
        if wait <= 0:
            raise TimeoutError("no whole answer in time")
        self.raw.settimeout(wait)
        data = self.raw.recv(size)
        self._left -= len(data)
        if self._left < 0:
            raise OSError("the answer is too long")
        return data

    def quiet(self) -> bool:
        """Whether the other end has neither closed nor said anything that nobody asked for; does not wait."""
        try:
            self.raw.settimeout(0)
            self.raw.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)
