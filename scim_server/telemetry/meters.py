"""What this process has counted and timed, for Prometheus; names and units by its conventions (docs/guide/operations).

Each process has its own: a rate over all nodes is a sum. What is true of the whole store is not counted here, it is
read when `/metrics` is asked for.
"""

from functools import cache
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Histogram, Info
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

OWN = CollectorRegistry()

SOON = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)  # seconds of a request or of a call
LATE = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400)  # seconds from a change to its read-back
QUICK = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)  # seconds of a COMMIT
GROUP = (1, 2, 4, 8, 16, 32, 64, 128, 256)  # writes that share one

Info("huaming_build", "The version that runs", registry=OWN).info({"version": version("huaming")})
ProcessCollector(registry=OWN)
GCCollector(registry=OWN)

REQUESTS = Counter("huaming_scim_requests", "SCIM requests answered", ["method", "endpoint", "status"], registry=OWN)
REQUEST_SECONDS = Histogram(
    "huaming_scim_request_duration_seconds",
    "From the head of a SCIM request to its answer",
    ["method", "endpoint"],
    buckets=SOON,
    registry=OWN,
)
CALLS = Counter(
    "huaming_calls",
    "Operations and observations of accounts, by how they ended",
    ["system", "action", "outcome"],
    registry=OWN,
)
CALL_SECONDS = Histogram(
    "huaming_call_duration_seconds",
    "What a connector took: for one account, or for all that it had in flight together",
    ["system", "verb"],
    buckets=SOON,
    registry=OWN,
)
LAG_SECONDS = Histogram(
    "huaming_change_to_read_back_seconds",
    "From a change of the roster to the read-back that shows it in the system",
    ["system"],
    buckets=LATE,
    registry=OWN,
)
COMMIT_SECONDS = Histogram(
    "huaming_store_commit_duration_seconds", "A group of writes, to its COMMIT", buckets=QUICK, registry=OWN
)
COMMIT_GROUP = Histogram("huaming_store_commit_writes", "Writes that shared a COMMIT", buckets=GROUP, registry=OWN)
COMMIT_FAILURES = Counter("huaming_store_commit_failures", "Groups of writes that could not be committed", registry=OWN)
ALERTS = Counter("huaming_alerts_sent", "Alerts by kind, and whether they got out", ["kind", "outcome"], registry=OWN)


def asked(method: str, endpoint: str, status: int, seconds: float) -> None:
    """A SCIM request was answered."""
    number, duration = _asked(method, endpoint, status)
    number.inc()
    duration.observe(seconds)


@cache
def _asked(method: str, endpoint: str, status: int) -> tuple[Counter, Histogram]:
    """What is looked up once: labels are few, requests are many."""
    return REQUESTS.labels(method, endpoint, str(status)), REQUEST_SECONDS.labels(method, endpoint)
