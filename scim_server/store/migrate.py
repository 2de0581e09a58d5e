"""Brings a store to the schema of this version (S27). Every command calls it first.

Alembic is loaded only where there is something to migrate: a script's file begins with its revision.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from scim_server.store.deadline import unhurried
from scim_server.store.engine import Unusable, named, open_engine

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent / "migrations"
LOCK = 0x6875616D696E67  # "huaming": whoever migrates a PostgreSQL holds it


def migrate(url: str) -> None:
    """Creates or upgrades the store, in one transaction; of several at once one does. Raises Unusable, for a store of
    a newer version too.
    """
    engine = open_engine(url, writing=True)
    try:
        with engine.connect() as connection:
            if schema_of(connection) == max(_revisions()):
                return
            connection.rollback()
            with connection.begin():
                _alone(connection)
                _refuse_newer(connection)
                _upgrade(connection)
    except DBAPIError as error:
        raise Unusable(f"the store {named(url)} cannot be used: {error.orig}") from error
    finally:
        engine.dispose()


def _alone(connection: Connection) -> None:
    """SQLite's writing transaction is alone. On PostgreSQL a table that is in use is waited for, but not for ever."""
    if connection.dialect.name == "postgresql":
        unhurried(connection)
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _revisions() -> set[str]:
    """What this version knows. They count upwards."""
    return {path.name.split("_")[0] for path in (HERE / "versions").glob("[0-9]*_*.py")}


def _refuse_newer(connection: Connection) -> None:
    current = schema_of(connection)
    if current is not None:
        demand_known(current)


def schema_of(connection: Connection) -> str | None:
    """The revision of a store's schema; None where there is no store."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def demand_known(schema: str) -> None:
    """Raises Unusable for a schema of a newer version."""
    if schema not in _revisions():
        raise Unusable(f"the store has schema {schema}, which a newer version of Huaming has made")
