"""Alerts on record (S29): raised once, told once, over once. Functions on the writer's connection."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import uuid_utils
from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from scim_server.store.alert_tables import alerts

KEPT = 90 * 86_400.0  # seconds for which what is over and told stays on record


class Alert(NamedTuple):
    """A row. Moments in seconds since the epoch; `ended` is None while it lasts."""

    id: str
    kind: str
    about: str
    text: str
    since: float
    told: float | None
    ended: float | None
    ended_told: float | None
    tries: int
    next_try: float


def lasting(connection: Connection) -> list[Alert]:
    """Those that are not over."""
    return [_alert(row) for row in connection.execute(select(alerts).where(alerts.c.ended.is_(None)))]


def untold(connection: Connection, now: float) -> list[Alert]:
    """Those of which somebody has still to be told something, and may be tried now; the oldest first."""
    silent = or_(alerts.c.told.is_(None), and_(alerts.c.ended.is_not(None), alerts.c.ended_told.is_(None)))
    wanted = select(alerts).where(silent, alerts.c.next_try <= now).order_by(alerts.c.id)
    return [_alert(row) for row in connection.execute(wanted)]


def note(connection: Connection, raised: Sequence[Mapping[str, Any]], over: Sequence[str], now: float) -> None:
    """`raised`: kind, about, text, since. `over`: ids. What was raised by another node meanwhile stays as it is."""
    there = {(each.kind, each.about) for each in lasting(connection)}
    new = [each for each in raised if (each["kind"], each["about"]) not in there]
    rows = [{"id": str(uuid_utils.uuid7()), **each, "tries": 0, "next_try": now} for each in new]
    if rows:
        connection.execute(insert(alerts), rows)
    if over:
        ended = update(alerts).where(alerts.c.id.in_(over), alerts.c.ended.is_(None))
        connection.execute(ended.values(ended=now, tries=0, next_try=now))
    connection.execute(alerts.delete().where(alerts.c.ended_told < now - KEPT))


def told(connection: Connection, id: str, now: float, *, over: bool) -> None:
    """It got out."""
    done = {"ended_told": now, "told": now} if over else {"told": now}
    connection.execute(update(alerts).where(alerts.c.id == id).values(**done, tries=0, next_try=now))


def failed(connection: Connection, id: str, next_try: float) -> None:
    """It did not get out."""
    again = update(alerts).where(alerts.c.id == id)
    connection.execute(again.values(tries=alerts.c.tries + 1, next_try=next_try))


def _alert(row: Row[Any]) -> Alert:
    return Alert._make(row)
