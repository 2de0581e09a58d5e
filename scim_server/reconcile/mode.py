"""Observe or enforce (S13): whether anything may be written to a system that the hub has just met."""

from collections.abc import Callable

from connectors.base import Connector
from mappings.model import Kind, Page
from scim_server.reconcile.protected import protected
from scim_server.reconcile.target import Target

OBSERVE = "observe"
ENFORCE = "enforce"


def decide(target: Target, connector: Connector) -> str:
    """`enforce` where the first complete read shows neither account nor department but protected ones.

    Raises ConnectorError.
    """
    reads = [connector.observe_all]
    if Kind.GROUP in target.capabilities.kinds:
        reads.append(connector.departments)
    return ENFORCE if all(_empty(target, connector, read) for read in reads) else OBSERVE


def _empty(target: Target, connector: Connector, read: Callable[[str | None], Page]) -> bool:
    cursor: str | None = None
    while True:
        page = read(cursor)
        if not all(protected(connector, target.protected, page.accounts)):
            return False
        cursor = page.cursor
        if cursor is None:
            return page.complete
