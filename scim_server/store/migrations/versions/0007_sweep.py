"""What sweeps compare with, and what they found (S17)."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

COUNTS = ("accounts", "departments", "pages", "members", "compared", "differences", "healing", "remaining", "graced")


def upgrade() -> None:
    op.add_column("links", sa.Column("read_back", sa.Text(), nullable=True))
    op.create_table(
        "sweeps",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("report_only", sa.Boolean(), nullable=False),
        sa.Column("began", sa.Text(), nullable=False),
        sa.Column("ended", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (*COUNTS, "missing", "strange", "orphans")),
    )
    op.create_index("sweeps_system", "sweeps", ["system", "began"])
    op.create_table(
        "drift",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("sweep", "system", "subject", "what", "group_key", "found", "outcome", "at", "first_seen")
        ),
        sa.PrimaryKeyConstraint("sweep", "subject", "what", "group_key"),
    )
    op.create_index("drift_subject", "drift", ["system", "subject"])
