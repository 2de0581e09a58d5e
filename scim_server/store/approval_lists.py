"""Approvals and held rows as people read them (S24). On any connection; writes nothing."""

import json
from typing import Any

from sqlalchemy import Connection, case, select

from mappings.guard import of_rows
from mappings.model import Action
from scim_server.clock import stamp
from scim_server.store.guard_tables import approval_rows, approvals
from scim_server.store.tables import links, subjects

_WORDS = {
    Action.LOCK: "locks",
    Action.REMOVE: "removals",
    Action.LEAVE: "leaves",
    Action.UPDATE: "logins",
}


def listed(connection: Connection) -> list[dict[str, Any]]:
    """`[{"id", "digest", "system", "locks", "removals", "state", "people", "leaves", "logins", "opened", "expires",
    "decided", "by", "reason", "batch"}]`, those to be decided first, then the newest first.

    `locks` and so on are numbers of people; stamps are ISO 8601.
    """
    newest = (case((approvals.c.state == "open", 0), else_=1), approvals.c.opened.desc(), approvals.c.id)
    rows = connection.execute(select(approvals).order_by(*newest)).all()
    return [_shown(connection, row) for row in rows]


def shown(connection: Connection, id: str) -> dict[str, Any] | None:
    """One of them, and `rows`: `[{"externalId", "name", "department", "actions", "reason"}]`. None: there is none."""
    row = connection.execute(select(approvals).where(approvals.c.id == id)).first()
    return None if row is None else _shown(connection, row) | {"rows": _rows(connection, id)}


def summary(connection: Connection, id: str) -> dict[str, Any]:
    """The digest over its rows, and how many people they are, by what would be done."""
    said = select(approval_rows.c.held_as, approval_rows.c.actions).where(approval_rows.c.approval == id)
    rows = connection.execute(said).all()
    counted = dict.fromkeys(_WORDS.values(), 0)
    for row in rows:
        for action in {action for action, _ in json.loads(row.actions)}:
            counted[_WORDS[Action(action)]] += 1
    return {"digest": of_rows(row.held_as for row in rows), "people": len(rows), **counted}


def held_rows(connection: Connection, system: str | None = None) -> list[dict[str, Any]]:
    """What is held now, for `plan` and reports: `[{"system", "externalId", "actions", "approval", "reason"}]`.

    `reason` is `{"article", "text"}`, the public face; `actions` `[{"action", "group"?}]`; `approval` is None of a
    Group that cannot go, because somebody is in it whom the hub does not know (S7).
    """
    of = (
        select(
            links.c.system,
            subjects.c.key,
            links.c.hold,
            links.c.error,
            approval_rows.c.actions,
            approval_rows.c.article,
            approval_rows.c.reason,
        )
        .join(subjects, subjects.c.subject == links.c.subject)
        .outerjoin(
            approval_rows,
            (approval_rows.c.approval == links.c.hold) & (approval_rows.c.subject == links.c.subject),
        )
        .where(links.c.state == "held")
        .order_by(links.c.system, subjects.c.key)
    )
    rows = connection.execute(of if system is None else of.where(links.c.system == system))
    return [_held(row) for row in rows]


def _held(row: Any) -> dict[str, Any]:
    actions = _actions(row.actions) if row.actions else [{"action": Action.REMOVE.value}]
    return {
        "system": row.system,
        "externalId": row.key,
        "actions": actions,
        "approval": row.hold,
        "reason": {"article": row.article or "plain", "text": row.reason or row.error or ""},
    }


def _shown(connection: Connection, row: Any) -> dict[str, Any]:
    found = json.loads(row.summary) if row.summary else summary(connection, row.id)
    return {
        "id": row.id,
        "digest": found["digest"],
        "system": row.system,
        "locks": found["locks"],
        "removals": found["removals"],
        "state": row.state,
        "people": found["people"],
        "leaves": found["leaves"],
        "logins": found["logins"],
        "opened": stamp(row.opened),
        "expires": stamp(row.expires),
        "decided": stamp(row.decided) if row.decided is not None else None,
        "by": row.by,
        "reason": row.reason,
        "batch": row.batch,
    }


def _rows(connection: Connection, id: str) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(approval_rows, subjects.c.key, subjects.c.title)
        .join(subjects, subjects.c.subject == approval_rows.c.subject)
        .where(approval_rows.c.approval == id)
        .order_by(subjects.c.key)
    )
    return [
        {
            "externalId": row.key,
            "name": row.title,
            "department": row.department,
            "actions": _actions(row.actions),
            "reason": {"article": row.article, "text": row.reason},
        }
        for row in rows
    ]


def _actions(said: str) -> list[dict[str, str]]:
    return [{"action": action} | ({"group": group} if group else {}) for action, group in json.loads(said)]
