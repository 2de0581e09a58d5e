"""Finishing: a pass gives its rows back, and who rests on them is woken (S20)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Boolean, Connection, bindparam, case, exists, not_, or_, select, update

from mappings.model import Ref
from scim_server.store.approvals import leave
from scim_server.store.guard import lock
from scim_server.store.links import HELD, Claim, holder
from scim_server.store.logins import release
from scim_server.store.prepared import execute_many, fetch, listed
from scim_server.store.tables import links, resources, subjects
from scim_server.store.wakes import WAKE_REPORTS, woken


@dataclass(frozen=True, slots=True)
class Finish:
    """What a pass leaves in its row.

    `due` is when to look again (seconds since the epoch; None: when something changes).
    `settled`: the account was read back as desired, so the generation is applied.
    `stirred`: its address or its existence has changed, so who rests on it is woken.
    `doubted`: a Group that was not found as its link says: its own row looks again.
    `weighed`: it was looked at, so its batch waits for it no more (S23). `unmarked`: it is settled, so nothing of it is
    held or permitted any longer. `department`: among whose people it counts.
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
    private: str | None = None
    hidden: str | None = None
    blocker: str | None = None
    error: str | None = None
    finding: str | None = None
    login: str | None = None
    read_back: str | None = None
    stirred: bool = False
    doubted: Ref | None = None
    weighed: bool = False
    unmarked: bool = False
    department: str | None = None


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
        # whoever lost the row meanwhile may have said that a lock of ours came late: this pass knew nothing of it
        locking=case(
            (_moved, or_(links.c.locking, bindparam("is_locking", type_=Boolean))), else_=bindparam("is_locking")
        ),
        fingerprint=bindparam("new_fingerprint"),
        spell=bindparam("new_spell"),
        private=bindparam("new_private"),
        hidden=bindparam("new_hidden"),
        blocker=case((_moved, None), else_=bindparam("waits_for")),
        error=case((_moved, None), else_=bindparam("why")),
        finding=bindparam("new_finding"),
        batch=case((_moved, links.c.batch), (bindparam("settled"), None), else_=links.c.batch),
        weighed=case((_moved, links.c.weighed), else_=bindparam("was_weighed")),
        department=bindparam("new_department"),
        read_back=bindparam("as_read_back"),
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
    .values(
        desired=links.c.desired + 1,
        due=bindparam("now"),
        state="due",
        locking=or_(links.c.locking, bindparam("may_have_locked", type_=Boolean)),
    )
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


_CHIEFS = select(subjects.c.subject).where(
    subjects.c.subject.in_(listed("ids")), exists().where(resources.c.manager == subjects.c.resource_id)
)


def finish(
    connection: Connection, finishes: Sequence[Finish], now: float, locks: Collection[str] = frozenset()
) -> None:
    """Gives the rows back, each with one statement, and wakes who rests on what has changed.

    `locks`: as `look_again`.
    """
    if not finishes:
        return
    unmarked = [(each.claim.subject, each.claim.hold) for each in finishes if each.unmarked]
    if unmarked:
        lock(connection, finishes[0].claim.system)
        leave(connection, finishes[0].claim.system, unmarked)
    given_back = execute_many(connection, _FINISH, [_finished(each, now) for each in finishes])
    if given_back != len(finishes):
        look_again(connection, [each.claim for each in finishes], now, locks)
        finishes = _given_back(connection, finishes)  # what a lost lease has seen frees no name and wakes nobody
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
    people = [each.claim for each in finishes if each.stirred and each.claim.kind == "person"]
    if people:
        execute_many(connection, WAKE_REPORTS, [_resting(each, now) for each in _chiefs(connection, people)])


def _given_back(connection: Connection, finishes: Sequence[Finish]) -> list[Finish]:
    """Those whose row was still theirs."""
    mine = links.c.system == finishes[0].claim.system, links.c.subject.in_([each.claim.subject for each in finishes])
    epochs = {
        (row.subject, row.epoch) for row in connection.execute(select(links.c.subject, links.c.epoch).where(*mine))
    }
    return [each for each in finishes if (each.claim.subject, each.claim.epoch) in epochs]


def look_again(
    connection: Connection, claims: Sequence[Claim], now: float, locks: Collection[str] = frozenset()
) -> None:
    """Of these claims some were lost: what was sent for them may have come late, and whoever has them looks again.

    `locks`: subjects for whom a lock was sent; one that is found there is ours, and nobody's hand's (S12).
    """
    lost = [{"seen_epoch": each.epoch, "may_have_locked": each.subject in locks} for each in claims]
    execute_many(connection, _LOST, [_where(each, now) | more for each, more in zip(claims, lost, strict=True)])


def _chiefs(connection: Connection, people: Sequence[Claim]) -> list[Claim]:
    """Those who are somebody's manager: few, and asked for at once, for a statement for each costs all of them."""
    rows = fetch(connection, _CHIEFS, ids=orjson.dumps([each.subject for each in people]))
    found = {subject for (subject,) in rows}
    return [each for each in people if each.subject in found]


def _resting(claim: Claim, now: float) -> dict[str, Any]:
    return woken(claim.subject, now, in_system=claim.system)


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
        "new_private": each.private,
        "new_hidden": each.hidden,
        "waits_for": each.blocker,
        "why": each.error,
        "new_finding": each.finding,
        "was_weighed": each.weighed,
        "new_department": each.department,
        "as_read_back": each.read_back,
    }
