"""Connections to the store, SQLite or PostgreSQL, by its URL (S19). PostgreSQL's driver is loaded where it is used."""

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from scim_server.settings import BadSettings, resolve
from scim_server.store.lasting import Lasting, sentence
from scim_server.store.outages import Unavailable, Unusable
from scim_server.store.sqlite import sqlite_engine

__all__ = ["Unavailable", "Unusable", "named", "open_engine", "plain_url", "reading", "several_nodes"]

SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg://")


def open_engine(url: str, *, writing: bool = False, serving: bool = False) -> Engine:
    """An engine without a pool: each caller keeps its own connection, in its own thread.

    The URL may be a secret, `env:NAME` or `file:PATH`. `serving`: others wait for what is read. Raises Unusable.
    """
    plain = plain_url(url)
    if is_postgresql(plain):
        from scim_server.store.postgresql import postgresql_engine

        return postgresql_engine(lambda: plain_url(url), writing, serving)
    return sqlite_engine(plain, writing)


def plain_url(url: str) -> str:
    """The URL behind `env:NAME` or `file:PATH`. Raises Unusable."""
    try:
        found: str = resolve(url)
    except BadSettings as error:
        raise Unusable(f"[store] url: {error}") from error
    return found


def named(url: str) -> str:
    """The store's address for people: without a password. Raises Unusable."""
    plain = plain_url(url)
    if not is_postgresql(plain):
        return plain
    from scim_server.store.postgresql import name

    return name(plain)


def is_postgresql(url: str) -> bool:
    """Whether a URL names a PostgreSQL."""
    return url.startswith(SCHEMES)


def several_nodes(url: str) -> bool:
    """Whether several processes may work this store at once (S27)."""
    return is_postgresql(plain_url(url))


def reading(engine: Engine) -> Connection:
    """A connection each of whose statements sees what is committed at that moment.

    On PostgreSQL it opens itself again where it was lost. Raises Unavailable.
    """
    if engine.dialect.name == "postgresql":
        try:
            return Lasting(engine).execution_options(isolation_level="AUTOCOMMIT")
        except DBAPIError as error:
            raise Unavailable(f"the store cannot be read: {sentence(error)}") from error
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")
