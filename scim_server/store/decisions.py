"""What a named person decides of held rows (S24): approve, reject, release one; and what a day without a word does.

Of two that decide at once one wins. Whoever caused the hold does not decide it.
"""

import json
import re
from collections.abc import Iterable

from sqlalchemy import Connection, null, select, update

from scim_server.clock import stamp
from scim_server.store import approvals as store
from scim_server.store import trace
from scim_server.store.approval_lists import summary
from scim_server.store.batches import waiting_room
from scim_server.store.guard import lock
from scim_server.store.guard_tables import approval_rows, approvals
from scim_server.store.tables import changes, links

_APPLIED = re.compile(r"apply (.+) [0-9a-f]{12}")  # the token by which `huaming apply --with` pushes for somebody


class NoSuchApproval(Exception):
    """There is none of that id. The argument is the id."""


class NotOpen(Exception):
    """It has been decided, or nothing is left of it. The arguments are the id and its state."""


class OtherDigest(Exception):
    """Other rows stand in it than the person has seen. The argument is the digest that it has now."""


class IsCause(Exception):
    """The name has caused the hold. The argument is the name."""


class NotHeld(Exception):
    """Nothing dangerous of that person waits in that system."""


def approve(connection: Connection, id: str, by: str, now: float, seen: str | None = None) -> dict[str, str]:
    """All its rows may be sent. Returns `{"id", "state"}`: of an expired one the id is that of its successor.

    `seen`: the digest that the person has looked at. Raises NoSuchApproval, NotOpen, OtherDigest, IsCause.
    """
    following = _expired(connection, id, by, now, seen)
    if following is not None:
        return {"id": following, "state": store.EXPIRED}
    _decide(connection, id, store.APPROVED, by, None, now)
    trace.note(connection, "approval", by, f"批准 {id}", at=stamp(now))
    mine = update(links).where(links.c.hold == id)
    again = {"due": now, "state": "due", "attempts": 0, "error": None, "desired": links.c.desired + 1}
    connection.execute(mine.values(permit=links.c.held_as, hold=None, held_as=None, **again))
    return {"id": id, "state": store.APPROVED}


def reject(connection: Connection, id: str, by: str, reason: str | None, now: float) -> dict[str, str]:
    """Nothing of it is sent until something else is desired. Returns what `approve` returns.

    Raises NoSuchApproval, NotOpen, IsCause.
    """
    following = _expired(connection, id, by, now, None)
    if following is not None:
        return {"id": following, "state": store.EXPIRED}
    _decide(connection, id, store.REJECTED, by, reason, now)
    trace.note(connection, "approval", by, f"驳回 {id}", at=stamp(now))
    held = links.c.hold == id, links.c.state == "held"
    connection.execute(update(links).where(*held).values(error=store.REFUSED.format(id=id)))
    return {"id": id, "state": store.REJECTED}


def release(connection: Connection, system: str, subject: str, by: str, now: float) -> str:
    """One row may be sent, and is not counted. Returns the id that has it on record. Raises NotHeld, IsCause."""
    lock(connection, system)
    mine = links.c.system == system, links.c.subject == subject
    link = connection.execute(select(links.c.hold, links.c.batch).where(*mine)).first()
    where = None if link is None else link.hold or waiting_room(system, link.batch or "")
    held = approval_rows.c.approval == where, approval_rows.c.subject == subject
    row = connection.execute(select(approval_rows).where(*held)).first()
    if where is None or row is None:
        raise NotHeld
    _demand_other(connection, where, by, [subject])
    store.leave(connection, system, [(subject, where)])
    done = {"state": store.RELEASED, "decided": now, "by": by}
    id = store.new(connection, system, None, now, **done)
    connection.execute(approval_rows.insert(), dict(row._mapping) | {"approval": id})
    trace.note(connection, "release", by, f"{system} 放行 {id}", subject, at=stamp(now))
    again = {"due": now, "state": "due", "attempts": 0, "error": None, "desired": links.c.desired + 1}
    connection.execute(update(links).where(*mine).values(permit=row.held_as, **again))
    return id


def renew(connection: Connection, now: float) -> int:
    """Whatever nobody has decided for a day expires; its rows stay held, for a new approval. Returns how many did."""
    late = select(approvals.c.id, approvals.c.system, approvals.c.batch)
    found = connection.execute(late.where(approvals.c.state == store.OPEN, approvals.c.expires <= now)).all()
    for system in sorted({row.system for row in found}):
        lock(connection, system)
    for id, system, batch in found:
        _renew(connection, id, system, batch, now)
    return len(found)


def _renew(connection: Connection, id: str, system: str, batch: str | None, now: float) -> None:
    frozen = json.dumps(summary(connection, id))
    ended = update(approvals).where(approvals.c.id == id, approvals.c.state == store.OPEN)
    if not connection.execute(ended.values(state=store.EXPIRED, decided=now, summary=frozen)).rowcount:
        return
    following = store.new(connection, system, batch, now, follows=id)
    rows = update(approval_rows).where(approval_rows.c.approval == id)
    connection.execute(rows.values(approval=following))
    held = update(links).where(links.c.hold == id)
    connection.execute(held.values(hold=following, error=store.HELD_FOR.format(id=following)))


def _expired(connection: Connection, id: str, by: str, now: float, seen: str | None) -> str | None:
    """Behind the lock: the id of its successor, if it has expired. Raises what a decision raises."""
    system = connection.scalar(select(approvals.c.system).where(approvals.c.id == id))
    if system is None:
        raise NoSuchApproval(id)
    lock(connection, system)
    row = connection.execute(select(approvals.c.state, approvals.c.expires).where(approvals.c.id == id)).one()
    if row.state != store.OPEN:
        raise NotOpen(id, row.state)
    if row.expires <= now:
        renew(connection, now)
        return str(connection.scalar(select(approvals.c.id).where(approvals.c.follows == id)))
    if seen is not None and not _same(seen, summary(connection, id)["digest"]):
        raise OtherDigest(summary(connection, id)["digest"])
    _demand_other(connection, id, by)
    return None


def _same(seen: str, digest: str) -> bool:
    """Eight of its characters are enough to say which."""
    return len(seen) >= 8 and digest.startswith(seen.casefold())


def _decide(connection: Connection, id: str, state: str, by: str, reason: str | None, now: float) -> None:
    still = update(approvals).where(approvals.c.id == id, approvals.c.state == store.OPEN)
    if not connection.execute(still.values(state=state, by=by, reason=reason, decided=now)).rowcount:
        raise NotOpen(id, state)


def _demand_other(connection: Connection, approval: str, by: str, subjects: Iterable[str] = ()) -> None:
    if by.strip().casefold() in {each.strip().casefold() for each in causes(connection, approval, subjects)}:
        raise IsCause(by)


def causes(connection: Connection, approval: str, subjects: Iterable[str] = ()) -> set[str]:
    """Who wrote what the rows rest on: by the request that woke them, and by the changes of each that are not applied.

    `subjects`: of these rows only. Whoever has applied a file of requests has written them.
    """
    mine = [approval_rows.c.approval == approval]
    if subjects:
        mine.append(approval_rows.c.subject.in_(list(subjects)))
    asked = select(approval_rows.c.cause).where(*mine, approval_rows.c.cause.is_not(None)).distinct()
    by_request = select(changes.c.actor).where(changes.c.request.in_(asked)).distinct()
    first = connection.scalar(select(approval_rows.c.changed).where(*mine).order_by(approval_rows.c.changed).limit(1))
    found = set(connection.scalars(by_request))
    if first is not None:
        theirs = select(approval_rows.c.subject).where(*mine, approval_rows.c.changed.is_not(null()))
        since = changes.c.subject.in_(theirs), changes.c.at >= stamp(first)
        found |= set(connection.scalars(select(changes.c.actor).where(*since).distinct()))
    return set(map(person_of, found))


def person_of(actor: str) -> str:
    """The person behind the name of a token that was made for one application of a plan; any other as it is."""
    applied = _APPLIED.fullmatch(actor)
    return applied[1] if applied else actor
