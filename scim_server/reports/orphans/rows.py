"""What the report of orphans rests on: accounts that no link names, and how each system was read (S12, S30)."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from scim_server.store.sweep_tables import sweeps

NO_DATA = "无数据"  # since when it is there: no system tells (S30)


@dataclass(frozen=True, slots=True)
class OrphanRow:
    """One account or department. `candidates`: who may be meant, in words, each with number and department.

    `why`: why it is none of ours, a sentence.
    """

    system: str
    kind: str
    name: str
    login: str
    key: str
    department: str
    account: str
    remote_id: str
    presence: str
    thought: str
    why: str
    candidates: tuple[str, ...]
    since: str = NO_DATA


@dataclass(frozen=True, slots=True)
class Whole:
    """The last sweep that read a system to its end: when (a stamp), and what it counted."""

    at: str
    accounts: int
    departments: int
    strange: int


@dataclass(frozen=True, slots=True)
class Reading:
    """How one system was read for the report. `error`: why no whole list was to be had, so nothing is said of it.

    `at`: a stamp. `whole` is None where no sweep ever read it to its end.
    """

    system: str
    at: str
    accounts: int
    departments: int
    whole: Whole | None
    error: str | None = None


def last_whole(connection: Connection, system: str) -> Whole | None:
    """The last complete sweep on record."""
    of = (
        select(sweeps.c.ended, sweeps.c.accounts, sweeps.c.departments, sweeps.c.strange)
        .where(sweeps.c.system == system, sweeps.c.outcome == "complete")
        .order_by(sweeps.c.began.desc(), sweeps.c.id.desc())
        .limit(1)
    )
    found = connection.execute(of).first()
    return None if found is None else Whole(*found)
