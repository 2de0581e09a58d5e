"""Indexes by which what is looked at again and again costs the same in a roster of a million."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    _index("links_moving", "links", ["system", "state"], "state IN ('due', 'waiting')")
    op.drop_index("links_remote_id", "links")
    _index("links_remote_id", "links", ["system", "remote_id"], "remote_id IS NOT NULL")
    _index("marks_department", "marks", ["department"], "department IS NOT NULL")
    op.drop_index("standings_roll_on", "standings")
    _index("standings_roll_on", "standings", ["roll_on", "subject"], "roll_on IS NOT NULL")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
