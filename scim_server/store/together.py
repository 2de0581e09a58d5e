"""Several new resources in one transaction: all of them or none, and the one that failed is known."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from scim_server.store import edits
from scim_server.store.department_members import join, with_facts
from scim_server.store.departments import is_department
from scim_server.store.facts_edits import Act, create_person
from scim_server.store.reorganise import found_department
from scim_server.store.resources import Draft, Members, Stored
from scim_server.store.returning import is_ruled
from scim_server.store.rows import read_one
from scim_server.store.ruled import create_ruled
from scim_server.store.writer import Step, run_steps


class OneFailed(Exception):
    """This one failed, so none is there. Arguments: its place, and why."""

    def __init__(self, place: int, error: Exception) -> None:
        super().__init__(place, error)
        self.place = place
        self.error = error


@dataclass(frozen=True, slots=True)
class Creation:
    """One of them: its id and version as they will be, what was wanted, and what makes it so without its members.

    Somebody with facts has no steps: what is written depends on what is found.
    """

    stored: Stored
    draft: Draft
    steps: Sequence[Step]
    members: Members = ()


def create_together(connection: Connection, creations: Sequence[Creation], act: Act) -> list[Stored]:
    """What is there afterwards. Raises OneFailed.

    A member may come after its Group, a parent after its children, and somebody may work in a department that is
    new: so resources first, people with facts then, members after them, and places in the tree last.
    """
    for phase in (_write, _employ, _gather, _place):
        for place, creation in enumerate(creations):
            with _naming(place):
                phase(connection, creation, act)
    return [read_one(connection, creation.stored.id) for creation in creations]


def _write(connection: Connection, creation: Creation, act: Act) -> None:
    draft = creation.draft
    if draft.type == "User" and not draft.facts and is_ruled(connection, draft.external_id):
        create_ruled(connection, draft, act, creation.stored.id)
    else:
        run_steps(connection, creation.steps)


def _employ(connection: Connection, creation: Creation, act: Act) -> None:
    if creation.draft.facts:
        create_person(connection, creation.draft, act, creation.stored.id)


def _gather(connection: Connection, creation: Creation, act: Act) -> None:
    if not creation.members:
        return
    named = list(dict.fromkeys(creation.members))
    apart = with_facts(connection, named) if is_department(creation.draft.document) else set()
    plain = [id for id in named if id not in apart]
    run_steps(connection, edits.moved(creation.stored, plain, (), act.actor, act.now))
    if apart:
        join(connection, creation.stored, named, act)


def _place(connection: Connection, creation: Creation, act: Act) -> None:
    if is_department(creation.draft.document):
        found_department(connection, creation.draft, act)


@contextmanager
def _naming(place: int) -> Iterator[None]:
    try:
        yield
    except OperationalError:
        raise
    except Exception as error:
        raise OneFailed(place, error) from error
