"""The tables of plans that were shown (S24): what somebody looked at, so that exactly that can be applied."""

from sqlalchemy import Boolean, Column, Double, Index, Integer, PrimaryKeyConstraint, Table, Text

from scim_server.store.metadata import metadata

# No value of anybody's stands in them: digests, keys and actions only. They go after a day.
plans = Table(
    "plans",
    metadata,
    Column("id", Text, primary_key=True),  # UUID version 7
    Column("digest", Text, nullable=False),  # over the rows, whatever they were planned from
    Column("at", Double, nullable=False),  # when it was shown last
    Column("by", Text, nullable=False),  # to which user of the machine
    Column("system", Text),  # the only one that was asked for; None: all
    Column("pushed", Text),  # the digest of the file of requests that it rests on; None: the roster as it was
    Column("applied_at", Double),
    Column("applied_by", Text),
)
Index("plans_digest", plans.c.digest)

# One row an operation.
plan_rows = Table(
    "plan_rows",
    metadata,
    Column("plan", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("digest", Text, nullable=False),  # over system, key, action, group, before and after
    Column("system", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("group_key", Text),
    Column("dangerous", Boolean, nullable=False),
    PrimaryKeyConstraint("plan", "place"),
)

# How far a file of requests has been pushed: what is done is not done again.
pushes = Table(
    "pushes",
    metadata,
    Column("file", Text, primary_key=True),  # its digest
    Column("line", Integer, nullable=False),  # the last line that was accepted
    Column("at", Double, nullable=False),
    Column("by", Text, nullable=False),
)
