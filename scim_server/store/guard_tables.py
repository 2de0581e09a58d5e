"""The tables of the guard (S23) and of approvals (S24). Instants are seconds since the epoch."""

from sqlalchemy import Boolean, Column, Double, Index, Integer, PrimaryKeyConstraint, Table, Text, false, text

from scim_server.store.metadata import metadata

# One row a system: whoever judges what may be sent there holds it until the end of the transaction.
guard_locks = Table(
    "guard_locks",
    metadata,
    Column("system", Text, primary_key=True),
)

# Who had something dangerous sent in a system, and when last: the sliding hour is counted here.
guard_counted = Table(
    "guard_counted",
    metadata,
    Column("system", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("department", Text),  # the key of the top department; None: counts in the system alone
    Column("at", Double, nullable=False),
    Column("urgent", Boolean, nullable=False, server_default=false()),  # passed apart from the limits
    PrimaryKeyConstraint("system", "subject", "urgent"),
)
Index("guard_counted_at", guard_counted.c.system, guard_counted.c.at)

# Batches that are still being written, by several transactions: nothing of them is judged before.
guard_open = Table(
    "guard_open",
    metadata,
    Column("batch", Text, primary_key=True),
    Column("until", Double, nullable=False),  # its writer has died, if it has not ended it by then
)

# Batches of which rows wait for the verdict over all of them.
guard_weighings = Table(
    "guard_weighings",
    metadata,
    Column("system", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("since", Double, nullable=False),
    PrimaryKeyConstraint("system", "batch"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("system", Text, nullable=False),
    Column("batch", Text),  # what it was held as a part of; None: single rows
    Column("state", Text, nullable=False),  # a name of `approvals.STATES`
    Column("opened", Double, nullable=False),
    Column("expires", Double, nullable=False),
    Column("decided", Double),
    Column("by", Text),
    Column("reason", Text),
    Column("follows", Text),  # the one that had expired
    Column("summary", Text),  # JSON: what stood in one that has expired, whose rows have gone to the next
)
_is_open = text("state = 'open'")
Index("approvals_open", approvals.c.system, sqlite_where=_is_open, postgresql_where=_is_open)
Index("approvals_batch", approvals.c.system, approvals.c.batch)

# The rows of an approval; also those of a batch that is being weighed, under the name of `batches.waiting_room`.
approval_rows = Table(
    "approval_rows",
    metadata,
    Column("approval", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("department", Text),
    Column("held_as", Text, nullable=False),  # digests of its dangerous operations (`guard.of_row`)
    Column("actions", Text, nullable=False),  # JSON: [[action, key of the group or null], ...]
    Column("article", Text, nullable=False),  # the public face of why (S18)
    Column("reason", Text, nullable=False),
    Column("wanted", Text, nullable=False),  # the fingerprint of what was desired when it was held
    Column("cause", Text),  # the correlation id of what woke it
    Column("changed", Double),  # when the oldest change that is not applied yet was written
    Column("version", Integer, nullable=False),  # the desired generation that was held
    PrimaryKeyConstraint("approval", "subject"),
)
