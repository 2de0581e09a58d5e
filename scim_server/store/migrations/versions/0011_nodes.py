"""Several nodes on one PostgreSQL: schedules that are taken once (S20); a store that is being filled says so."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "schedule",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("last", sa.Double(), nullable=False),
    )
    op.create_table(
        "transfers",
        sa.Column("origin", sa.Text(), primary_key=True),
        sa.Column("began", sa.Text(), nullable=False),
    )
    if op.get_context().dialect.name == "postgresql":
        _changes_in_turn()
        _trace_by_transaction()


def _changes_in_turn() -> None:
    """Whoever inserts changes holds the roster's turn until the commit: `changes.seq` is the order of the commits."""
    op.execute(
        "CREATE FUNCTION take_roster_turn() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_advisory_xact_lock(125823003944306), pg_current_xact_id(); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER changes_in_turn BEFORE INSERT ON changes FOR EACH STATEMENT EXECUTE FUNCTION take_roster_turn()"
    )


def _trace_by_transaction() -> None:
    """A transaction has its id before its rows have numbers: who asks which are open does not miss it."""
    op.execute(
        "CREATE FUNCTION take_transaction_id() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_current_xact_id(); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER trace_by_transaction BEFORE INSERT ON trace "
        "FOR EACH STATEMENT EXECUTE FUNCTION take_transaction_id()"
    )
