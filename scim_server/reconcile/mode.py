"""Observe or enforce (S13): whether anything may be written to a system that the hub has just met."""

from connectors.base import Connector
from scim_server.reconcile.target import Target

OBSERVE = "observe"
ENFORCE = "enforce"


def decide(target: Target, connector: Connector) -> str:
    """`enforce` where the first complete read shows no account but protected ones. Raises ConnectorError."""
    cursor: str | None = None
    while True:
        page = connector.observe_all(cursor)
        if any(account.name not in target.protected for account in page.accounts):
            return OBSERVE
        cursor = page.cursor
        if cursor is None:
            return ENFORCE if page.complete else OBSERVE
