"""Adopted links and accounts that are not ours (S13), calls that were drawn (S25), sealed first passwords (S15)."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("links", sa.Column("adopted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("links", sa.Column("hidden", sa.Text(), nullable=True))
    op.create_table(
        "disowned",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("system", "remote_id"),
    )
    op.create_table(
        "pace",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("system", "verb", "seconds", "slot"),
    )
    op.create_table(
        "slips",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made", sa.Double(), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("system", "subject"),
    )
    op.drop_index("attempts_open", "attempts")
    unsettled = sa.text("outcome IS NULL OR outcome = 'pending'")
    op.create_index(
        "attempts_open", "attempts", ["system", "subject"], sqlite_where=unsettled, postgresql_where=unsettled
    )
