"""Causes and batches (S23, S26); what the guard has counted and holds, and who approved it (S23, S24)."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("changes", sa.Column("request", sa.Text(), nullable=True))
    op.create_index("changes_request", "changes", ["request"])
    op.add_column("attempts", sa.Column("cause", sa.Text(), nullable=True))
    for name in ("cause", "batch", "hold", "held_as", "permit", "department"):
        op.add_column("links", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("links", sa.Column("weighed", sa.Boolean(), nullable=False, server_default=sa.false()))
    _index("links_unweighed", "links", ["system", "batch"], "batch IS NOT NULL AND NOT weighed")
    _index("links_hold", "links", ["hold"], "hold IS NOT NULL")
    _index("links_people", "links", ["system", "department"], "remote_id IS NOT NULL AND kind = 'person'")
    _count()
    _weigh()
    _approve()


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _count() -> None:
    op.create_table("guard_locks", sa.Column("system", sa.Text(), primary_key=True))
    op.create_table(
        "guard_counted",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("system", "subject", "urgent"),
    )
    op.create_index("guard_counted_at", "guard_counted", ["system", "at"])


def _weigh() -> None:
    op.create_table(
        "guard_open",
        sa.Column("batch", sa.Text(), primary_key=True),
        sa.Column("until", sa.Double(), nullable=False),
    )
    op.create_table(
        "guard_weighings",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("system", "batch"),
    )


def _approve() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened", sa.Double(), nullable=False),
        sa.Column("expires", sa.Double(), nullable=False),
        sa.Column("decided", sa.Double(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("follows", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
    )
    _index("approvals_open", "approvals", ["system"], "state = 'open'")
    op.create_index("approvals_batch", "approvals", ["system", "batch"])
    op.create_table(
        "approval_rows",
        sa.Column("approval", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("held_as", sa.Text(), nullable=False),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("changed", sa.Double(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("approval", "subject"),
    )
