"""A store that an older version made keeps what it holds."""

from pathlib import Path

import orjson
from alembic import command
from sqlalchemy import Connection, insert, inspect, select

from scim_server.scim.urns import ROSTER_GROUP
from scim_server.store.engine import open_engine
from scim_server.store.migrate import _config, migrate
from scim_server.store.tables import metadata, resources, totals, uniques
from tests.servers.stores import store_url

STAMP = "2026-11-25T08:00:00.000Z"


def first_version(url: str) -> None:
    """A store of schema 0001 with two departments and a user."""
    engine = open_engine(url, writing=True)
    with engine.connect() as connection, connection.begin():
        command.upgrade(_config(connection), "0001")
        for id, number in (("g1", "91350100M000100Y43"), ("g2", None)):
            facts = {"departmentCode": id, "kind": "gov", **({"organizationCode": number} if number else {})}
            _put(connection, "Group", id, {"displayName": id, ROSTER_GROUP: facts})
        _put(connection, "User", "u1", {"userName": "u1"})
    engine.dispose()


def _put(connection: Connection, type: str, id: str, document: dict[str, object]) -> None:
    row = {"id": id, "type": type, "subject": id, "name": id, "version": 1, "created": STAMP, "modified": STAMP}
    connection.execute(insert(resources), row | {"document": orjson.dumps(document), "folded": b"{}"})


def test_totals_and_unique_values_are_made_from_what_is_there(tmp_path: Path) -> None:
    url = store_url(tmp_path / "huaming.db", empty=True)
    first_version(url)
    migrate(url)
    with open_engine(url).connect() as connection:
        assert dict(connection.execute(select(totals.c.type, totals.c.number)).all()) == {
            "User": 1,
            "Group": 2,
        }
        assert [tuple(row) for row in connection.execute(select(uniques))] == [
            ("Group", f"{ROSTER_GROUP}:organizationCode", "91350100M000100Y43", "g1")
        ]
        assert connection.scalar(select(resources.c.document).where(resources.c.id == "u1")) == b'{"userName":"u1"}'


def test_the_migrations_end_at_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    url = store_url(tmp_path / "huaming.db", empty=True)
    migrate(url)
    found = inspect(open_engine(url))
    assert set(found.get_table_names()) - {"alembic_version"} == set(metadata.tables)
    for name, table in metadata.tables.items():
        assert {column["name"] for column in found.get_columns(name)} == set(table.columns.keys()), name
        made = [index for index in found.get_indexes(name) if not index.get("duplicates_constraint")]
        assert {index["name"] for index in made} == {index.name for index in table.indexes}, name
