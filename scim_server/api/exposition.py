"""`/metrics`: what this process has counted, and what is true of the whole store, in Prometheus' text format."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import Response

from scim_server.store.figures import Figures
from scim_server.telemetry.meters import OWN

STATES = ("due", "parked", "held", "waiting")

Read = Callable[[], Figures | None]


class OfTheStore(Collector):
    """Gauges that are read as they are asked for: every node tells the same."""

    def __init__(self, names: Sequence[str], figures: Figures | None, failing: Mapping[str, bool], degraded: bool):
        """`figures`: None where the store cannot be read now. `failing`: as this process has found it."""
        self._names, self._figures = names, figures
        self._failing, self._degraded = failing, degraded

    def collect(self) -> Iterable[Metric]:
        """See prometheus_client."""
        yield _single("huaming_store_up", "1 while the store can be read", self._figures is not None)
        yield _single("huaming_degraded", "1 until the day has been rolled", self._degraded)
        if self._figures is not None:
            yield from _of_systems(self._names, self._figures, self._failing)
            yield from _of_the_house(self._figures)


def _of_systems(names: Sequence[str], figures: Figures, failing: Mapping[str, bool]) -> Iterable[Metric]:
    links = GaugeMetricFamily("huaming_links", "Accounts and departments by state", labels=("system", "state"))
    for name in names:
        for state in STATES:
            links.add_metric((name, state), figures.states.get(name, {}).get(state, 0))
    yield links
    oldest = "Seconds for which the row that has been due longest is due"
    yield _by_system("huaming_oldest_due_age_seconds", oldest, figures.waits)
    down = {name: bool(failing.get(name)) or figures.failing.get(name, False) for name in names}
    yield _by_system("huaming_breaker_open", "1 while a system does not answer", down)
    holds = {name: figures.holds.get(name, 0) for name in names}
    yield _by_system("huaming_approvals_open", "Batches that are held for a person's decision", holds)
    at = {name: each.at for name, each in figures.swept.items()}
    yield _by_system("huaming_sweep_last_success_timestamp_seconds", "End of the last complete sweep", at)
    found = {name: each.differences for name, each in figures.swept.items()}
    yield _by_system("huaming_sweep_differences", "What the last complete sweep found to differ", found)


def _of_the_house(figures: Figures) -> Iterable[Metric]:
    yield _single("huaming_trace_unsealed_rows", "Rows of the trace that no seal covers yet", figures.sealing.rows)
    age = "Seconds since the oldest row without a seal was written"
    yield _single("huaming_trace_unsealed_age_seconds", age, figures.sealing.seconds)
    told = GaugeMetricFamily("huaming_alerts_open", "Alerts that are not over, by kind", labels=("kind",))
    for kind, number in figures.alerts.items():
        told.add_metric((kind,), number)
    yield told


def exposition(store: OfTheStore) -> Response:
    """The answer."""
    registry = CollectorRegistry()
    registry.register(store)
    return Response(generate_latest(OWN) + generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _single(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=float(value))


def _by_system(name: str, text: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=("system",))
    for system, value in values.items():
        family.add_metric((system,), float(value))
    return family
