"""The mark of a PostgreSQL store that `huaming restore` is filling: until it is gone, nobody serves that store (S20).

It is a table that is in no backup and in no migration: it stands before the first of the backup's tables comes, and
`pg_restore`, which brings all of those in one transaction, cannot bring or take it.
"""

from sqlalchemy import Connection, Engine, inspect, text

from scim_server.store.outages import Unusable

MARK = "huaming_restoring"


def mark(connection: Connection) -> None:
    """From this commit on nobody serves this store."""
    connection.execute(text(f"CREATE TABLE IF NOT EXISTS {MARK} (restoring boolean)"))


def unmark(connection: Connection) -> None:
    """It is whole, and everything in it is due."""
    connection.execute(text(f"DROP TABLE IF EXISTS {MARK}"))


def marked(store: Engine) -> bool:
    """Whether a restore has begun here that has not ended. On SQLite none is seen: the file comes whole (S27)."""
    return store.dialect.name == "postgresql" and inspect(store).has_table(MARK)


def demand_ended(store: Engine) -> None:
    """Raises Unusable for a store whose restore was interrupted."""
    if marked(store):
        raise Unusable("this store is incomplete: `huaming restore` has not ended; run it again")
