"""Whoever tells of use tells it alike: aware instants in UTC, watches within what was asked, nobody accused (S30)."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import ActivitySource
from connectors.errors import ConnectorError
from tests.contract.target import Hand, Target

NOW = datetime.now(UTC)
MONTH = timedelta(days=30)


def test_a_report_keeps_to_what_was_asked(target: Target, hand: Hand) -> None:
    connector = target.connector()
    if not isinstance(connector, ActivitySource):
        pytest.skip("it tells nobody's use: 无数据")
    hand.create(1)
    until = datetime.now(UTC)
    steps: list[tuple[str, int]] = []
    report = connector.last_seen(until - MONTH, until, lambda *step: steps.append(step))
    assert all(name in (each.remote_id, each.key) for name, each in report.last.items())
    assert all(each.at.tzinfo is UTC and each.slack >= 0 for each in report.last.values())
    assert not report.never & report.last.keys()
    for watch in report.watched:
        assert until - MONTH <= watch.since < watch.until <= until
        assert watch.lag >= 0
    costs = connector.describe().costs
    assert {step for step, _ in steps} <= (costs.keys() | {"observe"})
    connector.close()


def test_a_system_that_does_not_answer_tells_nothing(target: Target) -> None:
    connector = target.unreachable()
    if not isinstance(connector, ActivitySource):
        pytest.skip("it tells nobody's use: 无数据")
    with pytest.raises(ConnectorError):
        connector.last_seen(NOW - MONTH, NOW)
