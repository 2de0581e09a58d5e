"""A store for reports, and what the tests of reports fill it with and read from it."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from scim_server.reports.period import period_of
from scim_server.reports.sync import write_sync
from scim_server.store.engine import open_engine
from scim_server.store.system_tables import systems
from scim_server.store.tables import attempts, links, metadata, subjects
from tests.servers.stores import store_url

NOW = datetime(2026, 7, 14, 1, 32, 7, tzinfo=UTC)


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """A new store, known by that path."""
    engine = open_engine(store_url(path))
    with engine.connect() as connection:
        metadata.create_all(connection)
        connection.commit()
        yield connection
    engine.dispose()


def subject(store: Connection, name: str, key: str, title: str, kind: str = "person") -> None:
    row = {"subject": name, "key": key, "title": title, "kind": kind, "created_on": "2026-07-01"}
    store.execute(insert(subjects), [row])


def attempt(store: Connection, number: int, **said: Any) -> None:
    """The attempt number N is made in the N-th minute of 1 July, and read back two seconds later."""
    row: dict[str, Any] = {
        "id": f"{number:08d}-0000-7000-8000-000000000000",
        "at": f"2026-07-01T00:{number:02d}:00.000Z",
        "changed_at": f"2026-07-01T00:{number:02d}:00.000Z",
        "settled_at": f"2026-07-01T00:{number:02d}:02.000Z",
        "system": "ldap",
        "subject": "p1",
        "key": "1001",
        "action": "update",
        "outcome": "done",
        "article": "plain",
        "reason": "名册已登记，账号应当启用",
        "generation": 1,
        "group_key": None,
        "before": None,
        "after": None,
        "detail": None,
    }
    store.execute(insert(attempts), [row | said])


def link(store: Connection, who: str, state: str, **said: Any) -> None:
    row: dict[str, Any] = {
        "subject": who,
        "system": "ldap",
        "kind": "person",
        "state": state,
        "desired": 1,
        "applied": 0,
        "attempts": 0,
        "epoch": 1,
        "creating": False,
        "locking": False,
        "incarnation": 1,
    }
    store.execute(insert(links), [row | said])


def report(store: Connection, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    period = period_of(options.pop("since", None), options.pop("until", None), options.pop("period", None))
    write_sync(store, form, out, NOW, period, **options)
    return out.getvalue()


def csv_rows(store: Connection, **options: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(report(store, "csv", **options).decode("utf-8-sig"), newline="")))


class Text(HTMLParser):
    """The page as a reader sees it, and the elements that it is made of."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.words, self.elements = "", set[str]()
        self.attributes = set[str]()
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words += data


def busy_days(store: Connection) -> None:
    """Two people and a department in two systems, with everything that can come out of an operation."""
    subject(store, "p1", "1001", "张伟")
    subject(store, "p2", "1002", "欧阳明月")
    subject(store, "d1", "G01", "办公室", "group")
    created = {"presence": "active", "attributes": {"cn": ["张伟"], "mail": ["z@qu.gov.cn"]}}
    attempt(store, 1, action="create", after=json.dumps(created, ensure_ascii=False).encode())
    attempt(store, 2, action="join", group_key="G01")
    attempt(store, 3, action="lock", article="二", reason="人员状态变动，账号暂停使用", system="oa")
    attempt(store, 4, action="create", subject="p2", key="1002", outcome="conflict", detail="登录名已有主")
    attempt(store, 5, action="join", subject="p2", key="1002", group_key="G01", outcome="not-sent")
    attempt(store, 6, outcome="already-so")
    attempt(store, 7, outcome="retry", detail="系统忙")
    attempt(store, 8, outcome=None, settled_at=None)
    link(store, "p2", "parked", error="登录名「oy」已由他人使用", changed=1782864000.0)
    link(store, "p1", "done", finding="locked-by-hand")
    link(store, "d1", "waiting", system="oa", kind="group", blocker="p1", error="等待前项", changed=1782864000.0)
    store.execute(insert(systems), [{"name": "ldap", "mode": "enforce"}, {"name": "wecom", "mode": "observe"}])
