"""A store as a version before the guard and the trace has left it (schema 0005), with generated people in it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, Engine, Table, insert, inspect, select, update

from scim_server.store.engine import open_engine
from scim_server.store.migrate import _config
from scim_server.store.tables import attempts, links, metadata, resources, subjects, totals
from tests.flows import client as say
from tests.flows.engine_room import Room
from tests.servers.stores import rows, store_url

SCHEMA = "0005"
LOT = 1000

Row = dict[str, Any]
Held = dict[str, list[tuple[Any, ...]]]


def old_store(folder: Path, people: int) -> str:
    """Its URL. It has what schema 0005 knows of a store that was lived in, and so many more people beside."""
    lived, url = _lived_in(folder), store_url(folder / "huaming.db", empty=True)
    here, there = open_engine(lived), open_engine(url, writing=True)
    with here.connect() as read, there.connect() as write, write.begin():
        command.upgrade(_config(write), SCHEMA)
        for name in set(inspect(write).get_table_names()) & metadata.tables.keys():
            _take_over(read, write, metadata.tables[name])
        for first in range(0, people, LOT):
            _add_people(read, write, range(first, min(first + LOT, people)))
        write.execute(update(totals).where(totals.c.type == "User").values(number=totals.c.number + people))
    _end(here, there)
    return url


def _end(*engines: Engine) -> None:
    for each in engines:
        each.dispose()


def _lived_in(folder: Path) -> str:
    room = Room(folder, url=f"sqlite:///{folder / 'lived.db'}")
    ids = [room.person(f"p{number}", title="科员") for number in range(12)]
    team = room.post("Group", say.plain_group("篮球队", "T1")).id
    room.members(team, add=tuple(ids[1:7]))
    room.work()
    room.put("User", ids[3], say.user("p3", title="主任"))
    room.delete("User", ids[5])
    room.work_out()
    room.close()
    return room.url


def _columns(connection: Connection, table: Table) -> list[Any]:
    known = {column["name"] for column in inspect(connection).get_columns(table.name)}
    return [column for column in table.columns if column.name in known]


def _take_over(read: Connection, write: Connection, table: Table) -> None:
    found = [dict(row._mapping) for row in read.execute(select(*_columns(write, table)))]
    write.execute(table.delete())
    if found:
        write.execute(insert(table), found)


def _add_people(read: Connection, write: Connection, numbers: Iterable[int]) -> None:
    """People like p0, who is a member of nothing."""
    (subject,) = read.scalars(select(subjects.c.subject).where(subjects.c.key == "E-p0"))
    for table in (resources, subjects, links, attempts):
        like = [
            dict(row._mapping)
            for row in read.execute(select(*_columns(write, table)).where(table.c.subject == subject))
        ]
        write.execute(insert(table), [_another(row, subject, number) for row in like for number in numbers])


def _another(row: Row, subject: str, number: int) -> Row:
    mark, mine = f"{number:08x}", f"{subject[:-8]}{number:08x}"
    found = {name: _renamed(value, subject, mine, f"q{number}") for name, value in row.items()}
    own = str(row["id"])[:-8] + mark if "id" in row else None
    return found | ({"id": own} if own else {})


def _renamed(value: Any, subject: str, mine: str, name: str) -> Any:
    if isinstance(value, bytes):
        return value.replace(subject.encode(), mine.encode()).replace(b"p0", name.encode())
    return value.replace(subject, mine).replace("p0", name) if isinstance(value, str) else value


def held(url: str, like: Held | None = None) -> Held:
    """All that its tables hold; `like`: what the tables and columns of an earlier look hold now."""
    engine = open_engine(url)
    with engine.connect() as connection:
        known = inspect(connection)
        tables = {name: [each["name"] for each in known.get_columns(name)] for name in known.get_table_names()}
    engine.dispose()
    if like is not None:
        tables = {name: list(like[name][0]) for name in like}
    return {name: [tuple(columns), *_rows(url, name, columns)] for name, columns in tables.items() if name in _KEPT}


_KEPT = metadata.tables.keys()


def _rows(url: str, table: str, columns: list[str]) -> list[tuple[Any, ...]]:
    quoted = ", ".join(f'"{each}"' for each in columns)
    return sorted(rows(url, f'SELECT {quoted} FROM "{table}"'), key=repr)
