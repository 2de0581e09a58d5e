"""The tables of sweeps: what was read and compared, and what was found (S17). No value of anybody's stands here."""

from sqlalchemy import Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from scim_server.store.metadata import metadata

# One row a sweep of a system. A row without an end is under way, or its process died.
sweeps = Table(
    "sweeps",
    metadata,
    Column("id", Text, primary_key=True),  # UUID version 7
    Column("system", Text, nullable=False),
    Column("kind", Text, nullable=False),  # scheduled | asked
    Column("report_only", Boolean, nullable=False),
    Column("began", Text, nullable=False),
    Column("ended", Text),
    Column("outcome", Text, nullable=False),  # running | complete | partial | interrupted
    Column("error", Text),  # why it is partial: a sentence
    Column("accounts", Integer, nullable=False),  # people's accounts read
    Column("departments", Integer, nullable=False),  # read
    Column("pages", Integer, nullable=False),
    Column("members", Integer, nullable=False),  # memberships read
    Column("compared", Integer, nullable=False),  # accounts and departments that a link names and that had settled
    Column("differences", Integer, nullable=False),  # rows of `drift`
    Column("healing", Integer, nullable=False),  # of these: their rows were made due
    Column("remaining", Integer, nullable=False),  # of these: reported and left
    Column("graced", Integer, nullable=False),  # of these: healed once the grace is over
    Column("missing", Integer, nullable=False),  # of these: the account is gone
    Column("strange", Integer, nullable=False),  # accounts and departments that no link names
    Column("orphans", Integer, nullable=False),  # of these: they bear the number of somebody in the roster
)
Index("sweeps_system", sweeps.c.system, sweeps.c.began)

# What a sweep found to be other than the roster says, a row a value.
drift = Table(
    "drift",
    metadata,
    Column("sweep", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("what", Text, nullable=False),  # an attribute, or: presence | memberships | missing | address
    Column("group_key", Text, nullable=False),  # of a membership; else empty
    Column("found", Text, nullable=False),  # extra | absent (a membership) | active | locked | other | gone
    Column("outcome", Text, nullable=False),  # heal | report | grace
    Column("at", Text, nullable=False),
    Column("first_seen", Text, nullable=False),  # by the first of the sweeps that found it without a break
    PrimaryKeyConstraint("sweep", "subject", "what", "group_key"),
)
Index("drift_subject", drift.c.system, drift.c.subject)
