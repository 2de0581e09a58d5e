"""What an operation comes to when the directory could not be read, or the line broke."""

from connectors.errors import Ambiguous, ConnectorError, Denied, Unreachable
from connectors.ldap.line import Lost
from mappings.model import Conflict, Outcome, Retry, Unknown


def outcome_of_error(error: ConnectorError) -> Outcome:
    """The outcome of an operation whose reading failed: nothing was written."""
    if isinstance(error, Ambiguous):
        return Conflict("", str(error))
    return Retry(str(error), outage=isinstance(error, Unreachable | Denied))


def outcome_of_loss(lost: Lost) -> Outcome:
    """The outcome of an operation that a broken line cut short. Once a write went out, nobody knows."""
    return Unknown(lost.text) if lost.wrote else Retry(lost.text, outage=True)


def error_of_loss(lost: Lost) -> Unreachable:
    """The same for a reading."""
    return Unreachable(lost.text)
