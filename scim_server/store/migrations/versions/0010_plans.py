"""Plans that were shown, for who applies them (S24)."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """What was shown, one row an operation, and how far files of requests were pushed."""
    op.create_table(
        "plans",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("system", sa.Text()),
        sa.Column("pushed", sa.Text()),
        sa.Column("applied_at", sa.Double()),
        sa.Column("applied_by", sa.Text()),
    )
    op.create_index("plans_digest", "plans", ["digest"])
    op.create_table(
        "plan_rows",
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("group_key", sa.Text()),
        sa.Column("dangerous", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("plan", "place"),
    )
    op.create_table(
        "pushes",
        sa.Column("file", sa.Text(), primary_key=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
    )
