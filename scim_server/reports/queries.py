"""The reads of the sync report: streamed, so memory stays flat however long the record is."""

from collections.abc import Iterator

from sqlalchemy import Connection, Row, Select, and_, case, false, func, or_, select, union
from sqlalchemy.sql.elements import ColumnElement

from mappings.plan import FOREIGN
from scim_server.clock import stamp
from scim_server.reports.period import EVER, Period
from scim_server.reports.rows import FAILED, OpenRow, Standing, SyncRow, SystemRow
from scim_server.store.approvals import REJECTED
from scim_server.store.guard_tables import approvals
from scim_server.store.sweep_tables import sweeps
from scim_server.store.system_tables import systems
from scim_server.store.tables import attempts, changes, links, subjects

_LOT = 1000


def on_record(connection: Connection, system: str) -> bool:
    """Whether a system of that name was ever written or swept here, though it may be configured no more."""
    tables = (attempts, sweeps)
    return any(connection.execute(select(1).where(of.c.system == system).limit(1)).first() for of in tables)


def sync_rows(
    connection: Connection, period: Period = EVER, system: str | None = None, person: str | None = None
) -> Iterator[SyncRow]:
    """One row an operation, oldest first; `person` is an externalId."""
    statement = (
        select(
            attempts,
            subjects.c.title,
            subjects.c.kind,
            _of_push(changes.c.actor).label("caused_by"),
            _of_push(changes.c.at).label("caused_at"),
        )
        .select_from(attempts.outerjoin(subjects, subjects.c.subject == attempts.c.subject))
        .order_by(attempts.c.at, attempts.c.id)
    )
    if period.since is not None:
        statement = statement.where(attempts.c.at >= period.since)
    if period.until is not None:
        statement = statement.where(attempts.c.at < period.until)
    if system is not None:
        statement = statement.where(attempts.c.system == system)
    if person is not None:
        statement = statement.where(_of_person(attempts.c.subject, person))
    return _operations(connection, statement)


def _operations(connection: Connection, statement: Select[tuple[object, ...]]) -> Iterator[SyncRow]:
    titles = group_titles(connection)
    failing: dict[tuple[str, str, str, str | None], int] = {}  # tries in a row that have not succeeded
    for row in connection.execute(statement.execution_options(yield_per=_LOT)):
        yield _operation(row, titles, _tries(failing, row))


def _tries(failing: dict[tuple[str, str, str, str | None], int], row: Row[tuple[object, ...]]) -> int:
    """The how manieth try this is; keeps no more than what is failing."""
    place = (row.system, row.subject, row.action, row.group_key)
    number = failing.pop(place, 0) + 1
    if row.outcome in FAILED:
        failing[place] = number
    return number


def _of_push(column: ColumnElement[str]) -> ColumnElement[str | None]:
    """Of the request that asked for it: all its changes name the same actor."""
    return select(column).where(changes.c.request == attempts.c.cause).limit(1).scalar_subquery()


def _operation(row: Row[tuple[object, ...]], titles: dict[str, str], tries: int) -> SyncRow:
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
        cause=row.cause,
        caused_by=row.caused_by,
        caused_at=row.caused_at,
        policy=row.policy,
        tries=tries,
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


def open_rows(
    connection: Connection, system: str | None, person: str | None = None, *, late: float | None = None
) -> Iterator[OpenRow]:
    """What stands open now, the longest first; a row that is parked and has a finding is told twice.

    `late`: waiting rows are told where they have stood so since before that (seconds since the epoch), and rows that
    are due as well, in systems that are written to. None: every waiting row and no row that is due.
    """
    waited_for = subjects.alias()
    statement = (
        select(
            links,
            subjects.c.key,
            subjects.c.title,
            waited_for.c.title.label("blocker_title"),
            _last_outcome(),
            _decision(),
            func.coalesce(_is_open(late), false()).label("is_open"),
        )
        .select_from(
            links.outerjoin(subjects, subjects.c.subject == links.c.subject).outerjoin(
                waited_for, waited_for.c.subject == links.c.blocker
            )
        )
        .where(or_(_is_open(late), links.c.finding.is_not(None)))
        .order_by(links.c.system, func.coalesce(links.c.changed, 0.0), links.c.subject)
    )
    if system is not None:
        statement = statement.where(links.c.system == system)
    if person is not None:
        statement = statement.where(_of_person(links.c.subject, person))
    for row in connection.execute(statement.execution_options(yield_per=_LOT)):
        if row.is_open:
            yield _open(row, _standing(row), row.error or "")
        if row.finding not in (None, FOREIGN):
            yield _open(row, Standing.FINDING, row.finding)


def _is_open(late: float | None) -> ColumnElement[bool]:
    stuck = links.c.state.in_(("parked", "held"))
    if late is None:
        return or_(stuck, links.c.state == "waiting")
    observed = select(systems.c.name).where(systems.c.mode == "observe")
    moving = or_(links.c.state == "waiting", and_(links.c.state == "due", links.c.system.not_in(observed)))
    return or_(stuck, and_(moving, links.c.changed < late))


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


def _decision() -> ColumnElement[str | None]:
    of = select(approvals.c.state).where(approvals.c.id == links.c.hold).scalar_subquery()
    return case((links.c.state == "held", of)).label("decision")


def _standing(row: Row[tuple[object, ...]]) -> Standing:
    in_the_way = row.finding == FOREIGN or row.last_outcome == "conflict"
    if in_the_way:
        return Standing.CONFLICT
    return Standing.LATE if row.state == "due" else Standing(row.state)


def _open(row: Row[tuple[object, ...]], standing: Standing, sentence: str) -> OpenRow:
    return OpenRow(
        system=row.system,
        external_id=row.key or "",
        name=row.title or "",
        standing=standing,
        sentence=sentence,
        blocker=row.blocker_title if standing is Standing.WAITING else None,
        since=_stamp(row.changed),
        approval=row.hold if standing is Standing.HELD else None,
        rejected=standing is Standing.HELD and row.decision == REJECTED,
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
