"""The tables, for SQLite and PostgreSQL alike (design: Store and engine).

Stamps in columns named `at`, `created`, `modified`, `..._at` are ISO 8601 UTC with
milliseconds and Z where people read them (resources, changes, attempts), and
seconds since the epoch as a float where the engine compares them (links, systems).
Days are ISO civil days in Asia/Shanghai (S9).
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

import scim_server.store.activity_tables
import scim_server.store.alert_tables
import scim_server.store.facts_tables
import scim_server.store.guard_tables
import scim_server.store.node_tables
import scim_server.store.plans_tables
import scim_server.store.register_tables
import scim_server.store.review_tables
import scim_server.store.sweep_tables
import scim_server.store.system_tables
import scim_server.store.trace_tables  # noqa: F401 - the tables there are of the same metadata
from scim_server.store.metadata import metadata


def _partial(name: str, where: Any, *columns: Column[Any], unique: bool = False) -> None:
    """An index of some rows only, on both databases."""
    Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


# One SCIM resource: the canonical JSON document, its indexed columns beside it.
# The document holds what the client said, without id, meta, groups and members, and of a user with facts
# what every reader may see by default; `kept` has the rest of it (S18). `active` is computed there (S8).
resources = Table(
    "resources",
    metadata,
    Column("id", Text, primary_key=True),  # UUID version 7: time-ordered, so inserts stay on the last page
    Column("type", Text, nullable=False),  # User | Group
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),  # userName or displayName, NFKC and case folded (S10)
    Column("external_id", Text),
    Column("active", Boolean),
    Column("manager", Text),  # the id of the manager's resource
    Column("parent", Text),  # the externalId of the parent department
    Column("version", Integer, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("folded", LargeBinary, nullable=False),  # JSON: every caseExact=false string of the document, folded
    Column("kept", LargeBinary),  # JSON: what is returned on request only; None: a plain user, or a Group
    Column("created", Text, nullable=False),
    Column("modified", Text, nullable=False),
)
_is_user = text("type = 'User'")
_partial("resources_user_name", _is_user, resources.c.name, unique=True)
Index("resources_name", resources.c.type, resources.c.name)
Index("resources_type", resources.c.type, resources.c.id)  # pages, in the order of the ids
Index("resources_external_id", resources.c.type, resources.c.external_id, unique=True)
_partial("resources_manager", resources.c.manager.is_not(None), resources.c.manager)
_partial("resources_parent", resources.c.parent.is_not(None), resources.c.parent)

# How many resources of a type there are: a page of 100,000 need not count them.
totals = Table(
    "totals",
    metadata,
    Column("type", Text, primary_key=True),
    Column("number", Integer, nullable=False),
)

# Values that one resource only may have, where the schema says so and no column of `resources` keeps them (S19).
uniques = Table(
    "uniques",
    metadata,
    Column("type", Text, nullable=False),
    Column("attribute", Text, nullable=False),  # in the standard's notation: urn:...:Group:organizationCode
    Column("value", Text, nullable=False),  # folded, unless the attribute is caseExact
    Column("resource_id", Text, nullable=False),
    PrimaryKeyConstraint("type", "attribute", "value"),
)
Index("uniques_resource", uniques.c.resource_id)

# A row a member, never an array to be rewritten.
members = Table(
    "members",
    metadata,
    Column("group_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("joined", Text, nullable=False),  # UUID version 7: the order of joining (S1)
    Column("derived", Boolean, nullable=False, server_default=false()),  # it follows from an assignment (S4)
    PrimaryKeyConstraint("group_id", "user_id"),
)
Index("members_user", members.c.user_id, members.c.joined)

# Who links belong to (S5): outlives the resource.
subjects = Table(
    "subjects",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # person | group
    Column("key", Text, nullable=False),  # externalId, else the SCIM id (S11)
    Column("title", Text, nullable=False),  # the name that reports show
    Column("resource_id", Text),  # None after DELETE
    Column("created_on", Text, nullable=False),
    Column("removed_on", Text),
    Column("facts_from", Text),  # the day from which the facts count, ALWAYS from the first; None: plain
    Column("marked", Boolean, nullable=False, server_default=false()),  # rows of `marks` or `letter_covers` name it
)
Index("subjects_key", subjects.c.key)

changes = Table(
    "changes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),  # name of the token, or of the local operator
    Column("action", Text, nullable=False),  # create | replace | patch | delete | members | settle
    Column("type", Text, nullable=False),
    Column("resource_id", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("active", Boolean),
    Column("before", LargeBinary),  # of a change: only the attributes that differ
    Column("after", LargeBinary),
    Column("request", Text),  # the correlation id of what asked for it: a request, a roll, a command
)
Index("changes_subject", changes.c.subject, changes.c.seq)
Index("changes_request", changes.c.request)
_of_departments = text("type = 'Group' AND action <> 'members'")
_partial("changes_departments", _of_departments, changes.c.seq)

# One row a (subject, system): desired and applied generation. A write bumps `desired`; that is the enqueue.
links = Table(
    "links",
    metadata,
    Column("subject", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("desired", Integer, nullable=False),
    Column("applied", Integer, nullable=False),
    Column("due", Double),  # None: nothing to do
    Column("state", Text, nullable=False),  # due | done | waiting | parked | held | gone
    Column("attempts", Integer, nullable=False),
    Column("owner", Text),
    Column("lease_until", Double),
    Column("epoch", Integer, nullable=False),
    Column("changed", Double),  # when the oldest change that is not applied yet was written
    Column("remote_id", Text),  # the system's own id, once read back
    Column("name", Text),  # the address as last read back (a DN)
    Column("presence", Text),  # as last read back after our own write
    Column("creating", Boolean, nullable=False),  # our own attempt to create it is on record (S12)
    Column("locking", Boolean, nullable=False),  # our own attempt to lock it is on record (S12)
    Column("fingerprint", Text),  # of what was last written
    Column("spell", Text),  # S6
    Column("incarnation", Integer, nullable=False),  # S22
    Column("private", Text),  # JSON that only the connector reads (S22)
    Column("blocker", Text),  # the subject that this one waits for
    Column("error", Text),  # why it is parked, waits or tries again: a sentence
    Column("finding", Text),  # what a person should know while nothing is wrong: locked-by-hand
    Column("hidden", Text),  # the digest of what was written last and cannot be read back
    Column("adopted", Boolean, nullable=False, server_default=false()),  # it was there before us (S13)
    Column("cause", Text),  # the correlation id of the newest change that woke it
    Column("batch", Text),  # what is due together with others counts as a whole (S23); None: it stands for itself
    Column("weighed", Boolean, nullable=False, server_default=false()),  # the batch waits for it no more
    Column("hold", Text),  # the approval that it is held for (S24)
    Column("held_as", Text),  # digests of its dangerous operations that are held
    Column("permit", Text),  # digests of its dangerous operations that may be sent: they have been counted or approved
    Column("department", Text),  # the top department among whose people it counts, as when it was settled last (S23)
    Column("read_back", Text),  # the digest of what was read back when it was settled: the sweep compares with it (S17)
    PrimaryKeyConstraint("system", "subject"),
)
_is_due = text("due IS NOT NULL")
_partial("links_due", _is_due, links.c.system, links.c.due)
_is_stuck = text("state IN ('parked', 'held')")
_partial("links_stuck", _is_stuck, links.c.system, links.c.state)
_is_moving = text("state IN ('due', 'waiting')")  # not by `due`: who is done may have a day to come there
_partial("links_moving", _is_moving, links.c.system, links.c.state)
Index("links_subject", links.c.subject)
_is_there = text("remote_id IS NOT NULL")
_partial("links_remote_id", _is_there, links.c.system, links.c.remote_id)
_is_unweighed = text("batch IS NOT NULL AND NOT weighed")
_partial("links_unweighed", _is_unweighed, links.c.system, links.c.batch)
_is_held = text("hold IS NOT NULL")
_partial("links_hold", _is_held, links.c.hold)
_is_somebody = text("remote_id IS NOT NULL AND kind = 'person'")  # whose number the limits of the guard are a share of
_partial("links_people", _is_somebody, links.c.system, links.c.department)
_is_blocked = text("blocker IS NOT NULL")
_partial("links_blocker", _is_blocked, links.c.blocker, links.c.system)

# A name in a system is one subject's until its removal was read back (S5).
names = Table(
    "names",
    metadata,
    Column("system", Text, nullable=False),
    Column("name", Text, nullable=False),  # folded
    Column("subject", Text, nullable=False),
    PrimaryKeyConstraint("system", "name"),
)
Index("names_subject", names.c.system, names.c.subject)

# One row an operation: written before the call, settled after it was read back.
attempts = Table(
    "attempts",
    metadata,
    Column("id", Text, primary_key=True),  # UUID version 7
    Column("at", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("group_key", Text),  # of a join or leave
    Column("before", LargeBinary),  # JSON
    Column("after", LargeBinary),  # JSON
    Column("article", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("changed_at", Text, nullable=False),  # when the roster changed
    Column("outcome", Text),  # None: under way; else a name of `attempts.OUTCOMES`
    Column("detail", Text),
    Column("settled_at", Text),  # of done: when it was read back
    Column("policy", Text),  # the fingerprint of the policy that asked for it (S21)
    Column("cause", Text),  # the correlation id of what asked for it; None: a difference that the system made
)
Index("attempts_subject", attempts.c.subject, attempts.c.id)
_is_open = text("outcome IS NULL OR outcome = 'pending'")
_partial("attempts_open", _is_open, attempts.c.system, attempts.c.subject)

# By which policy everybody was settled, one row each time that it changed (S21).
policies = Table(
    "policies",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("fingerprint", Text, nullable=False),
    Column("readings", Text, nullable=False),  # JSON: the settings that are in it
    Column("settled", Text, nullable=False),  # when everybody had been
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),  # hr | admin | auditor
    Column("hash", Text, nullable=False),  # SHA-256, hex
    Column("created", Text, nullable=False),
    Column("expires", Text),
    Column("revoked", Text),
    Column("user_id", Text),  # the User whom /Me means
    UniqueConstraint("hash"),
    UniqueConstraint("name"),
)

# Who looked at what of whom (S18).
looks = Table(
    "looks",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
)

# Secrets of this store's own, made at first use: what they seal must outlive a restart and be read by every node.
keys = Table(
    "keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

# How far the reader of the event feed has come.
feeds = Table(
    "feeds",
    metadata,
    Column("token", Text, primary_key=True),  # its name
    Column("acked", Integer, nullable=False),  # every event up to this `changes.seq` is acknowledged
    Column("apart", Text, nullable=False),  # JSON: those beyond it that are acknowledged too
)
