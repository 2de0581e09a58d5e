"""`huaming plan`: what a pass over everybody would do now; nothing is sent (S24).

The whole roster is walked in lots, so only what the caller keeps is in memory. Where a system does not answer there
is no plan: half of one would be taken for a whole.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection

from connectors.errors import Unreachable
from mappings.model import Org
from scim_server.operate import planning_overview
from scim_server.operate.desk import Desk
from scim_server.operate.pacing import Patience
from scim_server.operate.planning_guard import planned_row, sentences, verdicts
from scim_server.operate.planning_overview import Overview
from scim_server.operate.planning_rows import Planned, line, whole_digest
from scim_server.reconcile.observing import Observer
from scim_server.reconcile.target import Target
from scim_server.store import guard, links
from scim_server.store.engine import open_engine, reading
from scim_server.store.people import OrgCache
from scim_server.store.targets import standing

Progress = Callable[[int], None]
SHOWN_DIGEST = 16  # characters of it that a person types


@dataclass(frozen=True, slots=True)
class Scope:
    """What is planned. `day`: as if it were that ISO day; the facts and the systems are those of now.

    `store`: the URL of a copy in which a file of requests has been pushed, `names` what it calls the ids made there.
    """

    system: str | None = None
    day: str | None = None
    store: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)


class Put(Protocol):
    """Takes what is shown: `operations`, `held`, `stuck`, or a row (as `ShownRow` has it) under `rows`."""

    def __call__(self, kind: str, shown: Any) -> None: ...


def planned(desk: Desk, scope: Scope, progress: Progress = lambda _: None) -> Iterator[Planned]:
    """Every row, in a stable order, whether anything is to be done for it or not. Raises Unreachable."""
    engine = open_engine(scope.store or desk.settings.store.url)
    number = 0
    try:
        with reading(engine) as connection:
            for target in desk.targets():
                if scope.system not in (None, target.name):
                    continue
                for each in _of_target(desk, target, connection, scope):
                    number += 1
                    progress(number)
                    yield each
    finally:
        engine.dispose()


def _of_target(desk: Desk, target: Target, connection: Connection, scope: Scope) -> Iterator[Planned]:
    connector = target.connect()
    one = Observer(target, connector, connection, OrgCache(), desk.clock)
    patience = Patience(desk, target)
    try:
        for lot in links.every(connection, target.name, target.batch):
            patience.observe(len(lot))
            for task in one.preview(lot, scope.day):
                yield planned_row(task, scope.names)
            if one.outage is not None:
                raise Unreachable(f"{target.name}：{one.outage}")
    finally:
        connector.close()


@dataclass(slots=True)
class Sheet:
    """A plan on its way to whoever reads it: hands on what is shown, keeps digests and figures."""

    put: Put
    overview: Overview = field(default_factory=Overview)
    digests: list[bytes] = field(default_factory=list)

    def take(self, each: Planned) -> None:
        """One row of the roster."""
        self.overview.take(each)
        if each.error:
            claim = each.task.claim
            self.put("stuck", {"system": claim.system, "externalId": each.task.ref.key, "error": each.error})
        for step in each.steps:
            self.digests.append(bytes.fromhex(step.row.digest))
            self.put("rows", step.row)
            waits = {"approval": each.approval} if step.held else {}
            self.put("held" if step.held else "operations", step.shown() | waits)

    def end(self, desk: Desk, scope: Scope) -> dict[str, Any]:
        """`{"digest", "overview"}`."""
        targets = desk.targets()
        with desk.reader() as connection:
            modes = {each.name: each.mode or standing(connection, each.name).mode for each in targets}
            now = desk.clock.now()
            hour = {name: guard.of_the_hour(connection, name, now) for name in self.overview.systems}
            linked = {name: guard.linked(connection, name) for name in self.overview.systems}
        said = verdicts({each.name: each.limits for each in targets}, hour, linked, self.overview)
        return {
            "digest": whole_digest(self.digests),
            "overview": self.overview.shown(modes, _department_names(desk, scope), said),
        }


def _department_names(desk: Desk, scope: Scope) -> dict[str, str]:
    engine = open_engine(scope.store or desk.settings.store.url)
    try:
        with reading(engine) as connection:
            org: Org = OrgCache().snapshot(connection)
    finally:
        engine.dispose()
    return {key: department.name for key, department in org.departments.items()}


def plan(
    desk: Desk,
    progress: Progress = lambda _: None,
    system: str | None = None,
    day: str | None = None,
    scope: Scope | None = None,
) -> dict[str, Any]:
    """`{"digest", "operations", "held", "stuck", "overview"}` in memory, by the public reasons. Raises Unreachable."""
    found: dict[str, list[Any]] = {"operations": [], "held": [], "stuck": [], "rows": []}
    wanted = scope or Scope(system, day)
    sheet = Sheet(lambda kind, shown: found[kind].append(shown))
    for each in planned(desk, wanted, progress):
        sheet.take(each)
    end = sheet.end(desk, wanted)
    return {"digest": end["digest"]} | {kind: found[kind] for kind in ("operations", "held", "stuck")} | end


def lines(answer: Mapping[str, Any]) -> Iterator[str]:
    """The same as a person reads it."""
    yield from map(line, answer["operations"])
    yield from (f"{line(each)}（待批）" for each in answer["held"])
    yield from (f"{each['system']} {each['externalId']}：{each['error']}" for each in answer["stuck"])
    yield from closing(answer)


def closing(answer: Mapping[str, Any]) -> Sequence[str]:
    """What stands below the operations: how far they reach, how many there are, and the digest."""
    overview = answer["overview"]
    held = sum(each["held"] for each in overview["systems"].values())
    waiting = f"，其中待批 {held} 人" if held else ""
    total = f"共 {overview['operations']} 项操作{waiting}；摘要 {answer['digest'][:SHOWN_DIGEST]}"
    return [*planning_overview.lines(overview), *([""] if overview["operations"] else []), *sentences(overview), total]
