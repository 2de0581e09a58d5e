"""How fast the machine is at this moment: what is promised in seconds is promised of one that has time for us."""

from time import perf_counter

REFERENCE = 0.05  # seconds that the loop takes where nobody else is at work
LOOPS = 2_000_000


def slower(part: int = 1) -> float:
    """How many times as long it takes now; measured by so small a part of the loop."""
    began = perf_counter()
    for _ in range(LOOPS // part):
        pass
    return (perf_counter() - began) / (REFERENCE / part)


def allowed(seconds: float, then: float = 0.0) -> float:
    """So many seconds; on a machine that is slow or busy with others as many more as it takes longer, and a margin.

    `then`: how much slower it was when that was measured which is promised: it may have come to rest since.
    """
    longer = max(then, slower())
    return seconds if longer < 1.3 else 3 * longer * seconds
