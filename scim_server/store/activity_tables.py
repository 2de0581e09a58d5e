"""The tables of evidence that accounts were used (四, S30). Stamps are ISO 8601 in UTC."""

from sqlalchemy import Column, Double, Index, Integer, PrimaryKeyConstraint, Table, Text

from scim_server.store.metadata import metadata

# The latest evidence of a person's account in a system, by terminal and source.
activity = Table(
    "activity",
    metadata,
    Column("system", Text, nullable=False),  # NAME of a configured system
    Column("subject", Text, nullable=False),
    Column("terminal", Text, nullable=False),  # pc | mobile | device | any (one of them, the source does not say which)
    Column("source", Text, nullable=False),  # a word of the system's, or of the import: login, door, export
    Column("strength", Text, nullable=False),  # proof: somebody used it; evidence: it may have been something else
    Column("at", Text, nullable=False),
    Column("slack", Double, nullable=False),  # seconds by which the latest use may lie after `at`
    Column("recorded", Text, nullable=False),
    PrimaryKeyConstraint("system", "subject", "terminal", "source"),
)
Index("activity_subject", activity.c.subject)

# Accounts that surely were never used, as the system told on that moment.
activity_never = Table(
    "activity_never",
    metadata,
    Column("system", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("recorded", Text, nullable=False),
    PrimaryKeyConstraint("system", "subject"),
)

# Which stretches were watched: without one over the whole window there is no "no operation" (R401n).
activity_watched = Table(
    "activity_watched",
    metadata,
    Column("id", Text, primary_key=True),  # UUID version 7
    Column("system", Text, nullable=False),
    Column("terminal", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("until", Text, nullable=False),  # what happened until then is known
    Column("lag", Double, nullable=False),  # seconds by which the source may tell late; already taken off `until`
    Column("recorded", Text, nullable=False),
    Column("by", Text),  # of an import
)
Index("activity_watched_system", activity_watched.c.system, activity_watched.c.until)

# Exports that were read in: the same file is read in once.
activity_imports = Table(
    "activity_imports",
    metadata,
    Column("id", Text, primary_key=True),
    Column("system", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("matched", Integer, nullable=False),
    Column("strange", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
)
Index("activity_imports_digest", activity_imports.c.system, activity_imports.c.digest, unique=True)

# Accounts that no link names, as exports and systems tell them: listed apart, never sent.
activity_strangers = Table(
    "activity_strangers",
    metadata,
    Column("system", Text, nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("at", Text),  # the latest evidence; None: none
    Column("recorded", Text, nullable=False),
    PrimaryKeyConstraint("system", "remote_id"),
)
