"""`huaming sync --sweep`: reads every system whole, compares, and has rows made due (S17). A process of its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import uuid_utils

from connectors.errors import ConnectorError
from scim_server.operate.desk import Desk
from scim_server.operate.pacing import Patience
from scim_server.reconcile.sweep import Sweep
from scim_server.reconcile.sweep_findings import Drift, Given, Tally
from scim_server.reconcile.target import Target
from scim_server.settings import BadSettings

Progress = Callable[[int], None]
LOT = 100  # rows of one command: the server's door for operators takes some 60 KB


@dataclass(frozen=True, slots=True)
class Swept:
    """How the sweep of one system ended. `error`: why it is partial."""

    system: str
    id: str
    tally: Tally
    error: str | None

    def line(self) -> str:
        """In a sentence."""
        said = self.tally
        read = f"读到账号 {said.accounts}、部门 {said.departments}、成员关系 {said.members}，比对 {said.compared}"
        found = f"不符 {said.differences}：恢复 {said.healing}，仅报告 {said.remaining}，宽限期内 {said.graced}"
        rest = f"其中账号缺失 {said.missing}；名册之外 {said.strange}"
        error = f"；未能完整读取：{self.error}" if self.error else ""
        return f"{self.system}：{read}；{found}；{rest}{error}"


class Written:
    """The sink of one sweep: gathers, and hands lots to whoever works the store."""

    def __init__(self, desk: Desk, system: str, sweep: str) -> None:
        self._desk, self._same = desk, {"system": system, "sweep": sweep}
        self._waiting: dict[str, list[Any]] = {}

    def found(self, drift: Sequence[Drift]) -> None:
        """For the record."""
        rows = [[each.subject, each.what, each.group, each.found, each.outcome, each.first_seen] for each in drift]
        self._put("sweep-found", rows)

    def due(self, subjects: Sequence[str]) -> None:
        """These rows look once all of it has been read: what a sweep finds is judged as a whole (S23)."""
        self._waiting.setdefault("sweep-due", []).extend(subjects)

    def due_later(self, rows: Sequence[tuple[str, float]]) -> None:
        """These look at that moment."""
        self._put("sweep-later", rows)

    def note(self, rows: Sequence[tuple[str, int, str]]) -> None:
        """These are as they should be."""
        self._put("sweep-note", rows)

    def flush(self) -> None:
        """Writes what is left: first what was found, then who is due by it."""
        for command in sorted(self._waiting, key=lambda name: name != "sweep-found"):
            self._write(command)

    def _put(self, command: str, rows: Sequence[Any]) -> None:
        waiting = self._waiting.setdefault(command, [])
        waiting.extend(rows)
        if len(waiting) >= LOT:
            self._write(command)

    def _write(self, command: str) -> None:
        rows = self._waiting.pop(command, [])
        for start in range(0, len(rows), LOT):
            self._desk.run(command, **self._same, rows=rows[start : start + LOT])


def sweep(
    desk: Desk, systems: Sequence[str], progress: Progress = lambda _: None, *, kind: str, report_only: bool = False
) -> Iterator[Swept]:
    """One system after the other; one that cannot be read keeps no other from being swept. `kind`: scheduled, asked."""
    for target in desk.targets():
        if target.name in systems:
            yield _swept(desk, target, progress, kind, report_only)


def _swept(desk: Desk, target: Target, progress: Progress, kind: str, report_only: bool) -> Swept:
    id = str(uuid_utils.uuid7())
    desk.run("sweep-begin", sweep=id, system=target.name, kind=kind, report_only=report_only)
    sink = Written(desk, target.name, id)
    tally, error = _read(desk, target, sink, progress, report_only)
    sink.flush()
    desk.run("sweep-end", sweep=id, system=target.name, counts=asdict(tally), error=error)
    return Swept(target.name, id, tally, error)


def _read(desk: Desk, target: Target, sink: Written, progress: Progress, report_only: bool) -> tuple[Tally, str | None]:
    try:
        connector = target.connect()
    except (ConnectorError, BadSettings) as error:  # also a secret that is not there at this moment
        return Tally(), str(error)
    try:
        with desk.reader() as reader:
            patience = Patience(desk, target).observe
            one = Sweep(Given(target, connector, reader, desk.clock, sink, patience, report_only), progress)
            one.run()
            return one.tally, one.error
    finally:
        connector.close()
