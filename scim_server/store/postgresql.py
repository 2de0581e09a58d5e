"""PostgreSQL, the engine of several nodes: libpq's URL, several hosts and sockets too, psycopg 3 under SQLAlchemy.

Whatever collation a database has, our text columns are COLLATE "C": they compare and sort by bytes (S10). Columns
of whole numbers have 64 bits there, as in SQLite; what is bound to one that needs them is a BigInteger.
"""

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Column, Engine, Text, create_engine
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler
from sqlalchemy.pool import NullPool

from scim_server.store.closing import Bound, bounded
from scim_server.store.outages import Unusable
from scim_server.store.patience import Patient, watched

PATIENT = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",  # milliseconds until what was sent must have arrived: a dead machine answers nothing
    "application_name": "huaming",
}
"""Where the URL does not say otherwise."""

WRITING, READING = 15.0, 300.0  # seconds that one answer is waited for
SERVING = 30.0  # by whoever serves others meanwhile: nothing that it reads takes a second
_BOUNDS = "SET statement_timeout = '12s'; SET idle_in_transaction_session_timeout = '60s'"
"""Of writers: nobody waits longer for a lock, and who is stopped within a transaction holds none for ever."""


def postgresql_engine(url: Callable[[], str], writing: bool, serving: bool = False) -> Engine:
    """Connections to that database; the URL is asked for again at each, so that a password may be rotated.

    Readers' transactions tell of one moment (REPEATABLE READ), writers' see what others have committed meanwhile
    (READ COMMITTED). `serving`: an answer that is silent for long is given up early. Raises Unusable.
    """
    settings(url())
    bound = Bound(WRITING if writing else SERVING if serving else READING)
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: _connected(settings(url()), writing, bound),
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="READ COMMITTED" if writing else "REPEATABLE READ",
        use_native_hstore=False,
    )
    engine.dialect.ddl_compiler = _Ddl
    return bounded(engine, bound)


def _connected(told: dict[str, Any], writing: bool, bound: Bound) -> psycopg.Connection[Any]:
    one = watched(Patient.connect(make_conninfo("", **told), autocommit=True), bound)
    if writing:
        one.execute(_BOUNDS)
    one.autocommit = False
    return one


def settings(url: str) -> dict[str, Any]:
    """What libpq is told. Raises Unusable."""
    _, _, rest = url.partition("://")
    try:
        found = conninfo_to_dict(f"postgresql://{rest}")
    except psycopg.Error as error:
        raise Unusable(f"[store] url cannot be read: {error}") from None
    if not found.get("dbname"):
        raise Unusable("[store] url must name a database: postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    return {**PATIENT, **found}


def name(url: str) -> str:
    """The database's address for people: no password in it."""
    told = settings(url)
    hosts, ports = str(told.get("host", "")).split(","), str(told.get("port", 5432)).split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    places = ",".join(f"{host}:{port}" for host, port in zip(hosts, ports, strict=False))
    return f"postgresql://{places}/{told['dbname']}"


class _Ddl(PGDDLCompiler):
    """Column types as we want them in every table that is made, by a migration or not."""

    def get_column_specification(self, column: Column[Any], **kwargs: Any) -> str:
        spelled: str = super().get_column_specification(column, **kwargs)  # type: ignore[no-untyped-call]
        if isinstance(column.type, Text):
            return spelled.replace(" TEXT", ' TEXT COLLATE "C"', 1)
        return spelled.replace(" INTEGER", " BIGINT", 1).replace(" SERIAL", " BIGSERIAL", 1)
