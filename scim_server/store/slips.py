"""First passwords on sealed slips (S15): owed from the intent to create, shown once, gone in a week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, select, text, update

from scim_server.store.system_tables import slips
from scim_server.store.tables import subjects

WEEK = 7 * 86_400.0  # seconds
NONE = b""  # what a slip holds before the system has taken a password

_OWE = text(
    "INSERT INTO slips (system, subject, sealed, made, ready) VALUES (:system, :subject, :nothing, :now, false) "
    "ON CONFLICT (system, subject) DO UPDATE SET sealed = :nothing, made = :now, ready = false"
)
_FILL = (
    update(slips)
    .where(slips.c.system == bindparam("of_system"), slips.c.subject == bindparam("of"))
    .values(sealed=bindparam("seal"), made=bindparam("now"), ready=bindparam("taken"))
)


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip that can be shown. `made` in seconds since the epoch."""

    system: str
    subject: str
    key: str
    title: str
    sealed: bytes
    made: float


def owe(connection: Connection, system: str, owed: Iterable[str], now: float) -> None:
    """These subjects are about to get an account, and so a first password; what an earlier one had is void."""
    rows = [{"system": system, "subject": subject, "nothing": NONE, "now": now} for subject in owed]
    if rows:
        connection.execute(_OWE, rows)


def owed(connection: Connection, system: str, among: Sequence[str]) -> set[str]:
    """Who of these has an account whose first password the system has not taken yet."""
    waiting = select(slips.c.subject).where(
        slips.c.system == system, slips.c.subject.in_(among), slips.c.ready.is_(False)
    )
    return set(connection.scalars(waiting))


def fill(connection: Connection, system: str, subject: str, sealed: bytes, now: float, *, taken: bool) -> None:
    """Puts a sealed password on the slip; `taken`: the system has it."""
    row = {"of_system": system, "of": subject, "seal": sealed, "now": now, "taken": taken}
    connection.execute(_FILL, [row])


def drop(connection: Connection, system: str, subject: str) -> bool:
    """The slip was shown, or its account is gone. False where there was none."""
    gone = delete(slips).where(slips.c.system == system, slips.c.subject == subject)
    return connection.execute(gone).rowcount > 0


def expire(connection: Connection, now: float) -> int:
    """Slips that nobody has asked for in a week are gone; returns how many. What is still owed stays."""
    old = delete(slips).where(slips.c.ready.is_(True), slips.c.made < now - WEEK)
    return connection.execute(old).rowcount


def ready(connection: Connection, now: float, system: str | None = None, key: str | None = None) -> list[Slip]:
    """The slips that can be shown, the oldest first."""
    of = (
        select(slips.c.system, slips.c.subject, subjects.c.key, subjects.c.title, slips.c.sealed, slips.c.made)
        .join(subjects, subjects.c.subject == slips.c.subject)
        .where(slips.c.ready.is_(True), slips.c.made >= now - WEEK)
    )
    if system is not None:
        of = of.where(slips.c.system == system)
    if key is not None:
        of = of.where(subjects.c.key == key)
    return [Slip(*row) for row in connection.execute(of.order_by(slips.c.made, slips.c.subject))]
