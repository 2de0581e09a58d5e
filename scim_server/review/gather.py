"""Asks a system who used it, and hands on what it tells, in lots (四, S30).

What is recorded may be late, never wrong: evidence first, and that a stretch was watched only once the report was
whole. A system that fails leaves no stretch, and so accuses nobody.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from connectors.base import Activity, ActivityReport, ActivitySource, Asking, Connector, Watched, freely
from connectors.errors import ConnectorError
from scim_server.clock import Clock
from scim_server.settings import BadSettings
from scim_server.store.activity_names import by_key, by_remote_id

T = TypeVar("T")
LOT = 200  # rows of one command
AHEAD = timedelta(minutes=5)  # what is dated later than this from now is a clock gone wrong


class Sink(Protocol):
    """Who writes what was told: `run` is one of the commands of the store."""

    def __call__(self, command: str, **arguments: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Source:
    """A configured system. `ask` waits for its windows (S25)."""

    name: str
    connect: Callable[[], Connector]
    ask: Asking = freely


@dataclass(slots=True)
class Gathered:
    """What one system told. `told`: it can tell at all; `error`: why this time it could not."""

    system: str
    told: bool = True
    evidence: int = 0
    never: int = 0
    strange: int = 0
    implausible: int = 0  # dated in the future, and left out
    watched: tuple[Watched, ...] = ()
    error: str | None = None


def gather(source: Source, reader: Connection, since: datetime, until: datetime, sink: Sink, clock: Clock) -> Gathered:
    """Asks one system for that stretch (aware instants). Never raises for what the system does."""
    found = Gathered(source.name)
    try:
        connector = source.connect()
    except (ConnectorError, BadSettings) as error:  # also a secret that is not there at this moment
        found.error = str(error)
        return found
    try:
        if not isinstance(connector, ActivitySource):
            found.told = False
            return found
        began = clock.now()
        report = connector.last_seen(since, until, source.ask)
    except ConnectorError as error:
        found.error = str(error)
        return found
    finally:
        connector.close()
    _record(found, report, reader, sink, began, clock)
    return found


def _record(
    found: Gathered, report: ActivityReport, reader: Connection, sink: Sink, began: float, clock: Clock
) -> None:
    latest = datetime.fromtimestamp(clock.now(), UTC) + AHEAD
    for lot in _lots(report.last.items()):
        sane = [(name, each) for name, each in lot if each.at <= latest]
        found.implausible += len(lot) - len(sane)
        _evidence(found, sane, reader, sink)
    for names in _lots(sorted(report.never)):
        _never(found, names, reader, sink)
    found.watched = report.watched
    rows = [[each.terminal, each.source, *_seconds(each), each.lag] for each in report.watched]
    sink("activity-watched", system=found.system, rows=rows, began=began)


def _evidence(found: Gathered, lot: Sequence[tuple[str, Activity]], reader: Connection, sink: Sink) -> None:
    whose = _owners(reader, found.system, [(each.remote_id, each.key) for _, each in lot])
    rows, strange = [], []
    for (name, each), subject in zip(lot, whose, strict=True):
        if subject is None:
            strange.append([name, each.at.timestamp()])
        else:
            rows.append([subject, each.terminal, each.source, each.strength, each.at.timestamp(), each.slack])
    found.evidence += len(rows)
    _put(sink, "activity-record", found.system, rows)
    _strangers(found, strange, sink)


def _never(found: Gathered, lot: Sequence[str], reader: Connection, sink: Sink) -> None:
    """Of that very account: that another one, which bears somebody's key, was never used accuses nobody."""
    linked = by_remote_id(reader, found.system, lot)
    found.never += len(linked)
    _put(sink, "activity-never", found.system, list(linked.values()))
    _strangers(found, [[name, None] for name in lot if name not in linked], sink)


def _strangers(found: Gathered, rows: list[list[Any]], sink: Sink) -> None:
    found.strange += len(rows)
    _put(sink, "activity-strangers", found.system, rows)


def _put(sink: Sink, command: str, system: str, rows: Sequence[Any]) -> None:
    if rows:
        sink(command, system=system, rows=rows)


def _owners(reader: Connection, system: str, told: Sequence[tuple[str | None, str]]) -> list[str | None]:
    """The subject of each: whoever has that account, else whoever bears that key and has an account there."""
    linked = by_remote_id(reader, system, [id for id, _ in told if id])
    left = [key for id, key in told if key and (id is None or id not in linked)]
    keyed = by_key(reader, system, left)
    return [linked.get(id or "") or keyed.get(key) for id, key in told]


def _seconds(each: Watched) -> tuple[float, float]:
    return each.since.timestamp(), each.until.timestamp()


def _lots(rows: Iterable[T]) -> Iterator[list[T]]:
    left = iter(rows)
    while lot := list(islice(left, LOT)):
        yield lot
