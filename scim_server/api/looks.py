"""The record of looks at what only some roles may see (S18): it is on disk before the answer goes out."""

from collections.abc import Sequence

from scim_server.api.auth import Caller
from scim_server.scim.projection import Projection
from scim_server.store.resources import Shown, Stored
from scim_server.store.roster import Roster

WHAT = "statusEvents"


async def looked(
    roster: Roster, caller: Caller, view: Projection, found: Sequence[Stored | Shown], *, asked: bool = False
) -> None:
    """Records whose events the answer shows, or tells of by having found them. Raises Unavailable.

    `asked`: a filter or an order named them; then the question itself is on record too, whatever it found.
    """
    if not asked and WHAT not in view.kept:
        return
    ids = [each.id for each in found if each.kept is not None]
    if ids or asked:
        what = f"{WHAT}: asked by filter or order" if asked else WHAT
        await roster.record_looks(caller.name, what, ids, all=asked)
