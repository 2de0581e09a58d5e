"""Access tokens: one for all connectors of a system in this process, and one refresh for all who need one."""

import threading
from collections.abc import Callable

EARLY = 300.0  # seconds before its end that a token is not used any more, a tenth of its life at most

Fetch = Callable[[], tuple[str, float]]


class Tokens:
    """The token that `fetch` gives, with the seconds it lives. Single flight: who comes meanwhile shares the result.

    `fetch` runs in whatever thread is first, so it must hold a client of its own. What it raises, all who wait get.
    """

    def __init__(self, fetch: Fetch, monotonic: Callable[[], float]) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._flights = 0
        self._failure: Exception | None = None
        self._token: str | None = None
        self._until = 0.0

    def get(self) -> str:
        """The token in force."""
        return self._valid(None)

    def renew(self, bad: str) -> str:
        """Another token than the one that was declined: a new one, unless somebody has fetched it already."""
        return self._valid(bad)

    def _valid(self, bad: str | None) -> str:
        flights, token = self._flights, self._current(bad)
        if token is not None:
            return token
        with self._lock:
            waited = self._flights != flights
            if waited and self._failure is not None:
                raise _twin(self._failure) from None
            token = self._token if waited else self._current(bad)
            return token if token is not None else self._fetched()

    def _current(self, bad: str | None) -> str | None:
        return self._token if self._token != bad and self._monotonic() < self._until else None

    def _fetched(self) -> str:
        self._token = self._failure = None
        try:
            token, lives = self._fetch()
        except Exception as error:
            self._failure = error
            raise
        finally:
            self._flights += 1
        self._token, self._until = token, self._monotonic() + lives - min(EARLY, lives / 10)
        return token


def _twin(error: Exception) -> Exception:
    """The same error for another thread. A `copy` would call its class with one argument, and some want more."""
    twin = type(error).__new__(type(error), *error.args)
    twin.__dict__.update(error.__dict__)
    return twin


_shared: dict[tuple[str, ...], Tokens] = {}
_sharing = threading.Lock()


def shared_tokens(key: tuple[str, ...], fetch: Fetch, monotonic: Callable[[], float]) -> Tokens:
    """The tokens of that key in this process; the first who asks says how they are fetched.

    The key names all that a token depends on: the address, the account, and a secret as its digest.
    """
    with _sharing:
        return _shared.setdefault(key, Tokens(fetch, monotonic))
