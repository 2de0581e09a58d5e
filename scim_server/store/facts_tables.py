"""The tables of people with facts: marks beside the document, letters, and what the policy made of them (S8).

Days are ISO civil days in Asia/Shanghai; an end is the last day, inclusive.
"""

from sqlalchemy import Column, Index, LargeBinary, PrimaryKeyConstraint, Table, Text, text

from scim_server.store.metadata import metadata

ALWAYS = "0001-01-01"
"""`subjects.facts_from` of somebody who came with facts: they count for every day, past ones too."""

# Facts that are not the roster's. An end before the start: never in force.
marks = Table(
    "marks",
    metadata,
    Column("id", Text, primary_key=True),  # UUID version 7
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),  # bare-lock | deleted | added-member | block | reply-says-left
    Column("start", Text, nullable=False),
    Column("end", Text),
    Column("department", Text),  # of an added member: the key of the Group
    Column("letter_ref", Text),
    Column("letter_on", Text),  # the day on which its letter was recorded
    Column("by", Text),  # of a ruling (S28)
    Column("ended_by", Text),
    Column("systems", Text),  # of a block: a JSON list
    Column("departure", Text),  # of a reply: the type of departure
)
Index("marks_subject", marks.c.subject)
_names_department = text("department IS NOT NULL")
Index(
    "marks_department",
    marks.c.department,
    sqlite_where=_names_department,
    postgresql_where=_names_department,
)

letters = Table(
    "letters",
    metadata,
    Column("id", Text, primary_key=True),  # UUID version 7
    Column("number", Text, nullable=False),  # 文号
    Column("kind", Text, nullable=False),  # open | change | cancel
    Column("sender", Text),  # key of a top department; None: all who owe it, in a joint letter
    Column("delivered", Text),  # stamp
    Column("sent", Text),  # the day on which it counts as sent
    Column("recorded", Text, nullable=False),  # the day on which the house got to know it
    Column("by", Text, nullable=False),
)
letter_covers = Table(
    "letter_covers",
    metadata,
    Column("letter", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("covers", Text, nullable=False),  # `value` of an event or assignment, or the name of a mark
    Column("phase", Text, nullable=False),  # start | end
    PrimaryKeyConstraint("letter", "subject", "covers", "phase"),
)
Index("letter_covers_subject", letter_covers.c.subject)

# What the policy says of a subject, as it was last settled.
standings = Table(
    "standings",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("day", Text, nullable=False),  # the day for which it was computed
    Column("roll_on", Text),  # the first later day on which it changes by itself
    Column("spell", Text),
    Column("ldap", Text, nullable=False),
    Column("oa", Text, nullable=False),
    Column("wecom", Text, nullable=False),
    Column("attendance", Text, nullable=False),
    Column("primary", Text),  # key of a Group
    Column("articles", LargeBinary, nullable=False),  # JSON list; restricted (S18)
    Column("anomalies", LargeBinary, nullable=False),  # JSON list; restricted
    Column("ends_on", Text),  # the first planned end of a posting, a stay or a lock that the roster leaves open
)
_rolls_on = text("roll_on IS NOT NULL")
Index(  # in the order of the roll: a lot of it must not sort all who are left
    "standings_roll_on",
    standings.c.roll_on,
    standings.c.subject,
    sqlite_where=_rolls_on,
    postgresql_where=_rolls_on,
)

_ends = text("ends_on IS NOT NULL")
Index("standings_ends_on", standings.c.ends_on, standings.c.subject, sqlite_where=_ends, postgresql_where=_ends)

# Which departments a person's assignments name, and the last day of the last of them.
posts = Table(
    "posts",
    metadata,
    Column("subject", Text, nullable=False),
    Column("department", Text, nullable=False),  # key of a Group
    Column("until", Text),  # None: open
    PrimaryKeyConstraint("subject", "department"),
)
Index("posts_department", posts.c.department)

# Logins of people with facts are theirs for ever (S5).
reserved = Table(
    "reserved",
    metadata,
    Column("name", Text, primary_key=True),  # folded
    Column("subject", Text, nullable=False),
)

# 'day': the last day that was rolled whole (S8). 'letter-gate': from which day a gate without one of its own holds.
rolls = Table(
    "rolls",
    metadata,
    Column("name", Text, primary_key=True),
    Column("day", Text, nullable=False),
)
