"""Departments that come or move (S7): who works there, or was waiting for them, is settled in the same transaction."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection

from scim_server.scim.urns import ROSTER_GROUP
from scim_server.store.department_members import adopt
from scim_server.store.departments import demand_place, is_department
from scim_server.store.facts_edits import Act
from scim_server.store.resources import Draft, Stored
from scim_server.store.tree import below, touched_by
from scim_server.store.writer import Step, run_steps


def found_department(connection: Connection, draft: Draft, act: Act) -> None:
    """One that is new: its place in the tree, and those whose assignments name it already. Raises Misplaced."""
    demand_place(connection, draft)
    if draft.external_id is not None:
        act.settle(connection, touched_by(connection, [draft.external_id]))


def change_department(connection: Connection, before: Stored, draft: Draft, steps: Sequence[Step], act: Act) -> None:
    """The next version of one, by these steps. Raises Misplaced."""
    run_steps(connection, steps)
    demand_place(connection, draft)
    if draft.external_id is None:
        return
    if not is_department(before.document):
        adopt(connection, draft.external_id, before.id, act)
    if _position(before.document) != _position(draft.document):
        act.settle(connection, touched_by(connection, below(connection, draft.external_id)))


def _position(document: bytes) -> Any:
    """What top departments, and with them the policy, depend on."""
    facts = orjson.loads(document).get(ROSTER_GROUP) or {}
    return facts.get("parent"), facts.get("kind")
