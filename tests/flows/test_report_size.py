"""The sync report over a long record: flat in memory, bounded on the page, on as many sheets as it takes."""

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection, insert

from scim_server.reports.page import Page
from scim_server.reports.queries import open_rows, sync_rows
from scim_server.reports.render_html import write_html
from scim_server.reports.render_xlsx import workbook
from scim_server.reports.scope import Scope
from scim_server.reports.sheet import write_sheets
from scim_server.store.engine import open_engine
from scim_server.store.tables import attempts, links, metadata, subjects
from tests.servers.stores import store_url

NOW = datetime(2026, 7, 14, 1, 32, 7, tzinfo=UTC)
MANY = 100_000
STATE = b'{"presence":"active","attributes":{"cn":["\xe5\xbc\xa0\xe4\xbc\x9f"],"mail":["zhang.wei@qu.gov.cn"]}}'

# Its own process, and the peak of its own image: getrusage's would begin with that of the parent.
MEASURED = """
import sys
from datetime import UTC, datetime
from scim_server.reports.sync import write_sync
from scim_server.store.engine import open_engine
with open_engine(sys.argv[1]).connect() as connection, open(sys.argv[3], "wb") as out:
    write_sync(connection, sys.argv[2], out, datetime(2026, 7, 14, tzinfo=UTC))
print(next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def fill(connection: Connection, count: int) -> None:
    metadata.create_all(connection)
    person = {"subject": "p1", "key": "1001", "title": "张伟", "kind": "person", "created_on": "2026-07-01"}
    connection.execute(insert(subjects), [person])
    for start in range(0, count, 10_000):
        connection.execute(insert(attempts), [attempt(number) for number in range(start, min(count, start + 10_000))])
    connection.commit()


def attempt(number: int) -> dict[str, object]:
    at = f"2026-07-{number // 5000 % 28 + 1:02d}T{number % 24:02d}:{number % 60:02d}:{number // 60 % 60:02d}.000Z"
    return {
        "id": f"{number:08d}-0000-7000-8000-000000000000",
        "at": at,
        "changed_at": at,
        "settled_at": at,
        "system": "ldap",
        "subject": "p1",
        "key": "1001",
        "action": "create",
        "outcome": "done",
        "article": "plain",
        "reason": "名册已登记，账号应当启用",
        "generation": 1,
        "after": STATE,
    }


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """A store with few operations, and one with many."""
    folder = tmp_path_factory.mktemp("stores")
    urls = {count: store_url(folder / f"{count}.db") for count in (1_000, MANY)}
    for count, url in urls.items():
        engine = open_engine(url)
        with engine.connect() as connection:
            fill(connection, count)
        engine.dispose()
    return urls


def megabytes(store: str, form: str, out: Path) -> int:
    command = [sys.executable, "-c", MEASURED, store, form, str(out)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.parametrize(("form", "allowed"), [("csv", 75), ("json", 75), ("html", 85)])
def test_memory_does_not_grow_with_the_record(stores: dict[int, str], tmp_path: Path, form: str, allowed: int) -> None:
    """Allowed in megabytes: the store's page cache and its sorter take 32 each, and the page keeps its 2,000 rows."""
    few, many = (megabytes(store, form, tmp_path / str(count)) for count, store in stores.items())
    assert many - few <= allowed


def test_a_long_csv_is_whole_and_in_order(stores: dict[int, str], tmp_path: Path) -> None:
    megabytes(stores[MANY], "csv", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as lines:
        keys = [(row["time"], row["id"]) for row in csv.DictReader(lines)]
    assert len(set(keys)) == MANY
    assert keys == sorted(keys)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Connection]:
    engine = open_engine(store_url(tmp_path / "store.db"))
    with engine.connect() as connection:
        fill(connection, 10)
        yield connection
    engine.dispose()


def test_the_page_shows_the_newest_and_says_how_many_it_leaves_out(store: Connection) -> None:
    stuck = {"system": "ldap", "kind": "person", "state": "parked", "desired": 1, "applied": 0, "attempts": 0}
    stuck |= {"epoch": 1, "creating": False, "locking": False, "incarnation": 1, "error": "原因"}
    store.execute(insert(links), [stuck | {"subject": f"s{number}", "changed": float(number)} for number in range(5)])
    page = Page(most_rows=4, most_open=2)
    page.read(sync_rows(store), open_rows(store, None))
    out = io.BytesIO()
    write_html(page, out, Scope(NOW), [], {}, {})
    html = out.getvalue().decode()
    assert "共 10 项，本页列出最近的 4 项，其余 6 项见 CSV" in html
    assert "搁置共 5 项，本页列出较早的 2 项，其余 3 项见表格" in html
    assert html.count("历时") == 4
    assert "本期共 10 项操作" in html
    newest = [row["at"] for row in sorted(map(attempt, range(10)), key=lambda row: str(row["at"]))][-4:]
    assert [row.time for row in page.history()] == newest


def test_rows_beyond_a_sheet_go_on_the_next_under_the_same_header() -> None:
    out = io.BytesIO()
    with workbook(out, NOW) as book:
        write_sheets(book, "操作", {"id": 10}, ([number] for number in range(5)), most_rows=2)
    read = openpyxl.load_workbook(out)
    values = {sheet.title: [row[0] for row in sheet.iter_rows(values_only=True)] for sheet in read}
    assert values == {"操作": ["id", 0, 1], "操作 2": ["id", 2, 3], "操作 3": ["id", 4]}


def test_a_workbook_that_fails_half_way_writes_nothing() -> None:
    out = io.BytesIO()

    def broken_off() -> None:
        with workbook(out, NOW) as book:
            book.add_worksheet("操作")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()
    assert out.getvalue() == b""
