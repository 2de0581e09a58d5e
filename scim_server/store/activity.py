"""What is on record of the use of accounts (四): read by the page, so that nothing is kept of a hundred thousand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, exists, select

from mappings.activity import Evidence, Known, Watch
from scim_server.store.activity_tables import activity, activity_never, activity_strangers, activity_watched
from scim_server.store.prepared import fetch, listed
from scim_server.store.system_tables import disowned
from scim_server.store.tables import links

_EVIDENCE = select(
    activity.c.system,
    activity.c.subject,
    activity.c.terminal,
    activity.c.source,
    activity.c.strength,
    activity.c.at,
    activity.c.slack,
).where(activity.c.system.in_(listed("systems")), activity.c.subject.in_(listed("subjects")))
_NEVER = select(activity_never.c.system, activity_never.c.subject, activity_never.c.recorded).where(
    activity_never.c.system.in_(listed("systems")), activity_never.c.subject.in_(listed("subjects"))
)
_WATCHED = (
    select(activity_watched.c.terminal, activity_watched.c.source, activity_watched.c.since, activity_watched.c.until)
    .where(activity_watched.c.system == bindparam("in_system"))
    .order_by(activity_watched.c.since, activity_watched.c.until)
)
_STRANGERS = (
    select(activity_strangers.c.remote_id, activity_strangers.c.at)
    .where(
        activity_strangers.c.system == bindparam("in_system"),
        ~exists().where(
            links.c.system == activity_strangers.c.system, links.c.remote_id == activity_strangers.c.remote_id
        ),
        ~exists().where(
            disowned.c.system == activity_strangers.c.system, disowned.c.remote_id == activity_strangers.c.remote_id
        ),
    )
    .order_by(activity_strangers.c.remote_id)
)


def read_activity(
    connection: Connection, systems: Sequence[str], subjects: Sequence[str]
) -> dict[tuple[str, str], Known]:
    """By (system, subject): NAMEs of configured systems. Who is missing is `mappings.activity.UNKNOWN`."""
    wanted: dict[str, Any] = {"systems": orjson.dumps(list(systems)), "subjects": orjson.dumps(list(subjects))}
    seen: dict[tuple[str, str], list[Evidence]] = {}
    for system, subject, terminal, source, strength, at, slack in fetch(connection, _EVIDENCE, **wanted):
        found = Evidence(terminal, source, strength, datetime.fromisoformat(at), timedelta(seconds=slack))
        seen.setdefault((system, subject), []).append(found)
    never = {
        (system, subject): datetime.fromisoformat(at) for system, subject, at in fetch(connection, _NEVER, **wanted)
    }
    return {key: Known(tuple(seen.get(key, ())), never.get(key)) for key in seen.keys() | never.keys()}


def strangers(connection: Connection, system: str) -> list[tuple[str, datetime | None]]:
    """Accounts that no link names now and nobody has disowned, and when they were used last; None: no evidence."""
    found = fetch(connection, _STRANGERS, in_system=system)
    return [(id, None if at is None else datetime.fromisoformat(at)) for id, at in found]


def watched(connection: Connection, system: str) -> list[Watch]:
    """Which stretches were watched, lags taken off."""
    return [
        Watch(terminal, source, datetime.fromisoformat(since), datetime.fromisoformat(until))
        for terminal, source, since, until in fetch(connection, _WATCHED, in_system=system)
    ]
