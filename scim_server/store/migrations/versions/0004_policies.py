"""The policy that an attempt was made by, and the record of policies (S21)."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("attempts", sa.Column("policy", sa.Text(), nullable=True))
    op.create_table(
        "policies",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("readings", sa.Text(), nullable=False),
        sa.Column("settled", sa.Text(), nullable=False),
    )
