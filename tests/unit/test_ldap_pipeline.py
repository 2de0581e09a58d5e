"""Conversations over one line: order within each, many at once, and what is known when the line breaks."""

from collections.abc import Sequence

import pytest

from connectors.errors import Unreadable
from connectors.ldap.line import Lost
from connectors.ldap.messages import ANY, BASE, Add, Delete, Modify, Reply, Request, Search
from connectors.ldap.pipeline import WINDOW_WEIGHT, Pipeline, Talk, together
from connectors.ldap.wire import WINDOW


class Echo:
    """A line that answers the newest request first, with its DN, and breaks after so many replies."""

    window = WINDOW

    def __init__(self, breaks_after: int | None = None) -> None:
        self.under_way: dict[int, Request] = {}
        self.sent: list[Request] = []
        self.most = 0
        self._left = breaks_after

    def send(self, requests: Sequence[Request]) -> list[int]:
        numbers = list(range(len(self.sent), len(self.sent) + len(requests)))
        self.sent += requests
        self.under_way |= dict(zip(numbers, requests, strict=True))
        self.most = max(self.most, len(self.under_way))
        return numbers

    def receive(self) -> list[tuple[int, Reply]]:
        if self._left == 0:
            raise Lost("broken")
        self._left = None if self._left is None else self._left - 1
        number, request = self.under_way.popitem()
        return [(number, Reply(0, request.base if isinstance(request, Search) else request.dn))]

    def allow(self, until: float) -> None:
        pass

    def idle(self) -> bool:
        return True

    def close(self) -> None:
        self.under_way.clear()


def read(dn: str) -> Search:
    return Search(dn, BASE, ANY, ())


def steps(*batches: Sequence[Request]) -> Talk[list[str]]:
    """Sends the batches one after the other, gives back the texts of all replies."""
    texts = []
    for batch in batches:
        replies = yield batch
        texts += [reply.text for reply in replies]
    return texts


def test_each_reply_reaches_the_request_that_asked_for_it() -> None:
    line = Echo()
    talks = [steps([read(f"a{n}"), read(f"b{n}")], [], [Delete(f"c{n}")]) for n in range(200)]
    assert Pipeline(line, talks).run() == [[f"a{n}", f"b{n}", f"c{n}"] for n in range(200)]
    assert line.most == WINDOW


def test_a_step_waits_for_the_whole_step_before_it() -> None:
    line = Echo()
    Pipeline(line, [steps([read("a"), read("b")], [read("c")])]).run()
    assert [request.base for request in line.sent if isinstance(request, Search)] == ["a", "b", "c"]


def test_nothing_to_ask_is_a_result_all_the_same() -> None:
    assert Pipeline(Echo(), [steps(), steps([]), steps([], [])]).run() == [[], [], []]
    assert Pipeline(Echo(), []).run() == []


def test_an_error_of_one_conversation_stands_in_its_place() -> None:
    def fails() -> Talk[list[str]]:
        yield [read("x")]
        raise Unreadable("partial")

    first, second, third = Pipeline(Echo(), [steps([read("a")]), fails(), steps([read("b")])]).run()
    assert (first, third) == (["a"], ["b"])
    assert isinstance(second, Unreadable)


def test_heavy_requests_do_not_all_travel_at_once() -> None:
    line = Echo()
    heavy = Modify("g", ((0, "member", ("x",) * 1000),))
    Pipeline(line, [steps([heavy]) for _ in range(20)]).run()
    assert len(line.sent) == 20
    assert line.most == WINDOW_WEIGHT // 1000


def test_one_request_heavier_than_the_window_is_sent_alone() -> None:
    line = Echo()
    whale = Modify("g", ((0, "member", ("x",) * (WINDOW_WEIGHT * 2)),))
    assert Pipeline(line, [steps([whale]), steps([whale])]).run() == [["g"], ["g"]]
    assert line.most == 1


@pytest.mark.parametrize("answered", [0, 1, 5])
def test_when_the_line_breaks_each_knows_whether_it_had_written(answered: int) -> None:
    line = Echo(breaks_after=answered)
    reading = [steps([read("r")]) for _ in range(10)]
    writing = [steps([Add("w", {})]) for _ in range(10)]
    waiting = [steps([read("q")], [Delete("d")]) for _ in range(200)]
    results = Pipeline(line, [*reading, *writing, *waiting]).run()
    lost = [result for result in results if isinstance(result, Lost)]
    assert len(lost) == len(results) - sum(isinstance(result, list) for result in results)
    assert all(not result.wrote for result in results[:10] if isinstance(result, Lost))
    assert all(result.wrote for result in results[10:20] if isinstance(result, Lost))
    deletes = sum(isinstance(request, Delete) for request in line.sent)
    answered_deletes = sum(isinstance(result, list) for result in results[20:])
    assert sum(result.wrote for result in results[20:] if isinstance(result, Lost)) == deletes - answered_deletes


def test_conversations_as_one() -> None:
    def all_of_them() -> Talk[list[list[str]]]:
        return (yield from together([steps([read("a")]), steps([read("b")], [read("c")]), steps()]))

    assert Pipeline(Echo(), [all_of_them()]).run() == [[["a"], ["b", "c"], []]]
