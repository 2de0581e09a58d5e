"""How fast the machine is at this moment: what is promised in seconds is promised of one that has time for us."""

from time import perf_counter

REFERENCE = 0.05  # seconds that the loop takes where nobody else is at work
LOOPS = 2_000_000


def allowed(seconds: float) -> float:
    """So many seconds; on a machine that is slow or busy with others as many more as it takes longer, and a margin."""
    began = perf_counter()
    for _ in range(LOOPS):
        pass
    slower = (perf_counter() - began) / REFERENCE
    return seconds if slower < 1.3 else 3 * slower * seconds
