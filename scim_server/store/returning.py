"""Who comes again under the externalId of somebody who was deleted: on the same subject (S5), or ruled on (S28)."""

from sqlalchemy import Connection, Text, and_, bindparam, exists, or_, select, text, update

from scim_server.store.facts_tables import marks
from scim_server.store.tables import subjects

RULINGS = ("block", "reply-says-left")

_RULED = and_(text("marks.kind IN ('block', 'reply-says-left')"), marks.c.end.is_(None))
_GONE = (text("subjects.kind = 'person'"), subjects.c.resource_id.is_(None))
_DEPARTED = select(subjects.c.subject).where(
    subjects.c.key == bindparam("key"), *_GONE, subjects.c.facts_from.is_not(None)
)
_UNDER_RULINGS = select(subjects.c.subject).where(
    subjects.c.key == bindparam("key"),
    *_GONE,
    subjects.c.facts_from.is_(None),
    subjects.c.marked,
    exists().where(marks.c.subject == subjects.c.subject, _RULED),
)

RETURNS = exists().where(
    subjects.c.key == bindparam("external_id", type_=Text),
    *_GONE,
    or_(
        subjects.c.facts_from.is_not(None),
        and_(subjects.c.marked, exists().where(marks.c.subject == subjects.c.subject, _RULED)),
    ),
)
"""For the INSERT of a plain user, of its `external_id`: one who returns is not made as if nobody had been there."""


def departed(connection: Connection, key: str | None) -> str | None:
    """The subject of somebody with facts who was deleted, by externalId."""
    return None if key is None else connection.scalar(_DEPARTED, {"key": key})


def is_ruled(connection: Connection, key: str | None) -> bool:
    """Whether a plain user of that externalId was deleted while a ruling was in force."""
    return key is not None and connection.execute(_UNDER_RULINGS, {"key": key}).first() is not None


def bearer(connection: Connection, subject: str) -> str:
    """Who is ruled on where that subject is meant: of a plain user who was deleted, whoever was made anew since."""
    gone = select(subjects.c.key).where(subjects.c.subject == subject, *_GONE, subjects.c.facts_from.is_(None))
    key = gone.scalar_subquery()
    there = select(subjects.c.subject).where(
        subjects.c.key == key, subjects.c.kind == "person", subjects.c.resource_id.is_not(None)
    )
    return connection.scalar(there) or subject


def returns(connection: Connection, key: str | None) -> bool:
    """Whether a plain user of that externalId is somebody who comes again."""
    return departed(connection, key) is not None or is_ruled(connection, key)


def rulings_go_on(connection: Connection, key: str | None, subject: str) -> None:
    """What was ruled on a plain user who was deleted is ruled on this subject, who bears the externalId now (S28).

    A ruling keeps its id, its day and its name: one ends it as one would have done.
    """
    of = list(connection.scalars(_UNDER_RULINGS, {"key": key})) if key is not None else []
    if of:
        connection.execute(update(marks).where(marks.c.subject.in_(of), _RULED).values(subject=subject))
        connection.execute(update(subjects).where(subjects.c.subject == subject).values(marked=True))
