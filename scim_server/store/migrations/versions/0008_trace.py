"""The trace of every operation, chained and sealed (S26)."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NOTHING = bytes(32)


def upgrade() -> None:
    _trace()
    _seals()
    _begin()


def _trace() -> None:
    op.create_table(
        "trace",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *[sa.Column(name, sa.Text(), nullable=True) for name in ("actor", "subject", "system", "action", "article")],
        sa.Column("attempt", sa.Text(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=True),
        *[sa.Column(name, sa.Text(), nullable=True) for name in ("policy", "cause", "outcome", "read_back", "said")],
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    attempted, decided = sa.text("attempt IS NOT NULL"), sa.text("subject IS NOT NULL AND attempt IS NULL")
    op.create_index("trace_attempt", "trace", ["attempt"], sqlite_where=attempted, postgresql_where=attempted)
    op.create_index("trace_subject", "trace", ["subject"], sqlite_where=decided, postgresql_where=decided)
    op.create_table(
        "subject_keys",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("under", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "under"),
    )


def _seals() -> None:
    op.create_table(
        "seals",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("bound", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("chain", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "seal_lots",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("trace_last", sa.Integer(), nullable=False),
        sa.Column("trace_seal", sa.LargeBinary(), nullable=False),
        sa.Column("changes_last", sa.Integer(), nullable=False),
        sa.Column("changes_seal", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signed_by", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _begin() -> None:
    """What was attempted before there was a trace is not expected in it."""
    begin = op.create_table(
        "trace_begin",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("trace_last", sa.Integer(), nullable=False),
        sa.Column("trace_seal", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("attempts_until", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.LargeBinary(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    until = op.get_bind().scalar(sa.text("SELECT coalesce(max(at), '') FROM attempts"))
    if not until:
        return
    first = {"number": 0, "at": until, "trace_last": 0, "trace_seal": NOTHING, "hash": NOTHING}
    op.bulk_insert(begin, [first | {"attempts_until": until, "signed_by": None, "signature": None}])
