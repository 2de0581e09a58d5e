"""Article four: evidence of use, the monthly check and its cases, cases before a planned end, the register."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    _activity()
    _reviews()
    _returns()
    _register()


def _activity() -> None:
    op.create_table(
        "activity",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("terminal", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("strength", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("slack", sa.Double(), nullable=False),
        sa.Column("recorded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("system", "subject", "terminal", "source"),
    )
    op.create_index("activity_subject", "activity", ["subject"])
    op.create_table(
        "activity_never",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("system", "subject"),
    )
    op.create_table(
        "activity_watched",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("terminal", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("lag", sa.Double(), nullable=False),
        sa.Column("recorded", sa.Text(), nullable=False),
        sa.Column("by", sa.Text()),
    )
    op.create_index("activity_watched_system", "activity_watched", ["system", "until"])
    op.create_table(
        "activity_imports",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("strange", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
    )
    op.create_index("activity_imports_digest", "activity_imports", ["system", "digest"], unique=True)
    op.create_table(
        "activity_strangers",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Text()),
        sa.Column("recorded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("system", "remote_id"),
    )


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("month", sa.Text(), nullable=False, unique=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("window_start", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("closed", sa.Text()),
        sa.Column("closed_by", sa.Text()),
        sa.Column("watched", sa.LargeBinary(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "review_accounts",
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("last_at", sa.Text()),
        sa.Column("terminal", sa.Text()),
        sa.Column("department", sa.Text()),
        sa.PrimaryKeyConstraint("review", "subject", "system"),
    )
    op.create_index("review_accounts_verdict", "review_accounts", ["review", "verdict"])
    op.create_table(
        "review_strangers",
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Text()),
        sa.PrimaryKeyConstraint("review", "system", "remote_id"),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("department", sa.Text()),
        sa.Column("office", sa.Text()),
        sa.Column("leader", sa.Boolean(), nullable=False),
        sa.Column("addressees", sa.LargeBinary(), nullable=False),
        sa.Column("letter", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("reply", sa.Text()),
        sa.Column("answered", sa.Text()),
        sa.Column("replied_on", sa.Text()),
        sa.Column("by", sa.Text()),
        sa.Column("left_on", sa.Text()),
        sa.Column("departure", sa.Text()),
        sa.Column("ruling", sa.Text()),
    )
    op.create_index("cases_account", "cases", ["review", "subject", "system"], unique=True)
    op.create_index("cases_letter", "cases", ["letter"])
    op.create_index("cases_subject", "cases", ["subject"])


def _returns() -> None:
    op.create_table(
        "return_cases",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("planned_end", sa.Text(), nullable=False),
        sa.Column("department", sa.Text()),
        sa.Column("opened", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text()),
        sa.Column("until", sa.Text()),
        sa.Column("departure", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("decided", sa.Text()),
        sa.Column("by", sa.Text()),
    )
    op.create_index("return_cases_fact", "return_cases", ["subject", "fact", "planned_end"], unique=True)
    op.create_index("return_cases_state", "return_cases", ["state", "planned_end"])
    op.add_column("standings", sa.Column("ends_on", sa.Text()))
    ends = sa.text("ends_on IS NOT NULL")
    op.create_index("standings_ends_on", "standings", ["ends_on", "subject"], sqlite_where=ends, postgresql_where=ends)


def _register() -> None:
    op.create_table(
        "letter_series",
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sender", "year"),
    )
    op.create_table(
        "register",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("doc_number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("addressees", sa.LargeBinary(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("review", sa.Text()),
        sa.Column("answers", sa.Text()),
        sa.Column("covers", sa.LargeBinary()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text()),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("instruction", sa.LargeBinary()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("lease_until", sa.Double()),
        sa.Column("not_before", sa.Double()),
        sa.Column("error", sa.Text()),
        sa.Column("delivered", sa.Text()),
        sa.Column("delivered_by", sa.Text()),
        sa.Column("due", sa.Text()),
        sa.Column("provisional", sa.Boolean()),
    )
    op.create_index("register_doc_number", "register", ["doc_number"])
    op.create_index("register_review", "register", ["review"])
    op.create_index("register_series", "register", ["sender", "year", "number"], unique=True)
    op.create_index("register_state", "register", ["state"])
    op.create_table(
        "register_people",
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("letter", "subject"),
    )
    op.create_index("register_people_subject", "register_people", ["subject"])
