"""The rows of a plan as an application needs them: small, for there may be as many as the roster has people."""

from dataclasses import dataclass

from scim_server.operate.planning_rows import Planned
from scim_server.store.plans import ShownRow


@dataclass(frozen=True, slots=True)
class Pending:
    """One row that has something to do. `permit`: by which what is dangerous in it may pass, the empty text where
    nothing is; `approval`: for which it is held; `cause`: the correlation id of the change that woke it.
    """

    system: str
    subject: str
    is_person: bool
    steps: tuple[ShownRow, ...]
    permit: str
    approval: str | None
    cause: str | None


def pending_of(each: Planned) -> Pending:
    """Without the task that it came from."""
    claim = each.task.claim
    cause = claim.cause if claim.changed is not None else None
    steps = tuple(step.row for step in each.steps)
    return Pending(claim.system, claim.subject, each.is_person, steps, each.permit, each.approval, cause)
