"""Access tokens: POST api/v1/oauth/token, signed, gives one that stands for the signature of further calls."""

import secrets
from typing import Any

from connectors.attendance.simulator.codes import BEARER_EMPTY, BEARER_EXPIRED, BEARER_MALFORMED, BEARER_WRONG, Refusal

LENGTH = 32


class Tokens:
    """The tokens given out, and until when each is good."""

    def __init__(self) -> None:
        self._ends: dict[str, float] = {}

    def grant(self, now: float, seconds: float) -> dict[str, Any]:
        """A new one, as the data of the answer."""
        token = secrets.token_hex(LENGTH // 2)
        self._ends[token] = now + seconds
        return {"access_token": token, "token_type": "bearer", "expires_in": int(seconds)}

    def check(self, token: str, now: float) -> None:
        """Raises Refusal unless it is one of ours and still good."""
        if not token:
            raise Refusal(BEARER_EMPTY)
        if len(token) != LENGTH or not token.isalnum():
            raise Refusal(BEARER_MALFORMED)
        if token not in self._ends:
            raise Refusal(BEARER_WRONG)
        if now >= self._ends[token]:
            raise Refusal(BEARER_EXPIRED)

    def revoke(self) -> None:
        """All of them are worthless."""
        self._ends.clear()
