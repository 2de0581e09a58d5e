"""All of SCIM: totals, unique values, people behind tokens, keys, the event feed."""

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ORGANIZATION_CODE = "urn:ietf:params:scim:schemas:extension:cnroster:2.0:Group:organizationCode"


def upgrade() -> None:
    op.add_column("tokens", sa.Column("user_id", sa.Text(), nullable=True))
    _totals()
    _uniques()
    op.create_table(
        "keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "feeds",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("acked", sa.Integer(), nullable=False),
        sa.Column("apart", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("token"),
    )


def _totals() -> None:
    totals = op.create_table(
        "totals",
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("type"),
    )
    op.bulk_insert(totals, [{"type": each, "number": 0} for each in ("User", "Group")])
    counted = "(SELECT count(*) FROM resources WHERE resources.type = totals.type)"
    op.execute(f"UPDATE totals SET number = {counted}")  # noqa: S608


def _uniques() -> None:
    uniques = op.create_table(
        "uniques",
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("attribute", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("type", "attribute", "value"),
    )
    op.create_index("uniques_resource", "uniques", ["resource_id"])
    groups = op.get_bind().execute(sa.text("SELECT id, document FROM resources WHERE type = 'Group'"))
    numbered = {number: id for id, document in groups if (number := _number(document))}
    op.bulk_insert(uniques, [_row(number, id) for number, id in numbered.items()])


def _number(document: bytes) -> str | None:
    urn, _, attribute = ORGANIZATION_CODE.rpartition(":")
    found: str | None = orjson.loads(document).get(urn, {}).get(attribute)
    return found


def _row(number: str, id: str) -> dict[str, str]:
    return {"type": "Group", "attribute": ORGANIZATION_CODE, "value": number, "resource_id": id}
