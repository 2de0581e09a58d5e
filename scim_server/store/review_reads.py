"""What the monthly check asks of the store, by the page, so that nothing is kept of a hundred thousand people."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, func, select, text

from mappings.model import Action, Presence
from scim_server.store.prepared import fetch, listed
from scim_server.store.review_tables import review_accounts
from scim_server.store.tables import attempts, changes, links, subjects

PAGE = 500

_NEXT = (
    select(subjects.c.subject)
    .where(subjects.c.kind == "person", subjects.c.subject > bindparam("last"))
    .order_by(subjects.c.subject)
    .limit(PAGE)
)
_LINKS = select(
    links.c.system,
    links.c.subject,
    links.c.state,
    links.c.remote_id,
    links.c.name,
    links.c.presence,
    links.c.read_back,
    links.c.finding,
).where(links.c.subject.in_(listed("subjects")), links.c.system.in_(listed("systems")))
_SENT = select(attempts.c.system, attempts.c.subject, attempts.c.action).where(
    attempts.c.subject.in_(listed("subjects")),
    attempts.c.at >= bindparam("since"),
    text("action IN ('create', 'lock', 'unlock', 'remove') AND outcome IN ('done', 'already-so')"),
)
_OFF_SINCE = select(changes.c.subject).where(
    changes.c.subject.in_(listed("subjects")), changes.c.at >= bindparam("since"), changes.c.active.is_(False)
)
_earlier = changes.alias("earlier")
_LAST_BEFORE = (
    select(func.max(_earlier.c.seq))
    .where(
        _earlier.c.subject.in_(listed("subjects")),
        _earlier.c.at < bindparam("since"),
        _earlier.c.active.is_not(None),
    )
    .group_by(_earlier.c.subject)
)
_OFF_THEN = select(changes.c.subject).where(changes.c.seq.in_(_LAST_BEFORE), changes.c.active.is_(False))


class Linked(NamedTuple):
    """A link as the check sees it."""

    state: str
    remote_id: str | None
    name: str | None
    presence: str | None
    read_back: str | None
    finding: str | None

    @property
    def known(self) -> Presence | None:
        """As it was read last. One that is looked at anew and cannot be read, in an outage, is as it was settled."""
        if self.presence is not None:
            return Presence(self.presence)
        under_way = self.state in ("due", "waiting") and self.read_back is not None
        return Presence.ACTIVE if under_way and self.finding is None else None


def reached(connection: Connection, review: str) -> str:
    """The last subject of whom something is written down; who comes before is whole. Empty at the beginning."""
    of = select(func.max(review_accounts.c.subject)).where(review_accounts.c.review == review)
    return connection.scalar(of) or ""


def pages(connection: Connection, last: str) -> Iterator[list[str]]:
    """Everybody who was ever on the roster and comes after that subject, a page at a time."""
    while rows := fetch(connection, _NEXT, last=last):
        page = [subject for (subject,) in rows]
        yield page
        last = page[-1]


def linked(connection: Connection, wanted: Sequence[str], systems: Sequence[str]) -> dict[tuple[str, str], Linked]:
    """By (system, subject)."""
    rows: list[Any] = fetch(connection, _LINKS, subjects=orjson.dumps(wanted), systems=orjson.dumps(list(systems)))
    return {(system, subject): Linked(*row) for system, subject, *row in rows}


def sent(connection: Connection, wanted: Sequence[str], since: str) -> dict[tuple[str, str], set[Action]]:
    """What opened, closed, locked or unlocked an account since a stamp, and was read back; by (system, subject)."""
    found: dict[tuple[str, str], set[Action]] = {}
    for system, subject, action in fetch(connection, _SENT, subjects=orjson.dumps(wanted), since=since):
        found.setdefault((system, subject), set()).add(Action(action))
    return found


def were_off(connection: Connection, wanted: Sequence[str], since: str) -> set[str]:
    """Who was inactive at a stamp, or was made so since, by the record of changes."""
    asked = {"subjects": orjson.dumps(wanted), "since": since}
    rows = [row for statement in (_OFF_SINCE, _OFF_THEN) for row in fetch(connection, statement, **asked)]
    return {subject for (subject,) in rows}


def tally(connection: Connection, review: str) -> dict[str, dict[str, Any]]:
    """By system how many of each verdict, and by their reasons how many were left out."""
    columns = (review_accounts.c.system, review_accounts.c.verdict, review_accounts.c.reason)
    of = select(*columns, func.count()).where(review_accounts.c.review == review).group_by(*columns)
    found: dict[str, dict[str, Any]] = {}
    for system, verdict, reason, number in connection.execute(of):
        said = found.setdefault(system, {"excluded": 0, "no-data": 0, "operated": 0, "silent": 0, "reasons": {}})
        said[verdict] += number
        if reason is not None:
            said["reasons"][reason] = number
    return found
