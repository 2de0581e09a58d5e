"""Brings a store to the schema of this version (S27). Every command calls it first."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from scim_server.store.engine import Unusable, open_engine

HERE = Path(__file__).parent / "migrations"


def migrate(url: str) -> None:
    """Creates or upgrades the store, in one transaction. Raises Unusable for a store of a newer version."""
    engine = open_engine(url, writing=True)
    try:
        with engine.connect() as connection:
            if _current(connection) == _head():
                return
            connection.rollback()
            with connection.begin():
                _refuse_newer(connection)
                command.upgrade(_config(connection), "head")
    except DBAPIError as error:
        raise Unusable(f"the store {engine.url.render_as_string()} cannot be used: {error.orig}") from error
    finally:
        engine.dispose()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(connection: Connection) -> None:
    current = _current(connection)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        raise Unusable(f"the store has schema {current}, which a newer version of Huaming has made")
