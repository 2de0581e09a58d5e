"""`huaming erase` (S26): after the person is out of the tables, what they left in the file is overwritten too."""

from sqlalchemy import text

from scim_server.clock import pause
from scim_server.operate.desk import Desk, Refused
from scim_server.store.engine import open_engine

TRIES = 50  # a tenth of a second each: somebody reads, and what he reads must stay meanwhile


class NotErasable(Exception):
    """The person may not be erased. The argument is a sentence."""


def erase(desk: Desk, key: str, by: str) -> tuple[int, bool]:
    """How many attempts were blanked, and whether nothing of it is left in the file either. Raises NotErasable."""
    try:
        blanked = int(desk.run("erase", person=key, by=by))
    except Refused as error:
        if error.args[0] != "NotErasable":
            raise
        raise NotErasable(error.args[1]) from error
    return blanked, _settle_file(desk)


def _settle_file(desk: Desk) -> bool:
    """SQLite: the log beside the file holds pages as they were, until it is written back and cut to nothing.

    The pages themselves were overwritten when they were freed (secure_delete).
    """
    engine = open_engine(desk.settings.store.url)
    try:
        if engine.dialect.name != "sqlite":
            return True
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for _ in range(TRIES):
                if connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0] == 0:
                    return True
                pause(0.1)
        return False
    finally:
        engine.dispose()
