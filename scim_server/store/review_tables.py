"""The tables of the monthly check (四), and of cases before a planned end. Stamps are ISO 8601 in UTC."""

from sqlalchemy import Boolean, Column, Index, LargeBinary, PrimaryKeyConstraint, Table, Text

from scim_server.store.metadata import metadata

# One check a month.
reviews = Table(
    "reviews",
    metadata,
    Column("id", Text, primary_key=True),  # UUID version 7
    Column("month", Text, nullable=False, unique=True),  # YYYY-MM, in which it takes place
    Column("at", Text, nullable=False),  # the instant of the check
    Column("window_start", Text, nullable=False),  # one month back from it
    Column("state", Text, nullable=False),  # gathering | open | closed
    Column("by", Text, nullable=False),
    Column("closed", Text),
    Column("closed_by", Text),
    Column(
        "watched", LargeBinary, nullable=False
    ),  # JSON: by system and terminal, which stretch of the window was watched
    Column("counts", LargeBinary, nullable=False),  # JSON: by system, how many of each verdict and reason
)

# What was found of each account, so that the check can be shown again: a row for everybody, asked about or not.
review_accounts = Table(
    "review_accounts",
    metadata,
    Column("review", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("system", Text, nullable=False),  # NAME of a configured system
    Column("verdict", Text, nullable=False),  # operated | silent | no-data | excluded
    Column(
        "reason", Text
    ),  # of an exclusion: new | locked | unlocked | removed | … ; restricted where it is a lock (S18)
    Column("last_at", Text),  # the latest operation on record
    Column("terminal", Text),
    Column("department", Text),  # key of the top department
    PrimaryKeyConstraint("review", "subject", "system"),
)
Index("review_accounts_verdict", review_accounts.c.review, review_accounts.c.verdict)

# Accounts without a person at the moment of the check: listed apart, never sent.
review_strangers = Table(
    "review_strangers",
    metadata,
    Column("review", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("at", Text),
    PrimaryKeyConstraint("review", "system", "remote_id"),
)

# One silent account about which its department is asked.
cases = Table(
    "cases",
    metadata,
    Column("id", Text, primary_key=True),  # UUID version 7
    Column("review", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("department", Text),  # key of the top department on the day of the check; None: nobody to ask
    Column("office", Text),  # key of the Group of the primary
    Column("leader", Boolean, nullable=False),  # a district leader: limited readers (A15)
    Column("addressees", LargeBinary, nullable=False),  # JSON list of keys of Groups
    Column("letter", Text),  # id in the register; None: no letter yet
    Column("state", Text, nullable=False),  # open | answered | closed
    Column(
        "answer", Text
    ),  # in-service | leave | seconded | suspended | left | not-needed | other; restricted: suspended
    Column("reason", Text),  # as the department gives it; restricted
    Column("reply", Text),  # 文号 of the reply
    Column("answered", Text),  # stamp on which it was entered
    Column("replied_on", Text),  # the day on which the reply came, by which it is on time
    Column("by", Text),
    Column("left_on", Text),  # of an answer "left": the day that the reply names; None: it names none
    Column("departure", Text),  # of an answer "left": the type of departure
    Column("ruling", Text),  # id of the mark that the reply "left" became (S28)
)
Index("cases_account", cases.c.review, cases.c.subject, cases.c.system, unique=True)
Index("cases_subject", cases.c.subject)
Index("cases_letter", cases.c.letter)

# A decision that is wanted before a posting outside, a stay or a lock ends: nothing is unlocked silently.
return_cases = Table(
    "return_cases",
    metadata,
    Column("id", Text, primary_key=True),  # UUID version 7
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),  # outbound | inbound | lock; restricted: lock
    Column("fact", Text, nullable=False),  # `value` of the assignment or event, or the name of a mark
    Column("planned_end", Text, nullable=False),
    Column("department", Text),  # key of the top department that decides
    Column("opened", Text, nullable=False),  # stamp
    Column("state", Text, nullable=False),  # open | decided | moot (the roster has settled it)
    Column("choice", Text),  # back | extended | departed
    Column("until", Text),  # of an extension: the new planned end
    Column("departure", Text),  # the type of departure
    Column("note", Text),
    Column("decided", Text),
    Column("by", Text),
)
Index("return_cases_fact", return_cases.c.subject, return_cases.c.fact, return_cases.c.planned_end, unique=True)
Index("return_cases_state", return_cases.c.state, return_cases.c.planned_end)
