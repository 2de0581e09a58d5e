"""When to try again, and when never.

ConnectorError
├── Unreachable        no connection, no answer in time, the system is busy: later, and the breaker counts it
├── Denied             wrong credentials or missing rights: a person must act; the breaker counts it
├── Ambiguous          more than one account answers to one key: the row parks until a person has cleared it
└── Unreadable         an answer that cannot be trusted (partial, cut, malformed): later; never "nobody is there"

`observe` raises these; `apply` returns an Outcome instead, and raises only what is a bug.
"""


class ConnectorError(Exception):
    """The system could not be read. The message is a sentence for people, without any secret or value of a person."""

    outage = True  # the whole system is concerned, not this account


class Unreachable(ConnectorError):
    """The system does not answer. `after`: in how many seconds it wants to be asked again, where it said so."""

    after: float | None = None


class Denied(ConnectorError):
    """The system refuses our service account."""


class Ambiguous(ConnectorError):
    """More than one account carries the key."""

    outage = False


class Unreadable(ConnectorError):
    """The answer is not one to act on."""

    outage = False
