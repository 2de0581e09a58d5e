"""How a letter goes out: a claim with a lease, the moment in which it leaves, what came of it.

`ready` or `unknown` with an owner: somebody is looking, nothing has left. `sending`: it may have left. Whoever held
that and is gone leaves a letter `unknown`: it is looked up before anything is sent again, and not before a while.
Functions on the writer's connection; moments are seconds since the epoch.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from scim_server.store.register import DELIVERED, FOREVER, HAND, READY, SENDING, UNKNOWN, VOID
from scim_server.store.register_tables import register

CUT_OFF = "发送者在等候回答时中断，须先在所用系统中核对"
_IDLE = {"owner": None, "lease_until": None}


def _free(now: float) -> ColumnElement[bool]:
    return or_(register.c.lease_until.is_(None), register.c.lease_until <= now)


def _waiting(now: float, channel: str) -> ColumnElement[bool]:
    """What was sent by another channel is looked up there, by a person."""
    there = or_(register.c.state == READY, and_(register.c.state == UNKNOWN, register.c.channel == channel))
    ripe = or_(register.c.not_before.is_(None), register.c.not_before <= now)
    return and_(register.c.state.in_((READY, UNKNOWN)), there, ripe, _free(now))


def is_due(connection: Connection, channel: str, now: float) -> bool:
    """Whether there is anything to deliver, or to give up. One read by an index."""
    cut_off = and_(register.c.state == SENDING, _free(now))
    return connection.scalar(select(1).where(or_(_waiting(now, channel), cut_off)).limit(1)) is not None


def give_up(connection: Connection, now: float, patience: float) -> list[str]:
    """Letters whose sender is gone are `unknown`, and left alone for a while; returns their numbers.

    The while runs from now, when it was noticed: a clock that was set ahead has ended the lease of one who still sends.
    """
    gone = register.c.state == SENDING, _free(now)
    values = _IDLE | {"state": UNKNOWN, "not_before": now + patience, "error": CUT_OFF}
    found = update(register).where(*gone).values(values).returning(register.c.doc_number)
    return list(connection.scalars(found))


def claim(
    connection: Connection, now: float, owner: str, lease: float, channel: str, passed: Sequence[str] = ()
) -> Any | None:
    """The oldest letter that may be tried now, for that owner alone; None where there is none. `passed`: ids."""
    wanted = select(register.c.id).where(_waiting(now, channel), register.c.id.not_in(passed))
    one = wanted.order_by(register.c.created, register.c.id).limit(1).with_for_update(skip_locked=True).cte("next")
    taken = {"owner": owner, "lease_until": now + lease, "attempts": register.c.attempts + 1}
    mine = update(register).where(register.c.id.in_(select(one.c.id))).values(taken)
    return connection.execute(mine.returning(register)).first()


def leave(connection: Connection, id: str, owner: str, now: float, lease: float, channel: str, content: bytes) -> bool:
    """Puts on record that it leaves now, and what it says; false where it is no longer that owner's: it must not."""
    mine = register.c.id == id, register.c.owner == owner, register.c.lease_until > now
    leaving = {"state": SENDING, "lease_until": now + lease, "channel": channel, "error": None, "content": content}
    waiting = register.c.state.in_((READY, UNKNOWN))
    return connection.execute(update(register).where(*mine, waiting).values(leaving)).rowcount == 1


def arrived(connection: Connection, row: Any, values: dict[str, Any]) -> bool:
    """It is delivered, whoever held it; false where that is on record, or it is void."""
    there = register.c.id == row.id, register.c.state.in_((READY, SENDING, UNKNOWN))
    now = _IDLE | {"state": DELIVERED, "not_before": None, "error": None} | values
    return connection.execute(update(register).where(*there).values(now)).rowcount == 1


def note_void_arrived(connection: Connection, id: str, error: str) -> None:
    """A letter that was void meanwhile has come all the same: that stands beside it."""
    connection.execute(update(register).where(register.c.id == id, register.c.state == VOID).values(error=error))


def put_off(connection: Connection, id: str, owner: str, error: str, until: float, state: str | None = None) -> bool:
    """To be tried again, or FOREVER; false where the owner has lost it. `state`: None: what it was."""
    values: dict[str, Any] = _IDLE | {"not_before": until, "error": error}
    values |= {} if state is None else {"state": state}
    mine = register.c.id == id, register.c.owner == owner, register.c.state.in_((READY, SENDING, UNKNOWN))
    return connection.execute(update(register).where(*mine).values(values)).rowcount == 1


def rest(connection: Connection, channel: str, now: float, until: float) -> None:
    """The channel does not answer: nothing of it is tried until then."""
    connection.execute(update(register).where(_waiting(now, channel)).values(not_before=until))


def saved(connection: Connection, id: str, owner: str, content: bytes) -> bool:
    """Its document lies in the folder; a person brings it, and says when."""
    values: dict[str, Any] = _IDLE | {"channel": HAND, "not_before": FOREVER, "error": None, "content": content}
    mine = register.c.id == id, register.c.owner == owner, register.c.state == READY
    return connection.execute(update(register).where(*mine).values(values)).rowcount == 1


def again(connection: Connection, id: str) -> bool:
    """A person has seen to what stood in the way: it may be tried now."""
    waiting = register.c.id == id, register.c.state.in_((READY, UNKNOWN)), register.c.owner.is_(None)
    return connection.execute(update(register).where(*waiting).values(not_before=None, error=None)).rowcount == 1
