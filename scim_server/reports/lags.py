"""Quantiles of lengths of time, in a memory that does not grow with their number."""

from collections import Counter
from math import ceil, floor, log

_GROWTH = 1.01  # each bucket is 1 % wider than the one before: a quantile is off by half a percent at most
_STEP = log(_GROWTH)
_FINEST = 0.001  # seconds; the stamps have no more


class Lags:
    """Seconds, counted in buckets of equal relative width: some 2,500 buckets from a millisecond to a year."""

    def __init__(self) -> None:
        self.count = 0
        self._buckets: Counter[int] = Counter()

    def add(self, seconds: float) -> None:
        self.count += 1
        self._buckets[floor(log(max(seconds, _FINEST) / _FINEST) / _STEP)] += 1

    def quantile(self, share: float) -> float | None:
        """The smallest length that at least `share` of all reach or stay under; None where there are none."""
        missing = max(1, ceil(share * self.count))
        for bucket in sorted(self._buckets):
            missing -= self._buckets[bucket]
            if missing <= 0:
                return float(_FINEST * _GROWTH ** (bucket + 0.5))
        return None
