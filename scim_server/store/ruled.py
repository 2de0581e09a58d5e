"""A plain user who comes again, though a ruling was in force when the last one of that externalId was deleted (S28)."""

from collections.abc import Sequence

from sqlalchemy import Connection

from scim_server.store import edits
from scim_server.store.facts_edits import Act, create_person, is_reserved
from scim_server.store.resources import Draft, Stored, Taken
from scim_server.store.returning import departed, rulings_go_on
from scim_server.store.rows import read_one
from scim_server.store.writer import Step, run_steps


def create_returning(connection: Connection, draft: Draft, act: Act, id: str) -> Stored:
    """Somebody with facts, or who was there before: with facts on the same subject, else under the same rulings.

    Raises Taken, Unfit; Mutability.
    """
    if draft.facts or departed(connection, draft.external_id) is not None:
        return create_person(connection, draft, act, id)
    return create_ruled(connection, draft, act, id)


def create_ruled(connection: Connection, draft: Draft, act: Act, id: str) -> Stored:
    """A plain user under the rulings of a deleted one of that externalId. Raises Taken."""
    if is_reserved(connection, draft.name, id):
        raise Taken("userName")
    run_steps(connection, edits.arrival(draft, act.now, id, id))
    run_steps(connection, edits.first_subject(draft, act.systems, act.now, id))
    rulings_go_on(connection, draft.external_id, id)
    made = read_one(connection, id)
    run_steps(connection, [edits.recorded(made, "create", act.actor, act.at, after=draft.document)])
    return made


def rekey(connection: Connection, stored: Stored, draft: Draft, steps: Sequence[Step]) -> None:
    """The externalId of a plain user changes: not to that of somebody who has left; rulings on it are taken over.

    Raises Taken.
    """
    if departed(connection, draft.external_id) is not None:
        raise Taken("externalId")
    run_steps(connection, steps)
    rulings_go_on(connection, draft.external_id, stored.subject)
