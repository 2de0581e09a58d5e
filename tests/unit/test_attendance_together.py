"""Errands in company: each as if alone, what several ask is asked once, and nobody pays for anybody else."""

from collections.abc import Sequence

import pytest

from connectors.attendance.codes import Refusal
from connectors.attendance.together import PATIENCE, SLOW, Errand, alone, ask, together
from connectors.errors import ConnectorError, Denied, Unreachable, Unreadable
from connectors.http.answer import Busy, Lost


class Desk:
    """Answers with the number doubled, and writes down what it was asked. `bad` are the numbers that it chokes on."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.asked: list[list[int]] = []
        self.bad: dict[int, Exception] = {}
        self.now = 0.0
        self.seconds = seconds

    def __call__(self, numbers: Sequence[int]) -> dict[int, int]:
        self.asked.append(list(numbers))
        self.now += self.seconds
        for number in numbers:
            if number in self.bad:
                raise self.bad[number]
        return {number: 2 * number for number in numbers}

    def monotonic(self) -> float:
        return self.now


def _doubled(desk: Desk, number: int, most: int = 100) -> Errand[int]:
    return (yield from ask(desk, number, most))


def _run(desk: Desk, *numbers: int, most: int = 100) -> list[object]:
    return [*together([_doubled(desk, number, most) for number in numbers], desk.monotonic)]


def test_what_several_ask_is_asked_once_and_each_has_the_answer() -> None:
    desk = Desk()
    assert _run(desk, 1, 2, 1, 3) == [2, 4, 2, 6]
    assert desk.asked == [[1, 2, 3]]


def test_questions_go_in_lots() -> None:
    desk = Desk()
    assert _run(desk, *range(250)) == [2 * number for number in range(250)]
    assert [len(each) for each in desk.asked] == [100, 100, 50]
    desk = Desk()
    _run(desk, 1, 2, 3, most=1)
    assert desk.asked == [[1], [2], [3]]


def test_nobody_and_somebody_who_asks_nothing() -> None:
    def nothing() -> Errand[str]:
        return "so"
        yield

    assert together([], lambda: 0.0) == []
    assert together([nothing()], lambda: 0.0) == ["so"]


def test_each_goes_its_own_way_and_those_at_the_same_place_meet() -> None:
    desk = Desk()

    def often(number: int) -> Errand[int]:
        for _ in range(number):
            number = yield from ask(desk, number)
        return number

    assert together([often(1), often(2), often(3)], desk.monotonic) == [2, 8, 24]
    assert desk.asked == [[1, 2, 3], [4, 6], [12]]


@pytest.mark.parametrize("error", [Unreadable("odd"), Refusal("0x00072003"), Refusal("0x00072202")])
def test_what_one_alone_brings_about_is_his_alone(error: Exception) -> None:
    desk = Desk()
    desk.bad[7] = error
    ended = _run(desk, *range(64))
    assert ended.pop(7) is error
    assert ended == [2 * number for number in range(64) if number != 7]
    assert len(desk.asked) <= 13
    assert len([each for each in desk.asked if 7 in each]) == 7


@pytest.mark.parametrize(
    "error", [Unreachable("away"), Busy("busy", 3), Denied("who are you"), Refusal("0x02401008"), Refusal("0x00052104")]
)
def test_who_finds_the_platform_away_is_the_last_who_tries(error: Exception) -> None:
    desk = Desk()
    desk.bad[2] = error
    assert _run(desk, 1, 2, 3, 4, most=1) == [2, error, error, error]
    assert desk.asked == [[1], [2]]


@pytest.mark.parametrize("error", [Lost("gone"), Refusal("0x00052103"), Refusal("0x00052102")])
def test_a_lot_that_may_have_been_done_is_not_sent_again_and_the_next_one_is(error: Exception) -> None:
    desk = Desk()
    desk.bad[2] = error
    assert _run(desk, 1, 2, 3, 4, most=2) == [error, error, 6, 8]
    assert desk.asked == [[1, 2], [3, 4]]


def test_an_error_can_be_answered_by_who_gets_it() -> None:
    desk = Desk()
    desk.bad[2] = Refusal("0x00072202")

    def patient(number: int) -> Errand[int]:
        try:
            return (yield from ask(desk, number))
        except Refusal:
            return (yield from ask(desk, 100 + number))

    assert together([patient(1), patient(2)], desk.monotonic) == [2, 204]


def test_what_is_alone_is_never_taken_for_anothers() -> None:
    calls: list[int] = []

    def put(number: int) -> Errand[int]:
        return (yield from alone(lambda: calls.append(number) or number))  # type: ignore[func-returns-value]

    assert together([put(1), put(1), put(2)], lambda: 0.0) == [1, 1, 2]
    assert calls == [1, 1, 2]


def test_a_slow_platform_leaves_the_rest_to_the_next_time_and_never_everybody() -> None:
    """A claim is held for a minute: sixty-four calls of five seconds each would outlast it by far."""
    desk = Desk(seconds=5)
    ended = _run(desk, *range(64), most=1)
    done = [each for each in ended if isinstance(each, int)]
    held = [each for each in ended if isinstance(each, ConnectorError)]
    assert len(done) == PATIENCE / 5
    assert {str(each) for each in held} == {SLOW}
    assert not [each for each in held if each.outage]
    desk = Desk(seconds=PATIENCE + 1)
    assert _run(desk, 1, 2, most=1)[0] == 2


def test_one_who_is_alone_has_all_the_time_there_is() -> None:
    desk = Desk(seconds=PATIENCE)

    def often() -> Errand[int]:
        number = 1
        for _ in range(5):
            number = yield from ask(desk, number)
        return number

    assert together([often()], desk.monotonic) == [32]
