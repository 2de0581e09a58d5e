"""The reads of the sync report: streamed, so memory stays flat however long the record is."""

from collections.abc import Iterator

from sqlalchemy import Connection, Row, Select, case, func, or_, select, union
from sqlalchemy.sql.elements import ColumnElement

from mappings.plan import FOREIGN
from scim_server.clock import stamp
from scim_server.reports.period import since_stamp
from scim_server.reports.rows import OpenRow, Standing, SyncRow, SystemRow
from scim_server.store.tables import attempts, links, subjects, systems

_LOT = 1000


def sync_rows(
    connection: Connection, since: str | None, system: str | None, person: str | None = None
) -> Iterator[SyncRow]:
    """One row an operation, oldest first; `since` as `since_stamp` reads it, `person` is an externalId."""
    statement = (
        select(attempts, subjects.c.title, subjects.c.kind)
        .select_from(attempts.outerjoin(subjects, subjects.c.subject == attempts.c.subject))
        .order_by(attempts.c.at, attempts.c.id)
    )
    if since is not None:
        statement = statement.where(attempts.c.at >= since_stamp(since))
    if system is not None:
        statement = statement.where(attempts.c.system == system)
    if person is not None:
        statement = statement.where(_of_person(attempts.c.subject, person))
    return _operations(connection, statement)


def _operations(connection: Connection, statement: Select[tuple[object, ...]]) -> Iterator[SyncRow]:
    titles = group_titles(connection)
    for row in connection.execute(statement.execution_options(yield_per=_LOT)):
        yield _operation(row, titles)


def _operation(row: Row[tuple[object, ...]], titles: dict[str, str]) -> SyncRow:
    return SyncRow(
        id=row.id,
        time=row.at,
        system=row.system,
        external_id=row.key,
        action=row.action,
        article=row.article,
        outcome=row.outcome,
        name=row.title or "",
        kind=row.kind or "",
        group_key=row.group_key,
        group_name=None if row.group_key is None else titles.get(row.group_key),
        reason=row.reason,
        detail=row.detail,
        changed_at=row.changed_at,
        settled_at=row.settled_at,
        before=row.before,
        after=row.after,
    )


def group_titles(connection: Connection) -> dict[str, str]:
    """The names of all groups by key; of two subjects that bore one key, the later."""
    statement = select(subjects.c.key, subjects.c.title).where(subjects.c.kind == "group").order_by(subjects.c.subject)
    return {key: title for key, title in connection.execute(statement)}


def _of_person(column: ColumnElement[str], person: str) -> ColumnElement[bool]:
    # A plain user's externalId may change: the record under the old one is theirs too.
    return column.in_(
        union(
            select(subjects.c.subject).where(subjects.c.key == person),
            select(attempts.c.subject).where(attempts.c.key == person),
        )
    )


def open_rows(connection: Connection, system: str | None, person: str | None = None) -> Iterator[OpenRow]:
    """What stands open now, the longest first; a row that is parked and has a finding is told twice."""
    waited_for = subjects.alias()
    statement = (
        select(links, subjects.c.key, subjects.c.title, waited_for.c.title.label("blocker_title"), _last_outcome())
        .select_from(
            links.outerjoin(subjects, subjects.c.subject == links.c.subject).outerjoin(
                waited_for, waited_for.c.subject == links.c.blocker
            )
        )
        .where(or_(links.c.state.in_(("parked", "held", "waiting")), links.c.finding.is_not(None)))
        .order_by(links.c.system, func.coalesce(links.c.changed, 0.0), links.c.subject)
    )
    if system is not None:
        statement = statement.where(links.c.system == system)
    if person is not None:
        statement = statement.where(_of_person(links.c.subject, person))
    for row in connection.execute(statement.execution_options(yield_per=_LOT)):
        if row.state in ("parked", "held", "waiting"):
            yield _open(row, _standing(row), row.error or "")
        if row.finding not in (None, FOREIGN):
            yield _open(row, Standing.FINDING, row.finding)


def _last_outcome() -> ColumnElement[str | None]:
    last = (
        select(attempts.c.outcome)
        .where(attempts.c.subject == links.c.subject, attempts.c.system == links.c.system)
        .where(attempts.c.outcome != "not-sent")  # those follow the one that failed
        .order_by(attempts.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return case((links.c.state == "parked", last)).label("last_outcome")


def _standing(row: Row[tuple[object, ...]]) -> Standing:
    in_the_way = row.finding == FOREIGN or row.last_outcome == "conflict"
    return Standing.CONFLICT if in_the_way else Standing(row.state)


def _open(row: Row[tuple[object, ...]], standing: Standing, sentence: str) -> OpenRow:
    return OpenRow(
        system=row.system,
        external_id=row.key or "",
        name=row.title or "",
        standing=standing,
        sentence=sentence,
        blocker=row.blocker_title if standing is Standing.WAITING else None,
        since=_stamp(row.changed),
    )


def system_rows(connection: Connection, system: str | None) -> list[SystemRow]:
    """How each system stands, by name, with the number of rows that are due and not open in another way."""
    statement = (
        select(links.c.system, func.count())
        .where(links.c.due.is_not(None), links.c.state == "due")
        .group_by(links.c.system)
    )
    due = {name: count for name, count in connection.execute(statement)}
    rows = connection.execute(select(systems).order_by(systems.c.name))
    return [
        SystemRow(row.name, row.mode, _stamp(row.failing_since), row.error, due.get(row.name, 0))
        for row in rows
        if system in (None, row.name)
    ]


def _stamp(seconds: float | None) -> str | None:
    return None if seconds is None else stamp(seconds)
