"""Which observed accounts are protected (S16): the connector knows where it can tell, else the configuration's list."""

from collections.abc import Sequence

from connectors.base import Connector, Protecting
from mappings.model import AccountState
from mappings.naming import fold


def protected(connector: Connector, listed: Sequence[str], states: Sequence[AccountState]) -> list[bool]:
    """For each account whether it must never be written. `listed`: ids, keys or addresses. Raises ConnectorError."""
    told = connector.protects(states) if isinstance(connector, Protecting) else [False] * len(states)
    names = {_spelled(each) for each in listed}
    return [known or _is_listed(state, names) for known, state in zip(told, states, strict=True)]


def _is_listed(state: AccountState, names: set[str]) -> bool:
    said = (state.remote_id, state.name, state.key)
    return any(each and _spelled(each) in names for each in said)


def _spelled(name: str) -> str:
    """Blanks after commas do not count in a DN."""
    return ",".join(part.strip() for part in fold(name).split(","))
