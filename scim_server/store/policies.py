"""By which policy everybody was settled (S21): one row each time that it changed."""

from sqlalchemy import Connection, insert, select

from scim_server.store.tables import policies


def in_force(connection: Connection) -> str | None:
    """The fingerprint of the policy by which everybody was settled last; None in a new store."""
    last = select(policies.c.fingerprint).order_by(policies.c.seq.desc()).limit(1)
    found: str | None = connection.scalar(last)
    return found


def note(connection: Connection, fingerprint: str, readings: str, at: str) -> None:
    """Everybody has been settled by it. `readings`: JSON. `at`: a stamp."""
    connection.execute(insert(policies).values(fingerprint=fingerprint, readings=readings, settled=at))
