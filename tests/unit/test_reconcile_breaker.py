"""The breaker of a system, and the backoff of a row."""

import itertools

from scim_server.reconcile.backoff import LONGEST, backoff
from scim_server.reconcile.breaker import LIMIT, Breaker


def test_the_breaker_opens_at_the_fifth_failure_and_lets_one_probe_through_at_a_time() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    assert [breaker.failed("x") for _ in range(LIMIT)] == [False] * (LIMIT - 1) + [True]
    assert breaker.pause() == 5
    now[0] = 5.0
    assert breaker.pause() == 0
    assert breaker.pause() > 0, "the second caller waits for the first one's probe"
    probes = [0.0]
    for _ in range(40):
        assert breaker.failed("x") is False
        now[0] += breaker.pause()
        assert breaker.pause() == 0
        probes.append(now[0])
    assert max(b - a for a, b in itertools.pairwise(probes)) == 30
    assert len([at for at in probes if at <= 60]) <= 30
    assert breaker.succeeded() is True
    assert (breaker.open, breaker.pause(), breaker.error) == (False, 0, None)


def test_a_success_between_failures_keeps_the_breaker_closed() -> None:
    breaker = Breaker(lambda: 0.0)
    for _ in range(LIMIT - 1):
        breaker.failed("x")
    assert breaker.succeeded() is False
    assert breaker.failed("x") is False
    assert not breaker.open


def test_backoff_doubles_with_full_jitter_up_to_an_hour_and_obeys_what_it_is_told() -> None:
    assert [backoff(tries, lambda: 1.0) for tries in range(1, 6)] == [2, 4, 8, 16, 32]
    assert backoff(10_000, lambda: 1.0) == LONGEST
    assert backoff(8, lambda: 0.5) == 128
    assert backoff(8, lambda: 0.0) == 0.1
    assert backoff(8, lambda: 0.0, told=7) == 7


def test_a_system_that_says_when_to_come_again_is_left_alone_until_then() -> None:
    now = [100.0]
    breaker = Breaker(lambda: now[0])
    assert breaker.failed("busy", 7.0) is True
    assert (breaker.open, breaker.pause()) == (True, 7.0)
    now[0] = 106.9
    assert breaker.pause() > 0
    now[0] = 107.0
    assert breaker.pause() == 0
    assert breaker.failed("busy", 60.0) is False
    now[0] = 120.0
    assert breaker.pause() == 47.0
    now[0] = 167.0
    assert breaker.pause() == 0
    assert breaker.succeeded() is True
