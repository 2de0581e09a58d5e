"""The first day as an administrator lives through it, step by step; each step demands what must hold after it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from tests.flows import first_day_demands as demand
from tests.flows.first_day_decisions import fill, remote_ids
from tests.flows.first_day_office import BY, Office
from tests.flows.first_day_town import PROTECTED

T = TypeVar("T")
MOST_ROUNDS = 5  # what is decided may leave others to be asked about: lists that a clerk fills in, one after the other
OPEN = ("ambiguous", "proposed")


@dataclass
class Figures:
    """What a day came to. `seconds` by step, `lists` and `decided` by system."""

    seconds: dict[str, float] = field(default_factory=dict)
    lists: dict[str, dict[str, int]] = field(default_factory=dict)
    certain: dict[str, int] = field(default_factory=dict)  # lines that are accepted with the list
    decided: dict[str, list[int]] = field(default_factory=dict)  # lines that were filled in, by round
    accepted: dict[str, dict[str, int]] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)  # accounts of people, by system
    writes: dict[str, int] = field(default_factory=dict)  # operations that were done, by system


def _timed(step: Callable[..., T]) -> Callable[..., T]:
    @wraps(step)
    def timed(day: "Day", *words: Any) -> T:
        began = monotonic()
        try:
            return step(day, *words)
        finally:
            name = " ".join([step.__name__, *words[:1]])
            day.figures.seconds[name] = monotonic() - began

    return timed


class Day:
    """One first day in all systems of an office."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.figures = Figures()
        self.whole = office.dumps()
        self.before = {name: each.raw() for name, each in office.systems.items()}

    def _sheet(self, system: str) -> Path:
        return self.office.folder / f"接管-{system}.xlsx"

    @_timed
    def observe(self) -> None:
        """The house is started and HR pushes everybody: everything is read and planned, nothing is written."""
        self.office.open()
        assert {each["system"] for each in self.office.plan()} == {*self.office.systems}
        assert self.office.dumps() == self.whole

    @_timed
    def list(self, system: str) -> str:
        """The list of one system, as a workbook; its digest."""
        shown = self.office.adopt(system, "--out", self._sheet(system))
        self.figures.lists[system] = shown["counts"]
        sure = [row for row in shown["rows"] if row["standing"] == "proposed" and not _weak(row)]
        self.figures.certain[system] = len(sure)
        _right(demand.listed(self.office.systems[system], shown["rows"]))
        lines = remote_ids(self._sheet(system))
        assert lines == Counter(row["remoteId"] or "" for row in shown["rows"]), "each is a line of the workbook"
        assert shown["protected"] == PROTECTED
        return str(shown["digest"])

    @_timed
    def decide(self, system: str) -> str:
        """A clerk fills the workbook in, until nothing is in doubt; the digest of what was decided."""
        sheet, rounds = self._sheet(system), self.figures.decided.setdefault(system, [])
        while True:
            rounds.append(fill(sheet, self.office.systems[system]))
            shown = self.office.adopt(system, "--xlsx", sheet, "--out", sheet)
            undecided = [row for row in shown["rows"] if row["standing"] in OPEN and _weak(row)]
            if not undecided:
                assert shown["counts"]["ambiguous"] == 0
                return str(shown["digest"])
            assert len(rounds) < MOST_ROUNDS, undecided[:3]

    @_timed
    def accept_certain(self, system: str, digest: str) -> int:
        """The list is accepted without any decision: what is certain is linked, and nothing else; how many."""
        certain = self.figures.certain[system]
        done = self.office.adopt(system, "--accept", digest, "--by", BY)
        assert done == {"linked": certain, "disowned": 0}
        one = self.office.systems[system]
        links = self.office.links(system)
        assert {key: one.truth[id].owner for key, (id, _, _) in links.items()} == {key: key for key in links}
        assert 0 < len(links) < len(one.owned)
        return certain

    @_timed
    def refused(self, system: str, digest: str) -> None:
        """While anything is open the system cannot be enforced; and what was not shown cannot be accepted."""
        switched = self.office.switch(system)
        assert (switched.returncode, "没有决定归属" in switched.stderr) == (1, True), switched.stderr
        words = ["--system", system, "--xlsx", str(self._sheet(system)), "--accept", digest, "--by", BY]
        stale = self.office.house.run("adopt", *words)
        assert (stale.returncode, "不一致" in stale.stderr) == (1, True), stale.stderr
        assert self.office.links(system) == {}

    @_timed
    def accept(self, system: str, digest: str, already: int = 0) -> None:
        """The links are written, each to whose the account is; the system itself is not touched. `already`: linked."""
        one = self.office.systems[system]
        done = self.office.adopt(system, "--xlsx", self._sheet(system), "--accept", digest, "--by", BY)
        self.figures.accepted[system] = done
        departments = len([each for each in one.town.departments if each.code in one.codes])
        assert done["linked"] == len(one.owned) + departments - already
        _right(demand.linked(self.office, one))
        assert one.dump() == self.whole[system]

    @_timed
    def enforce(self) -> None:
        """All systems are written to from now on: they converge, and only what nobody can do stands still."""
        for name in self.office.systems:
            switched = self.office.switch(name)
            assert switched.returncode == 0, switched.stderr
        self.office.settle()
        taken = demand.mails_taken(self.office)
        assert self.office.parked() == taken
        for name, system in self.office.systems.items():
            waiting = {row.partition(" ")[2] for row in taken if row.startswith(f"{name} ")}
            _right(demand.made(self.office, system, waiting))
            _right(demand.healed(self.office, system, self.before[name]))
            _right(demand.linked(self.office, system))
            _right(demand.locked_by_hand(self.office, system))
            self.figures.made[name] = len(self.office.created(name, "person"))
        self.figures.writes = self.office.writes()

    @_timed
    def sweep(self, what: str) -> None:
        """Everything is looked at once more, and nothing is written anywhere."""
        before, asked = self.office.dumps(), self.office.attempts()
        self.office.sweep()
        refused = {(*row.split(), "create", "conflict") for row in self.office.parked()}  # tried once more
        assert set(self.office.attempts()[len(asked) :]) <= refused
        assert self.office.dumps() == before

    @_timed
    def report(self) -> None:
        """What is nobody's is listed, and what differs in adopted accounts and is left as it is."""
        _right(demand.orphans(self.office))
        for system in self.office.systems.values():
            _right(demand.differences(self.office, system))

    @_timed
    def heal(self) -> None:
        """Some attributes are named: they are healed, and who waited for a mail gets the account."""
        self.office.heal({name: system.heals for name, system in self.office.systems.items()})
        self.office.house.command("retry", "--system", "wecom")
        self.office.settle()
        still = self.office.parked()
        assert not still, still
        for system in self.office.systems.values():
            _right(demand.made(self.office, system, set()))
            _right(demand.named_healed(system, self.before[system.name]))


def _right(wrong: Sequence[str]) -> None:
    assert not wrong, (len(wrong), wrong[:5])


def _weak(row: dict[str, Any]) -> bool:
    return row["standing"] == "ambiguous" or (row["score"] or 0) <= demand.ENOUGH
