"""The register of letters that the house draws up. Letters that come in are in `facts_tables.letters`."""

from sqlalchemy import Boolean, Column, Double, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from scim_server.store.metadata import metadata

# The last number of each sender's series in a year; taken in the transaction that writes the letter: no gap, no double.
letter_series = Table(
    "letter_series",
    metadata,
    Column("sender", Text, nullable=False),  # key of a top department
    Column("year", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("sender", "year"),
)

register = Table(
    "register",
    metadata,
    Column("id", Text, primary_key=True),  # UUID version 7
    Column(
        "key", Text, nullable=False, unique=True
    ),  # what it is about, so that it is drawn up once: "inquiry REVIEW DEPT"
    Column("kind", Text, nullable=False),  # open | change | cancel | inquiry | leaders-inquiry | reminder | notice
    Column("sender", Text, nullable=False),  # key of a top department
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("doc_number", Text, nullable=False),  # 崖科工信函〔2026〕12号; of a department's draft: proposed
    Column("title", Text, nullable=False),
    Column("addressees", LargeBinary, nullable=False),  # JSON list of keys of Groups
    Column("restricted", Boolean, nullable=False),  # rendered, listed and downloaded by roles hr and admin only
    Column("day", Text, nullable=False),  # 成文日期
    Column(
        "content", LargeBinary, nullable=False
    ),  # JSON: scim_server.letters.content, enough to draw the document again
    Column("review", Text),  # the check that it belongs to
    Column("answers", Text),  # id of the letter that a reminder is about
    Column("covers", LargeBinary),  # of a department's draft: JSON list of [subject, value, phase], what it is owed for
    Column("state", Text, nullable=False),  # draft | ready | sending | unknown | delivered | void
    Column("channel", Text),  # NAME of the system, or: hand
    Column("created", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("instruction", LargeBinary),  # of a notice: JSON {"number", "on", "by"}; None: not to be published (A17)
    Column("attempts", Integer, nullable=False),
    Column("owner", Text),  # who sends it now
    Column("lease_until", Double),  # seconds since the epoch
    Column("not_before", Double),  # seconds since the epoch: not to be tried earlier
    Column("error", Text),
    Column("delivered", Text),  # stamp: the clock of the reply runs from here
    Column("delivered_by", Text),
    Column("due", Text),  # day: the last on which a reply is on time
    Column("provisional", Boolean),  # whether a calendar to come may move it
)
Index("register_series", register.c.sender, register.c.year, register.c.number, unique=True)
Index("register_doc_number", register.c.doc_number)
Index("register_state", register.c.state)
Index("register_review", register.c.review)

# Whom a letter names.
register_people = Table(
    "register_people",
    metadata,
    Column("letter", Text, nullable=False),
    Column("subject", Text, nullable=False),
    PrimaryKeyConstraint("letter", "subject"),
)
Index("register_people_subject", register_people.c.subject)
