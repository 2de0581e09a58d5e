"""When a row tries again: exponential, with full jitter, Retry-After first (reliability: engine)."""

from collections.abc import Callable

FIRST = 1.0
LONGEST = 3600.0


def backoff(attempts: int, random: Callable[[], float], told: float | None = None) -> float:
    """Seconds until the next try after so many failed ones; `told` is what the system asked for."""
    if told is not None:
        return told
    return max(0.1, random() * min(LONGEST, FIRST * 2.0 ** min(attempts, 20)))
