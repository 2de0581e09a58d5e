"""Tokens: fetched once, shared by all lanes, renewed once for any number who were told that it is not valid."""

import sys
import threading
import time
from collections.abc import Callable

import pytest

from connectors.errors import Denied, Unreachable
from connectors.http.answer import Busy
from connectors.http.tokens import Tokens, shared_tokens
from connectors.wecom.codes import NotAllowed, Rights


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Vendor:
    """Gives t1, t2, … and waits, where told to, until a test lets it go on."""

    def __init__(self, lives: float = 7200, error: Exception | None = None) -> None:
        self.fetched = 0
        self.lives = lives
        self.error = error
        self.open = threading.Event()
        self.open.set()

    def __call__(self) -> tuple[str, float]:
        self.fetched += 1
        assert self.open.wait(10)
        if self.error is not None:
            raise self.error
        return f"t{self.fetched}", self.lives


def together(count: int, do: Callable[[], str], vendor: Vendor, fetches: int) -> list[object]:
    """So many threads at once; the vendor answers when all are on their way."""
    results: list[object] = []
    ready = threading.Barrier(count + 1)

    def lane() -> None:
        ready.wait(10)
        try:
            results.append(do())
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=lane) for _ in range(count)]
    vendor.open.clear()
    for each in threads:
        each.start()
    ready.wait(10)
    until = time.monotonic() + 10
    while not (vendor.fetched == fetches and all(map(waits, threads))):
        assert time.monotonic() < until
        time.sleep(0.001)
    vendor.open.set()
    for each in threads:
        each.join(10)
    return results


def waits(lane: threading.Thread) -> bool:
    """It has asked for a token and seen which fetch is under way. A lane that is late would rightly make its own."""
    frame = sys._current_frames().get(lane.ident or 0)
    while frame is not None and frame.f_code is not Tokens._valid.__code__:
        frame = frame.f_back
    return frame is not None and "flights" in frame.f_locals


def test_a_token_is_fetched_once_and_again_shortly_before_its_end() -> None:
    clock, vendor = Clock(), Vendor()
    tokens = Tokens(vendor, clock)
    assert [tokens.get(), tokens.get()] == ["t1", "t1"]
    clock.now += 7200 - 301
    assert tokens.get() == "t1"
    clock.now += 2
    assert tokens.get() == "t2"


def test_a_short_lived_token_is_used_for_nine_tenths_of_its_life() -> None:
    clock, vendor = Clock(), Vendor(lives=100)
    tokens = Tokens(vendor, clock)
    tokens.get()
    clock.now += 89
    assert tokens.get() == "t1"
    clock.now += 2
    assert tokens.get() == "t2"


def test_a_hundred_who_hold_the_same_bad_token_make_one_refresh() -> None:
    vendor = Vendor()
    tokens = Tokens(vendor, Clock())
    bad = tokens.get()
    assert together(100, lambda: tokens.renew(bad), vendor, 2) == ["t2"] * 100
    assert tokens.renew(bad) == "t2"
    assert vendor.fetched == 2


def test_a_hundred_who_come_first_make_one_fetch() -> None:
    vendor = Vendor()
    tokens = Tokens(vendor, Clock())
    assert together(100, tokens.get, vendor, 1) == ["t1"] * 100
    assert vendor.fetched == 1


def test_who_waits_for_a_fetch_that_fails_gets_its_error_and_makes_no_further_one() -> None:
    vendor = Vendor(error=Busy("busy", 7.0))
    tokens = Tokens(vendor, Clock())
    results = together(20, tokens.get, vendor, 1)
    assert all(isinstance(each, Busy) and each.after == 7.0 for each in results)
    assert vendor.fetched == 1
    vendor.error = None
    assert tokens.get().startswith("t")


@pytest.mark.parametrize("error", [Denied("wrong"), Rights("wrong", 40001), NotAllowed("closed", 48002)])
def test_a_secret_that_is_refused_is_refused_to_whoever_waits_and_no_row_is_parked_for_it(error: Denied) -> None:
    """Who waited got a TypeError once, for the error could not be copied: a bug, for which a row is parked."""
    vendor = Vendor(error=error)
    results = together(20, Tokens(vendor, Clock()).get, vendor, 1)
    assert {(type(each), str(each), getattr(each, "code", None)) for each in results} == {
        (type(error), str(error), getattr(error, "code", None))
    }
    assert vendor.fetched == 1


def test_a_failed_renewal_leaves_no_bad_token_behind() -> None:
    vendor = Vendor()
    tokens = Tokens(vendor, Clock())
    bad = tokens.get()
    vendor.error = Unreachable("x")
    with pytest.raises(Unreachable):
        tokens.renew(bad)
    vendor.error = None
    assert tokens.get() == "t3"


def test_connectors_of_one_system_share_and_those_of_another_do_not() -> None:
    vendor = Vendor()
    one, same, other = (shared_tokens(("test", name), vendor, Clock()) for name in ("a", "a", "b"))
    assert one is same
    assert one is not other
    assert [one.get(), same.get(), other.get()] == ["t1", "t1", "t2"]
