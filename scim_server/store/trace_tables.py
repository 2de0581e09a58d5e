"""The tables of the trace (S26): what was intended and how it ended, the chain over it, and the keys that seal values.

`trace`, `seals` and `seal_lots` are only ever appended to; `trace_begin` moves when old rows are cut off.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text, text

from scim_server.store.metadata import metadata

# One row for each thing that happened. What is personal lies in `sealed`; the rest is readable for ever.
trace = Table(
    "trace",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),  # intent | end | adoption, or what a person decided: approval, ruling, ...
    Column("actor", Text),  # who decided; None: the house itself
    Column("subject", Text),  # None of an end: its intent names it
    Column("system", Text),
    Column("action", Text),
    Column("article", Text),
    Column("attempt", Text),  # the id of the attempt
    Column("generation", Integer),
    Column("policy", Text),  # the fingerprint of the policy that asked for it (S21)
    Column("cause", Text),  # the correlation id of what asked for it
    Column("outcome", Text),  # of an end
    Column("read_back", Text),  # of an end: when the system showed the result; None: it did not
    Column("said", Text),  # what was decided, where it is about nobody
    Column("sealed", LargeBinary),  # JSON under the subject's key
    sqlite_autoincrement=True,  # a number is never used twice, so that what was cut off at the end stays missing
)
Index(
    "trace_attempt",
    trace.c.attempt,
    sqlite_where=trace.c.attempt.is_not(None),
    postgresql_where=trace.c.attempt.is_not(None),
)
_decided = text("subject IS NOT NULL AND attempt IS NULL")  # who was attempted what stands in `attempts`
Index("trace_subject", trace.c.subject, sqlite_where=_decided, postgresql_where=_decided)

# The key of each subject, itself sealed by a key of the house: gone with the person's erasure.
subject_keys = Table(
    "subject_keys",
    metadata,
    Column("subject", Text, nullable=False),
    Column("under", LargeBinary, nullable=False),  # which key of the house has sealed it
    Column("wrapped", LargeBinary, nullable=False),
    PrimaryKeyConstraint("subject", "under"),
)

# A seal for each row of `trace` and of `changes`: over the row as it is stored and the seal before it.
seals = Table(
    "seals",
    metadata,
    Column("chain", Text, nullable=False),  # trace | changes
    Column("seq", Integer, nullable=False),
    Column("seal", LargeBinary, nullable=False),
    Column("bound", LargeBinary),  # of a change: its values' digest under the subject's key
    PrimaryKeyConstraint("chain", "seq"),
    sqlite_with_rowid=False,
)

# What was sealed at once: how far each chain came, signed.
seal_lots = Table(
    "seal_lots",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("trace_last", Integer, nullable=False),
    Column("trace_seal", LargeBinary, nullable=False),
    Column("changes_last", Integer, nullable=False),
    Column("changes_seal", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),  # over the row and the hash of the lot before it
    Column("signed_by", LargeBinary, nullable=False),  # which key of the house
    Column("signature", LargeBinary, nullable=False),
)

# One row: after which lot the chain begins now, and of which attempts nothing is expected in it.
trace_begin = Table(
    "trace_begin",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # of the last lot that was cut off; 0: none
    Column("at", Text, nullable=False),
    Column("trace_last", Integer, nullable=False),
    Column("trace_seal", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("attempts_until", Text, nullable=False),  # attempts up to this stamp were before it
    Column("signed_by", LargeBinary),
    Column("signature", LargeBinary),
)
