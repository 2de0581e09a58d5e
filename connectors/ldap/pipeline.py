"""Many conversations with the directory at once, over one line.

A conversation is a generator: it yields the requests of its next step, is given their replies in the same order,
and returns its result. Steps of one conversation follow each other; requests of different conversations travel
together, up to a window.

    def rename(dn: str) -> Talk[bool]:
        (reply,) = yield [Rename(dn, "uid=new")]
        return reply.code == 0
"""

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from connectors.errors import ConnectorError
from connectors.ldap.line import Line, Lost, NotSent
from connectors.ldap.messages import Add, Modify, Reply, Request, Search

T = TypeVar("T")
Talk = Generator[Sequence[Request], list[Reply], T]

WINDOW_WEIGHT = 4000  # values under way: what is sent must fit the buffers while nobody reads


@dataclass(slots=True)
class _Course(Generic[T]):
    """One conversation under way: the step's requests still to be answered, and whether anything was written."""

    talk: Talk[T]
    place: int
    missing: int = 0
    wrote: bool = False
    ended: bool = False
    replies: list[Reply | None] = field(default_factory=list)


class Pipeline(Generic[T]):
    """Holds all conversations to their ends. The results are in their order; Lost or ConnectorError stand in place."""

    def __init__(self, line: Line, talks: Sequence[Talk[T]]) -> None:
        self._line = line
        self._courses = [_Course(talk, place) for place, talk in enumerate(talks)]
        self._results: list[T | ConnectorError | Lost | None] = [None] * len(talks)
        self._queue: deque[tuple[_Course[T], int, Request]] = deque()
        self._under_way: dict[int, tuple[_Course[T], int, int]] = {}
        self._weight = 0

    def run(self) -> list[T | ConnectorError | Lost]:
        """Never raises for what a server may do."""
        waiting = deque(self._courses)
        try:
            while waiting or self._queue or self._under_way:
                while waiting and len(self._queue) < self._line.window:
                    self._advance(waiting.popleft(), None)
                self._send()
                self._receive()
        except Lost as lost:
            self._give_up(lost)
        return self._results  # type: ignore[return-value]

    def _send(self) -> None:
        lot: list[tuple[_Course[T], int, Request, int]] = []
        while self._queue and len(self._under_way) + len(lot) < self._line.window:
            course, slot, request = self._queue[0]
            weight = _weight(request)
            if self._weight and self._weight + weight > WINDOW_WEIGHT:
                break
            self._queue.popleft()
            self._weight += weight
            lot.append((course, slot, request, weight))
        if lot:
            numbers = self._sent(lot)
            self._under_way.update(
                (number, (course, slot, weight)) for number, (course, slot, _, weight) in zip(numbers, lot, strict=True)
            )

    def _sent(self, lot: Sequence[tuple[_Course[T], int, Request, int]]) -> list[int]:
        """The numbers of what was sent. Whoever had a write in it has written, also where it may not have arrived."""
        written = [course for course, _, request, _ in lot if not isinstance(request, Search)]
        try:
            numbers = self._line.send([request for _, _, request, _ in lot])
        except NotSent:
            written = []
            raise
        finally:
            for course in written:
                course.wrote = True
        return numbers

    def _receive(self) -> None:
        if not self._under_way:
            return
        for number, reply in self._line.receive():
            course, slot, weight = self._under_way.pop(number)
            self._weight -= weight
            course.replies[slot] = reply
            course.missing -= 1
            if not course.missing:
                self._advance(course, [each for each in course.replies if each is not None])

    def _advance(self, course: _Course[T], replies: list[Reply] | None) -> None:
        try:
            requests = next(course.talk) if replies is None else course.talk.send(replies)
            while not requests:
                requests = course.talk.send([])
        except StopIteration as end:
            self._results[course.place], course.ended = end.value, True
        except ConnectorError as error:
            self._results[course.place], course.ended = error, True
        else:
            course.missing, course.replies = len(requests), [None] * len(requests)
            self._queue.extend((course, slot, request) for slot, request in enumerate(requests))

    def _give_up(self, lost: Lost) -> None:
        for course in self._courses:
            if not course.ended:
                self._results[course.place] = Lost(lost.text, course.wrote)
                course.talk.close()


def together(talks: Sequence[Talk[T]]) -> Talk[list[T]]:
    """Several conversations as one: their first steps travel together, then their second steps, and so on."""
    results: dict[int, T] = {}
    steps: dict[int, Sequence[Request]] = {}

    def advance(place: int, replies: list[Reply] | None) -> None:
        try:
            steps[place] = next(talks[place]) if replies is None else talks[place].send(replies)
        except StopIteration as end:
            results[place] = end.value

    for place in range(len(talks)):
        advance(place, None)
    while steps:
        step, steps = steps, {}
        replies = yield [request for requests in step.values() for request in requests]
        start = 0
        for place, requests in step.items():
            advance(place, replies[start : start + len(requests)])
            start += len(requests)
    return [results[place] for place in range(len(talks))]


def _weight(request: Request) -> int:
    match request:
        case Add(_, attributes):
            return sum(len(values) for values in attributes.values())
        case Modify(_, changes):
            return sum(len(values) for _, _, values in changes)
        case _:
            return 1
