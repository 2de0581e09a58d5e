"""Many people at one attendance platform, ordered in whole batches as the engine hands them over."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from connectors.attendance.connector import AttendanceConnector
from connectors.attendance.simulator.switches import Switches
from connectors.attendance.simulator.vendor import Attendance
from connectors.simulation.vendor import Asked, Told
from mappings.model import AccountState, Action, Done, Kind, Operation, Outcome, Pending, Ref
from tests.contract.systems.attendance import Site, wanted
from tests.contract.target import operation, ref

BATCH = 64
HOME = Ref("s-D01", Kind.GROUP, "D01", "D01")


class Picky(Attendance):
    """A platform that has something against some requests: `refuses` says with which code, from path and body."""

    refuses: Callable[[str, str], str] = staticmethod(lambda path, body: "")

    def answer(self, asked: Asked) -> Told:
        code = self.refuses(asked.path, asked.body.decode())
        return self.failed(code) if code else super().answer(asked)


class Short(Attendance):
    """A platform that brings only the first five rows of a list."""

    cuts = "condition/personInfo"
    rows = 5

    def answer(self, asked: Asked) -> Told:
        told = super().answer(asked)
        if not asked.path.endswith(self.cuts):
            return told
        envelope = json.loads(told.body)
        envelope["data"]["list"] = envelope["data"]["list"][: self.rows]
        return replace(told, body=json.dumps(envelope).encode())


class ShortOfRights(Short):
    """Of the list of rights."""

    cuts = "auth_item/list/search"


class Pretending(Short):
    """It says of every face that it was deleted, and deletes none; from then on its lists are cut to one row."""

    def answer(self, asked: Asked) -> Told:
        if asked.path.endswith("face/single/delete"):
            self.rows = 1
            return self.failed("0")
        return super().answer(asked)


class Crowd:
    """What the engine keeps of many people, and the batches it makes. `numbers`: who they are."""

    def __init__(self, site: Site, numbers: Iterable[int]) -> None:
        self.site = site
        self.numbers = list(numbers)
        self.private: dict[int, str | None] = dict.fromkeys(self.numbers)
        self.last: dict[int, Outcome] = {}

    def ref(self, number: int) -> Ref:
        return replace(ref(number), remote_id=f"E{number}-1", private=self.private.get(number))

    def creation(self, number: int) -> Operation:
        return operation(Action.CREATE, ref(number), None, wanted(number), HOME)

    def granting(self, number: int) -> Operation:
        """An order for rights, with what is kept of it."""
        return operation(Action.UPDATE, self.ref(number), None, wanted(number))

    def removal(self, number: int) -> Operation:
        return operation(Action.REMOVE, self.ref(number))

    def create(self) -> None:
        """Everybody is registered."""
        for batch in self.batches():
            outcomes = self.site.connector.apply_each([self.creation(number) for number in batch])
            assert outcomes == [Done()] * len(batch), outcomes

    def apply(
        self,
        order: Callable[[int], Operation],
        numbers: Sequence[int] | None = None,
        connector: AttendanceConnector | None = None,
    ) -> list[Outcome]:
        """One batch, and what is kept of it."""
        batch = self.numbers if numbers is None else numbers
        outcomes = (connector or self.site.connector).apply_each([order(number) for number in batch])
        for number, outcome in zip(batch, outcomes, strict=True):
            self.last[number] = outcome
            if isinstance(outcome, Pending):
                self.private[number] = outcome.private or self.private[number]
        return outcomes

    def drive(self, order: Callable[[int], Operation], numbers: Sequence[int] | None = None) -> None:
        """The same order until nobody is under way any more; who waits for people, or has failed, is left."""
        left = list(self.numbers if numbers is None else numbers)
        for _ in range(20):
            due = self.site.clock()
            for batch in self.batches(left):
                outcomes = self.apply(order, batch)
                due = max([due, *(self.site.clock() + each.after for each in outcomes if _under_way(each))])
            left = [number for number in left if _under_way(self.last[number])]
            if not left:
                return
            self.site.clock.at = due
        raise AssertionError(f"no end: {self.last}")

    def batches(self, numbers: Sequence[int] | None = None) -> list[Sequence[int]]:
        some = self.numbers if numbers is None else numbers
        return [some[start : start + BATCH] for start in range(0, len(some), BATCH)]

    def see(self) -> list[AccountState | None]:
        """Everybody, as observed."""
        seen = [each for batch in self.batches() for each in self.observe(batch)]
        assert not [each for each in seen if isinstance(each, Exception)], seen
        return [each for each in seen if not isinstance(each, Exception)]

    def observe(self, batch: Sequence[int]) -> list[AccountState | Exception | None]:
        return [*self.site.connector.observe_each([self.ref(number) for number in batch])]

    def at(self, door: str) -> set[int]:
        """Whom a door knows."""
        return {int(each.removeprefix("E").partition("-")[0]) for each in self.site.vendor.on_device(door)}

    def sizes(self, path: str) -> list[int]:
        """How many people each of these orders was for."""
        bodies = [each["body"] for each in self.site.running.requests() if path in each["path"]]
        return [len(body["personDatas"][0]["indexCodes"]) for body in bodies]


def picky(switches: Switches | None = None) -> tuple[Site, Picky]:
    """A site whose platform can be told what to refuse."""
    site = Site(switches, Picky)
    assert isinstance(site.vendor, Picky)
    return site, site.vendor


def _under_way(outcome: object) -> bool:
    return isinstance(outcome, Pending) and outcome.after < 600
