"""`huaming restore`: a store comes back as it was, is proved, and everything in it is looked at again before anything
is sent.

What happened after the backup is in the systems and not in the store: accounts were made, renamed, locked, removed.
So every row is due, and its own observation decides; that an account may be one that we have made is assumed of
every one of our keys (S12); and all of it is one batch for the guard (S23).
"""

import getpass
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.engine import make_url

from scim_server.clock import Clock
from scim_server.operate import replacing
from scim_server.operate.archive import STORE, Manifest, read_manifest, unpack, workshop
from scim_server.operate.backup import demand_sound
from scim_server.operate.moving import kept_out
from scim_server.store import dumps, restoring, trace
from scim_server.store.cause import Cause, because
from scim_server.store.deadline import unhurried
from scim_server.store.digests import digests
from scim_server.store.engine import Unusable, named, open_engine, plain_url, several_nodes
from scim_server.store.links import void_leases
from scim_server.store.metadata import metadata
from scim_server.store.migrate import demand_known, migrate
from scim_server.store.tables import links
from scim_server.store.vault import checked, sealing
from scim_server.store.wakes import wake_all

LOT = 5_000
_FUNCTIONS = text(
    "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace "
    "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
)

Secrets = tuple[str | None, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Restored:
    """`looked_at`: rows that are due now. `kept`: where the store that was there lies, if one was."""

    manifest: Manifest
    looked_at: int
    kept: Path | None


def restore(file: Path, url: str, clock: Clock, secrets: Secrets, *, force: bool) -> Restored:
    """Puts it there. `secrets`: the keys that seal what is personal in the trace. `force`: what is there is replaced.

    Raises Busy where somebody works that store, Unusable where the file is damaged or the store is in use.
    """
    manifest = read_manifest(file)
    demand_known(manifest.schema)
    if (manifest.engine == "postgresql") is not several_nodes(url):
        raise Unusable(
            f"the backup is of {manifest.engine}, the store is not: restore it to one of its kind, then huaming migrate"
        )
    checked(secrets)
    with kept_out(url, clock):
        if several_nodes(url):
            _put_database(file, manifest, url, force)
            return Restored(manifest, _made_current(url, manifest, clock, secrets), None)
        return _put_file(file, manifest, url, clock, secrets, force)


def _made_current(url: str, manifest: Manifest, clock: Clock, secrets: Secrets) -> int:
    """Migrated, and everything in it due; how many rows are."""
    migrate(url)
    engine = sealing(open_engine(url, writing=True), secrets)
    try:
        return _doubt(engine, manifest, clock)
    finally:
        engine.dispose()


# -- SQLite


def _put_file(file: Path, manifest: Manifest, url: str, clock: Clock, secrets: Secrets, force: bool) -> Restored:
    """Everything in it is due before it stands where a server would find it."""
    store = Path(str(make_url(plain_url(url)).database)).resolve()
    if store.exists() and not force:
        raise Unusable(f"{store} is there already; --force replaces it, and keeps it beside")
    with workshop(store) as folder:
        fresh = folder / STORE["sqlite"]
        unpack(file, manifest, fresh)
        _prove(open_engine(f"sqlite:///{fresh}"), manifest, demand_sound)
        looked_at = _made_current(f"sqlite:///{fresh}", manifest, clock, secrets)
        kept = replacing.put(fresh, store, f".replaced-{clock.stamp().replace(':', '')}")
    return Restored(manifest, looked_at, kept)


def _prove(engine: Engine, manifest: Manifest, more: Callable[[Connection], None] = lambda _: None) -> None:
    """Raises Unusable where not every table holds what the manifest says."""
    try:
        with engine.begin() as connection:
            more(connection)
            found = digests(connection)
    finally:
        engine.dispose()
    differ = sorted(
        name for name in manifest.tables.keys() | found.keys() if manifest.tables.get(name) != found.get(name)
    )
    if differ:
        raise Unusable(f"what was restored is not what was saved, in {', '.join(differ)}: it is not used")


# -- PostgreSQL


def _put_database(file: Path, manifest: Manifest, url: str, force: bool) -> None:
    engine = open_engine(url, writing=True)
    try:
        there = _tables_of(engine)
        if there and not force and not restoring.marked(engine):  # what an interrupted one has left is nobody's
            raise Unusable(f"{named(url)} holds tables already; --force drops them")
        with workshop(file) as folder:
            dump = folder / STORE["postgresql"]
            unpack(file, manifest, dump)
            _clear(engine, there)
            dumps.load(url, dump)
    finally:
        engine.dispose()
    _prove(open_engine(url), manifest)


def _tables_of(engine: Engine) -> list[str]:
    """Of ours, those that are there."""
    ours = {*metadata.tables, "alembic_version"}
    with engine.connect() as connection:
        there = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"))
        return sorted(ours.intersection(there))


def _clear(engine: Engine, tables: Sequence[str]) -> None:
    """Our tables, and the functions that stand beside them in the schema: an extension's stay.

    From the same commit on nobody serves what comes in their place, until `_doubt` has gone through all of it.
    """
    quote = engine.dialect.identifier_preparer.quote
    with engine.begin() as connection:
        restoring.mark(connection)
        if tables:
            connection.execute(text(f"DROP TABLE {', '.join(map(quote, tables))} CASCADE"))
        for function in connection.scalars(_FUNCTIONS).all() if tables else ():
            connection.execute(text(f"DROP ROUTINE {function} CASCADE"))


# -- what may have happened since


def _doubt(engine: Engine, manifest: Manifest, clock: Clock) -> int:
    """In one transaction: either all of it is looked at again, or nobody works this store."""
    with engine.begin() as connection, because(Cause(batch=f"restore:{manifest.made}")):
        unhurried(connection)  # a statement over every account takes longer than a server would wait
        void_leases(connection)
        connection.execute(update(links).where(links.c.adopted.is_(False)).values(creating=True))
        for system in connection.scalars(select(links.c.system).distinct()).all():
            after: str | None = ""
            while after is not None:
                after = wake_all(connection, system, after, LOT, clock.now(), gone=True)
        what = f"restored the backup of {manifest.made}"
        trace.note(connection, "restore", getpass.getuser(), what, at=clock.stamp())
        number = connection.scalar(text("SELECT count(*) FROM links WHERE due IS NOT NULL"))
        restoring.unmark(connection)
    return int(number or 0)
