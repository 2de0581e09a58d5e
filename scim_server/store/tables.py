"""The tables, for SQLite and PostgreSQL alike (design: Store and engine).

Stamps in columns named `at`, `created`, `modified`, `..._at` are ISO 8601 UTC with
milliseconds and Z where people read them (resources, changes, attempts), and
seconds since the epoch as a float where the engine compares them (links, systems).
Days are ISO civil days in Asia/Shanghai (S9).
"""

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

# One SCIM resource: the canonical JSON document, its indexed columns beside it.
# The document holds what the client said, without id, meta, groups and members.
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
    Column("created", Text, nullable=False),
    Column("modified", Text, nullable=False),
)
_is_user = text("type = 'User'")
Index("resources_user_name", resources.c.name, unique=True, sqlite_where=_is_user, postgresql_where=_is_user)
Index("resources_name", resources.c.type, resources.c.name)
Index("resources_type", resources.c.type, resources.c.id)  # pages, in the order of the ids
Index("resources_external_id", resources.c.type, resources.c.external_id, unique=True)
Index(
    "resources_manager",
    resources.c.manager,
    sqlite_where=resources.c.manager.is_not(None),
    postgresql_where=resources.c.manager.is_not(None),
)
Index(
    "resources_parent",
    resources.c.parent,
    sqlite_where=resources.c.parent.is_not(None),
    postgresql_where=resources.c.parent.is_not(None),
)

# A row a member, never an array to be rewritten.
members = Table(
    "members",
    metadata,
    Column("group_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("joined", Text, nullable=False),  # UUID version 7: the order of joining (S1)
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
)
Index("subjects_key", subjects.c.key)

changes = Table(
    "changes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),  # name of the token, or of the local operator
    Column("action", Text, nullable=False),  # create | replace | patch | delete | members
    Column("type", Text, nullable=False),
    Column("resource_id", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("active", Boolean),
    Column("before", LargeBinary),  # of a change: only the attributes that differ
    Column("after", LargeBinary),
)
Index("changes_subject", changes.c.subject, changes.c.seq)
_of_departments = text("type = 'Group' AND action <> 'members'")
Index("changes_departments", changes.c.seq, sqlite_where=_of_departments, postgresql_where=_of_departments)

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
    PrimaryKeyConstraint("system", "subject"),
)
_is_due = text("due IS NOT NULL")
Index("links_due", links.c.system, links.c.due, sqlite_where=_is_due, postgresql_where=_is_due)
_is_stuck = text("state IN ('parked', 'held')")
Index("links_stuck", links.c.system, links.c.state, sqlite_where=_is_stuck, postgresql_where=_is_stuck)
Index("links_subject", links.c.subject)
Index("links_remote_id", links.c.system, links.c.remote_id)
_is_blocked = text("blocker IS NOT NULL")
Index("links_blocker", links.c.blocker, links.c.system, sqlite_where=_is_blocked, postgresql_where=_is_blocked)

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
)
Index("attempts_subject", attempts.c.subject, attempts.c.id)
_is_open = text("outcome IS NULL")
Index("attempts_open", attempts.c.system, attempts.c.subject, sqlite_where=_is_open, postgresql_where=_is_open)

systems = Table(
    "systems",
    metadata,
    Column("name", Text, primary_key=True),
    Column("mode", Text),  # observe | enforce, once decided (S13)
    Column("failing_since", Double),  # the breaker is open
    Column("error", Text),
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
