"""Writes of people with facts, each one function in the writer that ends in a settlement (S1-S5, S8).

They may be run twice by the writer, so nothing outside the transaction is changed. What is computed belongs to the
version that the write makes; one change is put on record for both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select, text, update

from scim_server.clock import civil_day, stamp
from scim_server.scim.fact_checks import departments_named
from scim_server.scim.folded import folded
from scim_server.scim.kept import split
from scim_server.scim.schemas import load
from scim_server.scim.unsaid import keep_unsaid
from scim_server.scim.urns import ROSTER_USER
from scim_server.store import edits, marks
from scim_server.store.facts_tables import ALWAYS, reserved
from scim_server.store.in_force import in_force
from scim_server.store.kept import extension, whole, with_active, with_required
from scim_server.store.people import last_documents
from scim_server.store.resources import Draft, Fixed, Stored, Taken, Unfit
from scim_server.store.returning import departed, rulings_go_on
from scim_server.store.rows import read_one
from scim_server.store.settle import Rules, settle
from scim_server.store.situations import read_situations
from scim_server.store.tables import links, members, resources, subjects
from scim_server.store.tree import read_branches
from scim_server.store.wakes import WAKE, woken
from scim_server.store.writer import run_steps

_RESERVE = text("INSERT INTO reserved (name, subject) VALUES (:name, :subject) ON CONFLICT DO NOTHING")
_HOLDER = select(reserved.c.subject).where(reserved.c.name == bindparam("name"))
_FACTS_FROM = update(subjects).where(subjects.c.subject == bindparam("of")).values(facts_from=bindparam("day"))
_BACK = (
    update(subjects)
    .where(subjects.c.subject == bindparam("of"))
    .values(resource_id=bindparam("id"), removed_on=None, title=bindparam("named"))
)


@dataclass(frozen=True, slots=True)
class Act:
    """Who writes, when (seconds since the epoch), under which readings; `systems`: where people get an account."""

    actor: str
    now: float
    rules: Rules
    systems: Sequence[str] = ()

    @property
    def day(self) -> str:
        """The ISO day in Asia/Shanghai."""
        return civil_day(self.now)

    @property
    def at(self) -> str:
        """The same instant as a stamp."""
        return stamp(self.now)

    def settle(self, connection: Connection, wanted: Sequence[str], under_way: Sequence[str] = ()) -> None:
        """Settles these subjects for the day of the write."""
        settle(connection, wanted, self.day, self.now, self.actor, self.rules, under_way)


def is_reserved(connection: Connection, name: str, subject: str) -> bool:
    """Whether the folded login belongs for ever to somebody with facts, other than that subject (S5)."""
    return connection.scalar(_HOLDER, {"name": name}) not in (None, subject)


# -- POST


def create_person(connection: Connection, draft: Draft, act: Act, id: str) -> Stored:
    """A new person with facts, or one who was deleted, on the same subject (S5). Raises Taken, Unfit, Mutability."""
    before = departed(connection, draft.external_id)
    last = {} if before is None else orjson.loads(last_documents(connection, [before])[before])
    draft = draft if before is None else _resumed(draft, last)
    subject = before or id
    _demand_facts(connection, draft, last, subject)
    run_steps(connection, edits.arrival(_unsettled(draft, active=False), act.now, id, subject))
    if before is None:
        run_steps(connection, edits.first_subject(draft, act.systems, act.now, id))
        connection.execute(_FACTS_FROM, {"of": subject, "day": ALWAYS})
        rulings_go_on(connection, draft.external_id, subject)
    else:
        _resume(connection, draft, act, id, subject)
    act.settle(connection, [subject], [subject])
    made = read_one(connection, id)
    if draft.said is not None and draft.said is not made.active:
        _note_active(connection, subject, act, locked=not draft.said)
        act.settle(connection, [subject], [subject])
        made = read_one(connection, id)
    after = orjson.dumps(whole(made.document, made.kept))
    run_steps(connection, [edits.recorded(made, "create", act.actor, act.at, after=after)])
    connection.execute(WAKE, woken(subject, act.now))
    return made


def _resumed(draft: Draft, last: Mapping[str, Any]) -> Draft:
    """The document is the roster again, under the rules of PUT (S2). Raises Mutability for a lock left out."""
    person = load(roster_extension=True).user
    given = whole(draft.document, draft.kept)
    facts = given.get(ROSTER_USER)
    said = draft.said if draft.facts else (None if draft.active else False)
    old = last[ROSTER_USER]
    given[ROSTER_USER] = old if facts is None else keep_unsaid(person.attributes[ROSTER_USER], facts, old)
    shown, kept = split(given)
    shown["schemas"] = [*dict.fromkeys((*shown["schemas"], ROSTER_USER))]
    return replace(
        draft,
        document=orjson.dumps(shown),
        folded=orjson.dumps(folded(person, shown)),
        kept=orjson.dumps(kept),
        facts=True,
        said=said,
    )


def _resume(connection: Connection, draft: Draft, act: Act, id: str, subject: str) -> None:
    """The departure that the deletion was ends on the day before; rulings go on."""
    marks.end_deleted(connection, subject, act.day)
    connection.execute(_BACK, {"of": subject, "id": id, "named": draft.title})
    there = set(connection.scalars(select(links.c.system).where(links.c.subject == subject)))
    new = [system for system in act.systems if system not in there]
    run_steps(connection, edits.linked(draft.type, subject, new, act.now))


# -- PUT, PATCH


def replace_person(connection: Connection, stored: Stored, draft: Draft, act: Act, action: str) -> Stored:
    """The next version of somebody with facts, or of a plain user who is given them. Raises Missed, Taken, Fixed,
    Unfit. What says nothing new is no version."""
    if stored.facts and not draft.facts:
        raise Fixed("The facts of a User stay: the roster's extension cannot be removed.")
    if stored.facts and stored.external_id != draft.external_id:
        raise Fixed("externalId of a User with facts is immutable.")
    before = whole(stored.document, stored.kept)
    _demand_facts(connection, draft, before, stored.subject)
    draft = _unsettled(draft, stored.active, stored.kept)
    says = _statement(stored, draft)
    if stored.facts and says is not None and not _is_news(connection, stored.subject, says, act):
        says = None
    if says is None and draft.document == stored.document and draft.kept == stored.kept:
        return stored
    run_steps(connection, edits.next_version(stored, draft, act.now))
    if not stored.facts:
        _give_facts(connection, stored, act)
    if says is not None:
        _note_active(connection, stored.subject, act, locked=says)
    act.settle(connection, [stored.subject], [stored.subject])
    made = read_one(connection, stored.id)
    old, new = edits.difference(orjson.dumps(before), orjson.dumps(whole(made.document, made.kept)))
    run_steps(connection, [edits.recorded(made, action, act.actor, act.at, before=old, after=new)])
    return made


def _statement(stored: Stored, draft: Draft) -> bool | None:
    """True: the bare lock is set; False: it is lifted; None: nothing is said of it (S3)."""
    if not stored.facts:  # an `active: false` goes on as the bare lock (S1)
        active = stored.active if draft.said is None else draft.said
        return True if active is False else None
    if draft.said is None or (draft.said == stored.active and not draft.named):
        return None
    return not draft.said


def _is_news(connection: Connection, subject: str, locked: bool, act: Act) -> bool:
    """Whether a bare lock is to be set that is not in force, or one to be lifted that is open.

    An open one of somebody who has left counts too: a departure that is taken back would bring it back.
    """
    read = read_situations(connection, [subject])
    locks = [each for seen in read.situations for each in seen.person.marks.bare_locks]
    if not locked:
        return any(each.end is None for each in locks)
    org, readings = read.branches.org, act.rules.readings
    return not any(in_force(seen, locks, act.day, org, readings) for seen in read.situations)


def _note_active(connection: Connection, subject: str, act: Act, *, locked: bool) -> None:
    if locked:
        marks.set_bare_lock(connection, subject, act.day)
    else:
        marks.lift_bare_lock(connection, subject, act.day)


def _give_facts(connection: Connection, stored: Stored, act: Act) -> None:
    """From today the policy decides; memberships in departments go on as added members (S1)."""
    connection.execute(_FACTS_FROM, {"of": stored.subject, "day": act.day})
    joined = (
        select(resources.c.id, resources.c.external_id)
        .join(members, members.c.group_id == resources.c.id)
        .where(members.c.user_id == stored.id)
        .order_by(members.c.joined)
    )
    keys = {row.external_id: row.id for row in connection.execute(joined)}
    for key in read_branches(connection, [key for key in keys if key]).ids:
        if key in keys:
            marks.add_member(connection, stored.subject, key, act.day)


# -- DELETE


def delete_person(connection: Connection, stored: Stored, act: Act) -> None:
    """A departure of today; the subject and the last document stay (S5). Raises Missed."""
    marks.set_deleted(connection, stored.subject, act.day)
    last = replace(stored, document=orjson.dumps(whole(stored.document, stored.kept)))
    edits.delete_resource(connection, last, act.actor, act.now)
    act.settle(connection, [stored.subject])


# -- what all of them demand


def _demand_facts(connection: Connection, draft: Draft, before: Mapping[str, Any], subject: str) -> None:
    """The key is there, departments named anew exist, and the login is free for this subject."""
    if draft.external_id is None:
        raise Unfit("externalId is required of a User with facts: it is the roster's number of the person.")
    named = whole(draft.document, draft.kept)[ROSTER_USER]
    known = {code for _, code in departments_named(before.get(ROSTER_USER, {}))}
    new = [(attribute, code) for attribute, code in departments_named(named) if code not in known]
    there = read_branches(connection, {code for _, code in new}).ids if new else {}
    for attribute, code in new:
        if code not in there:
            raise Unfit(f"assignments.{attribute}: there is no department {code[:64]}.")
    connection.execute(_RESERVE, {"name": draft.name, "subject": subject})
    if connection.scalar(_HOLDER, {"name": draft.name}) != subject:
        raise Taken("userName")


def _unsettled(draft: Draft, active: bool | None, kept: bytes | None = None) -> Draft:
    """As it is until the policy has been asked: with the computed values of before."""
    required = None if kept is None else extension(kept).get("requiredStates")
    return replace(
        draft, active=active, document=with_active(draft.document, active), kept=with_required(draft.kept, required)
    )
