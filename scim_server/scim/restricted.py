"""Questions about what only some roles may see (S18): a filter or an order would tell the values.

Whether it is asked follows from the question alone, so the refusal says nothing about anybody.
"""

from collections.abc import Sequence

from scim_server.scim.errors import Forbidden
from scim_server.scim.expression import Node, leaves
from scim_server.scim.sort import Sort


def asks_restricted(nodes: Sequence[Node | None], sort: Sort | None) -> bool:
    """Whether a filter or an order names what is restricted."""
    paths = [leaf.path for node in nodes if node is not None for leaf in leaves(node)]
    paths += [] if sort is None else [chain for chain in sort.chains.values() if chain is not None]
    return any(link.restricted for path in paths for link in path)


def refusal() -> Forbidden:
    """The same words whatever is stored."""
    return Forbidden("statusEvents is read, filtered and sorted by with the role hr or admin only.")
