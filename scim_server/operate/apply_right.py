"""Whether somebody may let a plan pass: not what was rejected, and not what they have caused themselves (S24)."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from scim_server.operate.apply_rows import Pending
from scim_server.store import decisions
from scim_server.store.approvals import REJECTED
from scim_server.store.guard_tables import approvals
from scim_server.store.tables import changes

LOT = 500


def objection(connection: Connection, chosen: Sequence[Pending], by: str) -> str | None:
    """A sentence where they may not; None: they may. Of a file of requests nobody is the cause yet."""
    held = sorted({each.approval for each in chosen if each.approval is not None})
    rejected = sorted(rejected_ones(connection, chosen))
    if rejected:
        return f"其中有已被驳回的操作（{'、'.join(rejected)}），名册的要求变更前不能执行；可加 --partial 略过它们"
    if folded(by) in {folded(each) for each in _causes(connection, chosen, held)}:
        return f"{by} 就是引起这些操作的人，不能由本人放行；请由另一人执行 huaming apply"
    return None


def rejected_ones(connection: Connection, pending: Iterable[Pending]) -> frozenset[str]:
    """Approvals of these rows that were rejected."""
    held = {each.approval for each in pending if each.approval is not None}
    return frozenset(
        connection.scalars(select(approvals.c.id).where(approvals.c.id.in_(held), approvals.c.state == REJECTED))
    )


def _causes(connection: Connection, chosen: Sequence[Pending], held: Iterable[str]) -> set[str]:
    """Who wrote what the dangerous rows rest on."""
    found = {name for each in held for name in decisions.causes(connection, each)}
    asked = sorted({each.cause for each in chosen if each.permit and each.cause is not None})
    for start in range(0, len(asked), LOT):
        by_request = select(changes.c.actor).where(changes.c.request.in_(asked[start : start + LOT]))
        found |= set(map(decisions.person_of, connection.scalars(by_request.distinct())))
    return found


def folded(name: str) -> str:
    """A name as names are compared."""
    return name.strip().casefold()
