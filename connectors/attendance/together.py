"""Many errands at once: each is written as if it were alone, and what several want to know is asked once.

An errand is a generator. Where it yields a Question it waits, and goes on with the answer, or with the error that
stands for it. All errands come to their next question before any is answered; questions of one kind are put in lots.
"""

from collections.abc import Callable, Generator, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from connectors.attendance.codes import Refusal, Sort, error_of
from connectors.errors import ConnectorError, Denied, Unreachable, Unreadable
from connectors.http.answer import Lost

K = TypeVar("K", bound=Hashable)
A = TypeVar("A")
T = TypeVar("T")

LOT = 100  # questions that go into one call; the platform takes a thousand persons
PATIENCE = 20.0  # seconds after which what has not begun is left to the next time: a claim is held for a minute
SLOW = "平台应答缓慢，本批未做完，稍后继续"

Trouble = Refusal | ConnectorError


class Slow(ConnectorError):
    """Not asked: those before have taken all the time there is."""

    outage = False


@dataclass(frozen=True, slots=True)
class Question:
    """What an errand wants to know or do. `lot` answers up to `most` of one kind, by what each is `about`."""

    lot: Callable[[Sequence[Any]], Mapping[Any, Any]]
    about: Hashable
    most: int


Errand = Generator[Question, Any, T]


def ask(lot: Callable[[Sequence[K]], Mapping[K, A]], about: K, most: int = LOT) -> Errand[A]:
    """The answer about one, asked together with what others ask of the same kind. Equal questions are asked once."""
    answer: A = yield Question(lot, about, most)
    return answer


def alone(call: Callable[[], A]) -> Errand[A]:
    """What a call gives that is nobody else's, in its turn among the others."""
    return (yield from ask(lambda _: {"": call()}, "", 1))


def together(errands: Iterable[Errand[T]], monotonic: Callable[[], float]) -> list[T | Trouble]:
    """Runs them all to their ends: what each returned or raised, in their order.

    A lot that is refused, or answered as no answer should be, is asked again in halves: one bad value holds nobody
    but itself. Once the platform as a whole does not answer, nobody is sent into the same silence.
    """
    return _Company(errands, monotonic).run()


class _Company(Generic[T]):
    def __init__(self, errands: Iterable[Errand[T]], monotonic: Callable[[], float]) -> None:
        self._running = dict(enumerate(errands))
        self._ends: dict[int, T | Trouble] = {}
        self._monotonic = monotonic
        self._until = monotonic() + PATIENCE
        self._outage: Trouble | None = None

    def run(self) -> list[T | Trouble]:
        answers: dict[int, Any] = dict.fromkeys(self._running)
        while self._running:
            asked = {number: self._next(number, answers[number]) for number in list(self._running)}
            known = self._answers(dict.fromkeys(each for each in asked.values() if each is not None))
            answers = {number: known[each] for number, each in asked.items() if each is not None}
        return [self._ends[number] for number in sorted(self._ends)]

    def _next(self, number: int, answer: Any) -> Question | None:
        """Sends an errand on to its next question; None: it has ended."""
        errand = self._running[number]
        try:
            if isinstance(answer, Refusal | ConnectorError):
                return errand.throw(answer.with_traceback(None))
            return errand.send(answer)
        except StopIteration as end:
            self._ends[number] = end.value
        except (Refusal, ConnectorError) as error:
            self._ends[number] = error
        del self._running[number]
        return None

    def _answers(self, questions: Iterable[Question]) -> dict[Question, Any]:
        kinds: dict[tuple[Any, int], list[Question]] = {}
        for each in questions:
            kinds.setdefault((each.lot, each.most), []).append(each)
        known: dict[Question, Any] = {}
        for (_, most), alike in kinds.items():
            for start in range(0, len(alike), most):
                known |= self._asked(alike[start : start + most], first=not known)
        return known

    def _asked(self, some: Sequence[Question], *, first: bool) -> dict[Question, Any]:
        """The answers to one lot. The first of a round goes out however late it is, so that something always ends."""
        held = self._outage or (None if first or self._monotonic() < self._until else Slow(SLOW))
        if held is not None:
            return dict.fromkeys(some, held)
        try:
            answers = some[0].lot([each.about for each in some])
            return {each: answers[each.about] for each in some}
        except (Refusal, ConnectorError) as error:
            if len(some) > 1 and _may_be_of_one(error):
                half = len(some) // 2
                return self._asked(some[:half], first=first) | self._asked(some[half:], first=False)
            self._outage = self._outage or (error if _is_outage(error) else None)
            return dict.fromkeys(some, error)


def _may_be_of_one(error: Trouble) -> bool:
    """Whether one of many may have brought it about; a write that was refused has done nothing for any of them."""
    if isinstance(error, Refusal):
        return error.sort in (Sort.REFUSED, Sort.ABSENT)
    return isinstance(error, Unreadable)


def _is_outage(error: Trouble) -> bool:
    """Whether it would befall all others too. A write whose answer was lost says nothing of the next."""
    told = error_of(error) if isinstance(error, Refusal) else error
    return isinstance(told, Denied | Unreachable) and not isinstance(told, Lost)
