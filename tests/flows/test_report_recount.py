"""What reports say, counted again: from the rows, and from the trace, on a history with failures and retries (S26)."""

import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from scim_server.reports.period import EVER, Period
from scim_server.reports.recount import check
from scim_server.reports.sync import write_sync
from scim_server.store.trace import recount
from tests.flows.report_record import Text
from tests.flows.report_town import ReportTown, troubled_days


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportTown]:
    one = troubled_days(tmp_path_factory.mktemp("troubled"))
    yield one
    one.close()


def sync(town: ReportTown, form: str, period: Period = EVER) -> bytes:
    out = io.BytesIO()
    with town.engine.begin() as connection:
        write_sync(connection, form, out, datetime.fromtimestamp(town.time, UTC), period)
    return out.getvalue()


def operations(town: ReportTown, period: Period = EVER) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(sync(town, "json", period))
    return found


def kinds(rows: list[dict[str, Any]]) -> Counter[Any]:
    return Counter((row["system"], row["action"], row["article"], row["outcome"]) for row in rows)


def traced(town: ReportTown, period: tuple[str, str] = ("", "~")) -> Counter[Any]:
    with town.engine.connect() as connection:
        return Counter({tuple(each[:4]): each.number for each in recount(connection, period)})


def test_the_history_has_failures_and_retries(town: ReportTown) -> None:
    rows = operations(town)
    assert len(rows) > 200
    assert {"done", "refused"} <= {row["outcome"] for row in rows}
    assert max(row["attempt"] for row in rows) > 1


def test_totals_of_the_sync_report_are_those_of_its_rows_and_of_the_trace(town: ReportTown) -> None:
    rows = operations(town)
    assert kinds(rows) == traced(town)
    words = Text(sync(town, "html")).words
    assert f"与留痕核对：一致（报告 {len(rows):,} 项，留痕 {len(rows):,} 项）" in words


def test_a_period_is_recounted_alike(town: ReportTown) -> None:
    rows = operations(town)
    middle = Period(rows[len(rows) // 3]["time"], rows[2 * len(rows) // 3]["time"])
    within = operations(town, middle)
    assert 0 < len(within) < len(rows)
    assert within == [row for row in rows if middle.since <= row["time"] < middle.until]  # type: ignore[operator]
    assert kinds(within) == traced(town, (middle.since or "", middle.until or ""))


def test_a_difference_is_named_with_both_numbers(town: ReportTown) -> None:
    with town.engine.connect() as connection:
        counted = kinds(operations(town))
        kind = next(iter(counted))
        counted[kind] += 2
        found = check(connection, counted)
    assert not found.agrees
    assert found.reported == found.traced + 2
    assert f"报告 {counted[kind]:,}，留痕 {counted[kind] - 2:,}" in found.sentence


def test_the_push_behind_each_operation_is_told(town: ReportTown) -> None:
    rows = operations(town)
    created = [row for row in rows if row["action"] == "create" and row["externalId"].startswith("E-p")]
    assert {row["cause"] for row in created} == {f"hire-{number}" for number in range(10)}
    assert {(row["causedBy"], row["policy"] is not None) for row in created} <= {("test", True), ("test", False)}
    assert all(row["causedAt"] <= row["time"] for row in created)
    assert all((row["readBackAt"] is not None) is (row["outcome"] in ("done", "already-so")) for row in rows)


def test_lifecycle_read_backs_are_in_the_trace(town: ReportTown) -> None:
    told = Counter(row["kind"] for row in town.happened())
    assert told == {"joined": 100, "placed": 60, "moved": 10, "locked": 10, "left": 10}
    arrived = [row for row in town.happened() if row["systems"]["memory"]["state"] == "read-back"]
    assert (
        f"与留痕核对：一致（报告 {len(arrived):,} 项，留痕 {len(arrived):,} 项）" in Text(town.lifecycle("html")).words
    )
    done = {row["externalId"] for row in operations(town) if row["action"] == "remove" and row["outcome"] == "done"}
    assert {row["externalId"] for row in arrived if row["kind"] == "left"} == done
