"""People with facts: marks, letters, standings, posts, reserved logins, and the day that was rolled last."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("resources", sa.Column("kept", sa.LargeBinary(), nullable=True))
    op.add_column("members", _no("derived"))
    op.add_column("subjects", sa.Column("facts_from", sa.Text(), nullable=True))
    op.add_column("subjects", _no("marked"))
    _marks()
    _letters()
    _standings()
    _posts()
    _small()


def _no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _marks() -> None:
    optional = ("end", "department", "letter_ref", "letter_on", "by", "ended_by", "systems", "departure")
    op.create_table(
        "marks",
        *[_text(name) for name in ("id", "subject", "kind", "start")],
        *[_text(name, nullable=True) for name in optional],
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("marks_subject", "marks", ["subject"])


def _letters() -> None:
    op.create_table(
        "letters",
        *[_text(name) for name in ("id", "number", "kind", "recorded", "by")],
        *[_text(name, nullable=True) for name in ("sender", "delivered", "sent")],
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "letter_covers",
        *[_text(name) for name in ("letter", "subject", "covers", "phase")],
        sa.PrimaryKeyConstraint("letter", "subject", "covers", "phase"),
    )
    op.create_index("letter_covers_subject", "letter_covers", ["subject"])


def _standings() -> None:
    op.create_table(
        "standings",
        *[_text(name) for name in ("subject", "day", "ldap", "oa", "wecom", "attendance")],
        *[_text(name, nullable=True) for name in ("roll_on", "spell", "primary")],
        sa.Column("articles", sa.LargeBinary(), nullable=False),
        sa.Column("anomalies", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
    )
    rolls_on = sa.text("roll_on IS NOT NULL")
    op.create_index("standings_roll_on", "standings", ["roll_on"], sqlite_where=rolls_on, postgresql_where=rolls_on)


def _posts() -> None:
    op.create_table(
        "posts",
        *[_text(name) for name in ("subject", "department")],
        _text("until", nullable=True),
        sa.PrimaryKeyConstraint("subject", "department"),
    )
    op.create_index("posts_department", "posts", ["department"])


def _small() -> None:
    for table, other in (("reserved", "subject"), ("rolls", "day")):
        op.create_table(table, _text("name"), _text(other), sa.PrimaryKeyConstraint("name"))
