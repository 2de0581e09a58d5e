"""access_token: one a secret, the same for all its life, worthless when it is revoked (document/path/91039)."""

import secrets
from dataclasses import dataclass

from connectors.wecom.simulator.answers import Failure

KEPT = 1000  # tokens remembered, so that one that has expired is told from one that never was


@dataclass(slots=True)
class Token:
    """One token."""

    text: str
    secret: str
    until: float


class Tokens:
    """All tokens of the corp."""

    def __init__(self, lifetime: float) -> None:
        self._lifetime = lifetime
        self._current: dict[str, Token] = {}
        self._known: dict[str, Token] = {}

    def fetch(self, secret: str, at: float) -> Token:
        """The token of a secret: that in force, else a new one."""
        token = self._current.get(secret)
        if token is None or token.until <= at:
            token = Token(secrets.token_urlsafe(160), secret, at + self._lifetime)
            self._current[secret] = self._known[token.text] = token
            while len(self._known) > KEPT:
                del self._known[next(iter(self._known))]
        return token

    def secret_of(self, text: str, at: float) -> str:
        """Whose token that is. Raises Failure: 41001 none, 40014 not valid, 42001 expired."""
        if not text:
            raise Failure(41001)
        token = self._known.get(text)
        if token is None:
            raise Failure(40014)
        if token.until <= at:
            raise Failure(42001)
        return token.secret

    def revoke(self) -> None:
        """None of them is valid any more."""
        self._current.clear()
        self._known.clear()
