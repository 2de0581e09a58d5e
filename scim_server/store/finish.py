"""Finishing: a pass gives its rows back, and who rests on them is woken (S20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, case, exists, not_, update

from mappings.model import Ref
from scim_server.store.links import HELD, Claim, holder
from scim_server.store.logins import release
from scim_server.store.prepared import execute_many
from scim_server.store.tables import links
from scim_server.store.wakes import WAKE_REPORTS


@dataclass(frozen=True, slots=True)
class Finish:
    """What a pass leaves in its row.

    `due` is when to look again (seconds since the epoch; None: when something changes).
    `settled`: the account was read back as desired, so the generation is applied.
    `stirred`: its address or its existence has changed, so who rests on it is woken.
    `doubted`: a Group that was not found as its link says: its own row looks again.
    """

    claim: Claim
    state: str
    due: float | None
    settled: bool = False
    attempts: int = 0
    remote_id: str | None = None
    name: str | None = None
    presence: str | None = None
    creating: bool = False
    locking: bool = False
    fingerprint: str | None = None
    spell: str | None = None
    blocker: str | None = None
    error: str | None = None
    finding: str | None = None
    login: str | None = None
    stirred: bool = False
    doubted: Ref | None = None


_moved = links.c.desired > bindparam("seen")
_FINISH = (
    update(links)
    .where(HELD)
    .values(
        applied=case((bindparam("settled"), bindparam("seen")), else_=links.c.applied),
        due=case((_moved, bindparam("now")), else_=bindparam("next_due")),
        state=case((_moved, "due"), else_=bindparam("next_state")),
        changed=case((_moved, bindparam("now")), (bindparam("settled"), None), else_=links.c.changed),
        attempts=case((_moved, 0), else_=bindparam("tries")),
        owner=None,
        lease_until=None,
        remote_id=bindparam("new_remote_id"),
        name=bindparam("new_name"),
        presence=bindparam("new_presence"),
        creating=bindparam("is_creating"),
        locking=bindparam("is_locking"),
        fingerprint=bindparam("new_fingerprint"),
        spell=bindparam("new_spell"),
        blocker=case((_moved, None), else_=bindparam("waits_for")),
        error=case((_moved, None), else_=bindparam("why")),
        finding=bindparam("new_finding"),
    )
)
# a finish that lost its lease: whoever holds the row now looks once more
_LOST = (
    update(links)
    .where(
        links.c.system == bindparam("in_system"),
        links.c.subject == bindparam("of"),
        links.c.epoch != bindparam("seen_epoch"),
    )
    .values(desired=links.c.desired + 1, due=bindparam("now"), state="due")
)
_WAKE_WAITERS = (
    update(links)
    .where(links.c.blocker == bindparam("of"), links.c.system == bindparam("in_system"))
    .values(due=bindparam("now"))
)
_DOUBT = (
    update(links)
    .where(
        links.c.system == bindparam("in_system"),
        links.c.subject == bindparam("of"),
        links.c.state == "done",
        links.c.remote_id == bindparam("stale"),
    )
    .values(desired=links.c.desired + 1, due=bindparam("now"), state="due", attempts=0)
)
_blocker = links.alias("blocker")
_CLEARED = (
    update(links)
    .where(
        links.c.system == bindparam("in_system"),
        links.c.subject == bindparam("of"),
        links.c.blocker.is_not(None),
        not_(
            exists().where(
                _blocker.c.system == links.c.system,
                _blocker.c.subject == links.c.blocker,
                _blocker.c.state != "done",
                _blocker.c.state != "gone",
            )
        ),
    )
    .values(due=bindparam("now"))
)


def finish(connection: Connection, finishes: Sequence[Finish], now: float) -> None:
    """Gives the rows back, each with one statement, and wakes who rests on what has changed."""
    if not finishes:
        return
    given_back = execute_many(connection, _FINISH, [_finished(each, now) for each in finishes])
    if given_back != len(finishes):
        connection.execute(_LOST, [_where(each.claim, now) | {"seen_epoch": each.claim.epoch} for each in finishes])
    doubts = [_doubt(each.claim, each.doubted, now) for each in finishes if each.doubted]
    if doubts:
        connection.execute(_DOUBT, doubts)
    waiting = [_where(each.claim, now) for each in finishes if each.blocker]
    if waiting:  # the blocker may have finished between our reading and this transaction
        connection.execute(_CLEARED, waiting)
    firm = [each for each in finishes if each.stirred or each.settled]
    release(connection, [(each.claim.system, each.claim.subject, each.login) for each in firm])
    woken = [_where(each.claim, now) for each in firm]
    if woken:
        execute_many(connection, _WAKE_WAITERS, woken)
    people = [_where(each.claim, now) for each in finishes if each.stirred and each.claim.kind == "person"]
    if people:
        execute_many(connection, WAKE_REPORTS, people)


def _where(claim: Claim, now: float) -> dict[str, Any]:
    return {"in_system": claim.system, "of": claim.subject, "now": now}


def _doubt(claim: Claim, group: Ref, now: float) -> dict[str, Any]:
    return {"in_system": claim.system, "of": group.subject, "stale": group.remote_id, "now": now}


def _finished(each: Finish, now: float) -> dict[str, Any]:
    return holder(each.claim) | {
        "settled": each.settled,
        "seen": each.claim.desired,
        "now": now,
        "next_due": each.due,
        "next_state": each.state,
        "tries": each.attempts,
        "new_remote_id": each.remote_id,
        "new_name": each.name,
        "new_presence": each.presence,
        "is_creating": each.creating,
        "is_locking": each.locking,
        "new_fingerprint": each.fingerprint,
        "new_spell": each.spell,
        "waits_for": each.blocker,
        "why": each.error,
        "new_finding": each.finding,
    }
