"""Erasing a person (S26): the key goes, and with it everything that was sealed; what lay open is blanked.

What is left is that somebody was made, changed and removed, when, why and by which article: reports still count, and
the chain still verifies. Only somebody who has left the roster and of whom no system shows anything may be erased.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, Select, Table, delete, select, update

from scim_server.clock import stamp
from scim_server.store import register_erasure, trace
from scim_server.store.activity_tables import activity, activity_never
from scim_server.store.facts_tables import letter_covers, marks, posts, reserved, standings
from scim_server.store.guard_tables import approval_rows
from scim_server.store.plans_tables import plan_rows
from scim_server.store.register_tables import register_people
from scim_server.store.review_tables import cases, return_cases
from scim_server.store.system_tables import slips
from scim_server.store.tables import attempts, changes, links, members, names, subjects, uniques
from scim_server.store.trace_tables import subject_keys

TITLE = "已抹除"
"""What reports call an erased person."""

OWN = (
    links,
    names,
    slips,
    marks,
    letter_covers,
    standings,
    posts,
    reserved,
    subject_keys,
    activity,
    activity_never,
    register_people,
    return_cases,
)
"""Rows of a subject that go as a whole. With `reserved` ends a login's "for ever" (S5): nothing names it now."""

NOBODYS = frozenset(
    {
        "resources",  # the person's is gone: that is asked first
        "trace",  # sealed under the key that goes
        "looks",  # who looked at whom, by the subject's number
        "disowned",  # accounts of which nobody knows whose they are
        "activity_strangers",
        "activity_imports",
        "activity_watched",
        "letters",
        "letter_series",
        "keys",
        "tokens",
        "policies",
        "rolls",
        "feeds",
        "totals",
        "systems",
        "pace",
        "seals",
        "seal_lots",
        "trace_begin",
        # by the subject's number, without a value
        "approvals",
        "drift",
        "guard_counted",
        "guard_locks",
        "guard_open",
        "guard_weighings",
        "sweeps",
        "review_accounts",
        # about the house, or a plan of which only rows name somebody
        "alerts",
        "reviews",
        "review_strangers",  # nobody's accounts
        "plans",
        "pushes",
        "schedule",
        "transfers",
    }
)
"""Tables that hold nothing personal of a subject."""

_UNDER_WAY = attempts.c.outcome.is_(None) | (attempts.c.outcome == "pending")


class NotErasable(Exception):
    """The person may not be erased. The argument is a sentence."""


def erase(connection: Connection, key: str, by: str, now: float) -> int:
    """Erases whoever bore that externalId, or had that SCIM id; returns how many attempts were blanked.

    To be run in the writer, in one transaction. Raises NotErasable.
    """
    wanted = _subjects(connection, key)
    _demand_gone(connection, wanted)
    blanked = 0
    for subject in wanted:
        ids = set(connection.scalars(select(changes.c.resource_id).where(changes.c.subject == subject)))
        for table, column in ((uniques, uniques.c.resource_id), (members, members.c.user_id)):
            connection.execute(delete(table).where(column.in_(ids)))
        register_erasure.erase(connection, subject, TITLE)  # by whom it names, which goes next
        for table in OWN:
            connection.execute(delete(table).where(table.c.subject == subject))
        blanked += _blank(connection, subject)
        trace.erased(connection, subject, by, stamp(now))
    connection.execute(delete(plan_rows).where(plan_rows.c.key == key))
    return blanked


def _subjects(connection: Connection, key: str) -> list[str]:
    of = select(subjects.c.subject).where(
        subjects.c.kind == "person", (subjects.c.key == key) | (subjects.c.resource_id == key)
    )
    found = list(connection.scalars(of.order_by(subjects.c.subject)))
    if not found:
        raise NotErasable(f"名册中从未有过 {key}，或已抹除")
    return found


def _demand_gone(connection: Connection, wanted: Sequence[str]) -> None:
    if connection.scalar(_some(subjects, wanted).where(subjects.c.resource_id.is_not(None))):
        raise NotErasable("仍在名册中：先由人事系统删除（DELETE），待各系统注销并读回后再抹除")
    there = select(links.c.system, links.c.state).where(links.c.subject.in_(wanted), links.c.state != "gone")
    rest = connection.execute(there.order_by(links.c.system)).first()
    if rest is not None:
        raise NotErasable(f"{rest.system} 的账号尚未读回为已注销（现为 {rest.state}）")
    left = select(links.c.system).where(links.c.subject.in_(wanted), links.c.finding.is_not(None))
    system = connection.scalar(left)
    if system is not None:
        raise NotErasable(f"{system} 仍有待清除的残余资料：清除后以 huaming leftover done 记录")
    if connection.scalar(_some(attempts, wanted).where(_UNDER_WAY)):
        raise NotErasable("仍有未了结的操作")


def _some(table: Table, wanted: Sequence[str]) -> Select[tuple[str]]:
    return select(table.c.subject).where(table.c.subject.in_(wanted)).limit(1)


def _blank(connection: Connection, subject: str) -> int:
    """What lies open; the trace itself is not touched."""
    nothing = {"before": None, "after": None}
    connection.execute(update(changes).where(changes.c.subject == subject).values(nothing))
    said = {"reason": None, "left_on": None, "departure": None}  # that the account was asked about stays counted
    connection.execute(update(cases).where(cases.c.subject == subject).values(said))
    digests = update(approval_rows).where(approval_rows.c.subject == subject)
    connection.execute(digests.values(held_as="", wanted=""))  # of values that could be guessed
    named = {"key": subject, "title": TITLE, "marked": False, "facts_from": None}
    connection.execute(update(subjects).where(subjects.c.subject == subject).values(named))
    mine = update(attempts).where(attempts.c.subject == subject)
    connection.execute(mine.where(attempts.c.action == "adopt").values(reason=TITLE))  # it names the account
    return connection.execute(mine.values(nothing | {"key": subject, "detail": None})).rowcount
