"""The tables of what the store remembers of each system beside its links."""

from sqlalchemy import BigInteger, Boolean, Column, Double, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from scim_server.store.metadata import metadata

systems = Table(
    "systems",
    metadata,
    Column("name", Text, primary_key=True),
    Column("mode", Text),  # observe | enforce, once decided (S13)
    Column("failing_since", Double),  # the breaker is open
    Column("error", Text),
)

# Accounts that a named person has said are not ours: no longer asked about (S13).
disowned = Table(
    "disowned",
    metadata,
    Column("system", Text, nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("title", Text, nullable=False),  # what people call it: its login, or a department's path
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    PrimaryKeyConstraint("system", "remote_id"),
)

# Calls of a verb of a vendor's interface, drawn in slots of a tenth of the window (S25).
pace = Table(
    "pace",
    metadata,
    Column("system", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("seconds", Double, nullable=False),  # of the window
    Column("slot", BigInteger, nullable=False),  # number of the slot since the epoch
    Column("calls", Integer, nullable=False),
    PrimaryKeyConstraint("system", "verb", "seconds", "slot"),
)

# First passwords, sealed with the slip key, until they were shown once or a week has passed (S15).
slips = Table(
    "slips",
    metadata,
    Column("system", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("made", Double, nullable=False),
    Column("ready", Boolean, nullable=False),  # the system has taken it
    PrimaryKeyConstraint("system", "subject"),
)
