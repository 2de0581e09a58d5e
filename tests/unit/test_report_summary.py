import random
from collections import Counter
from dataclasses import replace

import pytest

from mappings.model import Action
from scim_server.reports.lags import Lags
from scim_server.reports.rows import OpenRow, Standing, SyncRow
from scim_server.reports.summary import Summary
from scim_server.store.attempts import OUTCOMES

ROW = SyncRow(
    id="a1",
    time="2026-07-01T00:00:00.000Z",
    system="ldap",
    external_id="1001",
    action="create",
    article="plain",
    outcome="done",
    name="张伟",
    kind="person",
    group_key=None,
    group_name=None,
    reason="名册已登记，账号应当启用",
    detail=None,
    changed_at="2026-07-01T00:00:00.000Z",
    settled_at="2026-07-01T00:00:02.500Z",
    before=None,
    after=None,
)


@pytest.mark.parametrize("outcome", [None, *OUTCOMES])
def test_only_what_was_read_back_has_a_lag(outcome: str | None) -> None:
    expected = 2.5 if outcome in ("done", "already-so") else None
    assert replace(ROW, outcome=outcome).seconds == expected


def test_every_operation_is_counted_exactly_once() -> None:
    rows = [replace(ROW, action=action, outcome=outcome) for action in Action for outcome in (None, *OUTCOMES)]
    summary = Summary()
    for row in rows:
        summary.add(row)
    system = summary.of("ldap")
    assert system.total == summary.total == len(rows)
    assert system.done == Counter(Action)
    assert system.already_so == system.not_sent == len(Action)
    assert system.under_way == 2 * len(Action)  # none yet, and pending
    assert system.failures == 5 * len(Action)  # refused, conflict, unknown, lost, retry
    names = ["created", "changed", "locked", "unlocked", "removed", "joined", "left"]
    assert [system.figures()[name] for name in names] == [1] * 7


def test_what_stands_open_is_counted_by_standing_and_a_conflict_is_parked_too() -> None:
    summary = Summary()
    for standing in Standing:
        summary.add_open(OpenRow("oa", "1001", "张伟", standing, "", None, None))
    figures = summary.of("oa").figures()
    assert (figures["parked"], figures["waiting"], figures["held"]) == (2, 1, 1)
    assert summary.total == 0


def test_quantiles_are_within_one_percent_and_take_a_bounded_memory() -> None:
    source = random.Random(3)
    values = [source.lognormvariate(0, 2) for _ in range(50_000)]
    lags = Lags()
    for value in values:
        lags.add(value)
    values.sort()
    for share in (0.5, 0.95, 1.0):
        exact = values[max(0, round(share * len(values)) - 1)]
        assert lags.quantile(share) == pytest.approx(exact, rel=0.01)
    assert len(lags._buckets) < 3_000


def test_quantiles_of_nothing_and_of_no_time_at_all() -> None:
    lags = Lags()
    assert lags.quantile(0.5) is None
    lags.add(0.0)
    assert lags.quantile(0.5) == pytest.approx(0.001, rel=0.01)
