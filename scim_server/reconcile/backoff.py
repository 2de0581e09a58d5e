"""When a row tries again: exponential, with full jitter, Retry-After first (reliability: engine)."""

from collections.abc import Callable

LEAST = 0.1  # seconds: whoever says "at once" for ever must not keep a lane busy
FIRST = 1.0
LONGEST = 3600.0


def backoff(attempts: int, random: Callable[[], float], told: float | None = None) -> float:
    """Seconds until the next try after so many failed ones; `told` is what the system asked for."""
    if told is not None:
        return max(LEAST, told)
    return max(LEAST, random() * min(LONGEST, FIRST * 2.0 ** min(attempts, 20)))
