"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _attempts()
    _changes()
    _links()
    _looks()
    _members()
    _names()
    _resources()
    _subjects()
    _systems()
    _tokens()


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("after", sa.LargeBinary(), nullable=True),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "attempts_open",
        "attempts",
        ["system", "subject"],
        unique=False,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_index("attempts_subject", "attempts", ["subject", "id"], unique=False)


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("after", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index(
        "changes_departments",
        "changes",
        ["seq"],
        unique=False,
        sqlite_where=sa.text("type = 'Group' AND action <> 'members'"),
        postgresql_where=sa.text("type = 'Group' AND action <> 'members'"),
    )
    op.create_index("changes_subject", "changes", ["subject", "seq"], unique=False)


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("desired", sa.Integer(), nullable=False),
        sa.Column("applied", sa.Integer(), nullable=False),
        sa.Column("due", sa.Double(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Double(), nullable=True),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("presence", sa.Text(), nullable=True),
        sa.Column("creating", sa.Boolean(), nullable=False),
        sa.Column("locking", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("spell", sa.Text(), nullable=True),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("private", sa.Text(), nullable=True),
        sa.Column("blocker", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("system", "subject"),
    )
    op.create_index(
        "links_blocker",
        "links",
        ["blocker", "system"],
        unique=False,
        sqlite_where=sa.text("blocker IS NOT NULL"),
        postgresql_where=sa.text("blocker IS NOT NULL"),
    )
    op.create_index(
        "links_due",
        "links",
        ["system", "due"],
        unique=False,
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    )
    op.create_index("links_remote_id", "links", ["system", "remote_id"], unique=False)
    op.create_index(
        "links_stuck",
        "links",
        ["system", "state"],
        unique=False,
        sqlite_where=sa.text("state IN ('parked', 'held')"),
        postgresql_where=sa.text("state IN ('parked', 'held')"),
    )
    op.create_index("links_subject", "links", ["subject"], unique=False)


def _looks() -> None:
    op.create_table(
        "looks",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )


def _members() -> None:
    op.create_table(
        "members",
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("joined", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "user_id"),
    )
    op.create_index("members_user", "members", ["user_id", "joined"], unique=False)


def _names() -> None:
    op.create_table(
        "names",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("system", "name"),
    )
    op.create_index("names_subject", "names", ["system", "subject"], unique=False)


def _resources() -> None:
    op.create_table(
        "resources",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("manager", sa.Text(), nullable=True),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("folded", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("modified", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("resources_external_id", "resources", ["type", "external_id"], unique=True)
    op.create_index(
        "resources_manager",
        "resources",
        ["manager"],
        unique=False,
        sqlite_where=sa.text("manager IS NOT NULL"),
        postgresql_where=sa.text("manager IS NOT NULL"),
    )
    op.create_index("resources_name", "resources", ["type", "name"], unique=False)
    op.create_index(
        "resources_parent",
        "resources",
        ["parent"],
        unique=False,
        sqlite_where=sa.text("parent IS NOT NULL"),
        postgresql_where=sa.text("parent IS NOT NULL"),
    )
    op.create_index("resources_type", "resources", ["type", "id"], unique=False)
    op.create_index(
        "resources_user_name",
        "resources",
        ["name"],
        unique=True,
        sqlite_where=sa.text("type = 'User'"),
        postgresql_where=sa.text("type = 'User'"),
    )


def _subjects() -> None:
    op.create_table(
        "subjects",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=True),
        sa.Column("created_on", sa.Text(), nullable=False),
        sa.Column("removed_on", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.create_index("subjects_key", "subjects", ["key"], unique=False)


def _systems() -> None:
    op.create_table(
        "systems",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("failing_since", sa.Double(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )


def _tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("expires", sa.Text(), nullable=True),
        sa.Column("revoked", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
        sa.UniqueConstraint("name"),
    )
