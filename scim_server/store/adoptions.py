"""What named people decide about accounts that were there before us (S13): adopted, not ours, observe or enforce.

An adoption stands among the attempts, with its rule and by whom, so that `explain` and the sync report tell of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update

from scim_server.clock import Clock
from scim_server.store import attempts, batches, logins, targets
from scim_server.store.prepared import execute_many
from scim_server.store.system_tables import disowned
from scim_server.store.tables import links, looks
from scim_server.store.wakes import NEW_LINK

ARTICLE = "接管"
ACTION = "adopt"

Given = Mapping[str, Any]


class Moved(Exception):
    """What was shown is no longer so. The argument is a sentence; nothing of the lot was written."""


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """What is on record of a subject in one system."""

    remote_id: str | None
    name: str | None
    adopted: bool


def links_of(connection: Connection, system: str) -> dict[str, LinkSeen]:
    """By subject."""
    of = select(links.c.subject, links.c.remote_id, links.c.name, links.c.adopted).where(links.c.system == system)
    return {subject: LinkSeen(remote_id, name, adopted) for subject, remote_id, name, adopted in connection.execute(of)}


def disowned_of(connection: Connection, system: str) -> frozenset[str]:
    """Remote ids of what was said not to be ours."""
    return frozenset(connection.scalars(select(disowned.c.remote_id).where(disowned.c.system == system)))


def who_disowned(connection: Connection, system: str) -> dict[str, tuple[str, str]]:
    """By remote id: who said that it is not ours, and when (a stamp)."""
    of = select(disowned.c.remote_id, disowned.c.by, disowned.c.at).where(disowned.c.system == system)
    return {remote_id: (by, at) for remote_id, by, at in connection.execute(of)}


def adopt(connection: Connection, clock: Clock, given: Given) -> int:
    """One lot. `given`: system, by, and rows of subject, key, kind, remote_id, name, was (the remote id on record),
    spell, login (the folded name that it bears there) and why (a sentence). `batch`, where given: what all lots are
    that were accepted together, until the one that is the `last` (S23). Raises Moved; returns how many.
    """
    now, system, rows, batch = clock.now(), given["system"], given["rows"], given.get("batch")
    if batch is not None and not given.get("last"):
        batches.begin(connection, batch, now + batches.STALE)
    generations = _as_shown(connection, system, rows, now)
    _link(connection, system, rows, generations, {"now": now, "in_batch": batch})
    held = {row["subject"]: row["login"] for row in rows if row.get("login")}
    logins.reserve(connection, held, system)
    _own(connection, system, [row["remote_id"] for row in rows])
    recorded = [_recorded(row, generations, clock, given) for row in rows]
    attempts.adopted(connection, recorded)
    if batch is not None and given.get("last"):
        batches.end(connection, batch)
    return len(rows)


def _as_shown(connection: Connection, system: str, rows: Sequence[Given], now: float) -> dict[str, int]:
    """The generation of each subject's link, where there is one. Raises Moved where a row is not as it was shown."""
    found = _links_where(connection, system, links.c.subject.in_([row["subject"] for row in rows]))
    mine = {link.subject: link for link in found}
    linked = _links_where(connection, system, links.c.remote_id.in_([row["remote_id"] for row in rows]))
    owners = {link.remote_id: link.subject for link in linked}
    for row in rows:
        link = mine.get(row["subject"])
        if link is not None and link.remote_id != row["was"]:
            raise Moved(f"{row['key']} 的账号关联刚刚变动")
        if link is not None and link.lease_until is not None and link.lease_until > now:
            raise Moved(f"{row['key']} 的账号正在处理")
        if owners.get(row["remote_id"], row["subject"]) != row["subject"]:
            raise Moved(f"账号 {row['name']} 刚刚关联到了别人")
    return {subject: link.desired for subject, link in mine.items()}


def _links_where(connection: Connection, system: str, which: ColumnElement[bool]) -> Sequence[Any]:
    columns = (links.c.subject, links.c.remote_id, links.c.lease_until, links.c.desired)
    return connection.execute(select(*columns).where(links.c.system == system, which)).all()


_LINK = (
    update(links)
    .where(links.c.system == bindparam("in_system"), links.c.subject == bindparam("of"))
    .values(
        remote_id=bindparam("new_remote_id"),
        name=bindparam("new_name"),
        spell=bindparam("new_spell"),
        adopted=True,
        creating=False,
        locking=False,
        fingerprint=None,
        private=None,
        hidden=None,
        blocker=None,
        error=None,
        finding=None,
        attempts=0,
        state="due",
        due=bindparam("now"),
        desired=links.c.desired + 1,
        batch=bindparam("in_batch"),
        weighed=False,
        epoch=links.c.epoch + 1,  # whoever held the row before is not heard any more
        owner=None,
        lease_until=None,
    )
)


def _link(
    connection: Connection, system: str, rows: Sequence[Given], generations: Mapping[str, int], when: Given
) -> None:
    fresh = [row for row in rows if row["subject"] not in generations]
    if fresh:
        common = {"system": system, "due": when["now"], "changed": when["now"]}
        made = [NEW_LINK | common | {"subject": row["subject"], "kind": row["kind"]} for row in fresh]
        connection.execute(insert(links), made)
    linked = [
        {
            "in_system": system,
            "of": row["subject"],
            "new_remote_id": row["remote_id"],
            "new_name": row["name"],
            "new_spell": row["spell"],
            **when,
        }
        for row in rows
    ]
    execute_many(connection, _LINK, linked)


def _recorded(row: Given, generations: Mapping[str, int], clock: Clock, given: Given) -> dict[str, Any]:
    return {
        "id": attempts.new_id(),
        "at": clock.stamp(),
        "system": given["system"],
        "subject": row["subject"],
        "key": row["key"],
        "action": ACTION,
        "article": ARTICLE,
        "reason": f"{row['why']}，由{given['by']}确认接管「{row['name']}」",
        "generation": generations.get(row["subject"], 1) + 1,
        "changed_at": clock.stamp(),
        "outcome": "done",
    }


def disown(connection: Connection, clock: Clock, given: Given) -> int:
    """`given`: system, by, and rows of remote_id and title. Raises Moved where one is linked; returns how many."""
    system, at = given["system"], clock.stamp()
    ids = [row["remote_id"] for row in given["rows"]]
    linked = select(links.c.name).where(links.c.system == system, links.c.remote_id.in_(ids))
    name = connection.scalar(linked)
    if name is not None:
        raise Moved(f"账号 {name} 刚刚关联到了名册中的人员或部门")
    _own(connection, system, ids)
    said = {"system": system, "by": given["by"], "at": at}
    connection.execute(insert(disowned), [said | dict(row) for row in given["rows"]])
    return len(ids)


def _own(connection: Connection, system: str, remote_ids: Sequence[str]) -> None:
    """An earlier word that these are not ours is taken back."""
    connection.execute(delete(disowned).where(disowned.c.system == system, disowned.c.remote_id.in_(list(remote_ids))))


def switch(connection: Connection, clock: Clock, given: Given) -> None:
    """`given`: system, mode, by. Who switched it stands among the looks of operators."""
    targets.note(connection, given["system"], mode=given["mode"])
    what = f"mode {given['mode']}: {given['system']}"
    connection.execute(insert(looks), {"at": clock.stamp(), "actor": given["by"], "what": what, "subject": "*"})
