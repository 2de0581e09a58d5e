"""Figures of a soak beside the comparisons: memory, answers, ends, logs."""

import statistics

from tests.soak.house import House
from tests.soak.hr import Log
from tests.soak.judge import Finding

WARM = 300.0  # seconds after which the memory of a process should stand still
LONG = 1800.0  # seconds of its life from which on a slope says something
SLOPE, LARGEST = 1.0, 512.0  # MB an hour; MB


def slope(points: list[tuple[float, float]]) -> float | None:
    """MB an hour after the warm-up; None where the process did not live long enough."""
    if not points or points[-1][0] - points[0][0] < LONG:
        return None
    later = [(at, megabytes) for at, megabytes in points if at - points[0][0] > WARM]
    found = statistics.linear_regression([at / 3600 for at, _ in later], [megabytes for _, megabytes in later])
    return found.slope


def memory(house: House) -> Finding:
    """The slope of the longest life, or its beginning and end where that was short."""
    longest = max(house.memory.values(), key=lambda points: points[-1][0] - points[0][0])
    largest = max(megabytes for points in house.memory.values() for _, megabytes in points)
    found, minutes = slope(longest), (longest[-1][0] - longest[0][0]) / 60
    said = (
        f"{longest[0][1]:.0f} -> {longest[-1][1]:.0f} MB in {minutes:.0f} min" if found is None else f"{found:.2f} MB/h"
    )
    holds = (found is None or found < SLOPE) and largest < LARGEST
    return Finding(
        "52", f"memory < {SLOPE:.0f} MB/h, never > {LARGEST:.0f} MB", f"{said}, largest {largest:.0f}", holds
    )


def answers(log: Log) -> Finding:
    """Nothing but success and 'not now'."""
    return Finding("8, 52", "writes refused for good", str(len(log.refused)), not log.refused, tuple(log.refused[:8]))


def wrong_ends(house: House) -> Finding:
    """A node ends because it was killed, and for no other reason."""
    return Finding(
        "26, 52", "nodes that ended by themselves", str(len(house.ended)), not house.ended, tuple(house.ended)
    )


def tracebacks(house: House) -> Finding:
    found = house.tracebacks()
    return Finding("47, 52", "tracebacks in the logs", str(len(found)), not found, tuple(sorted(set(found))[:8]))


def drained(ends: list[tuple[int, float]]) -> Finding:
    """SIGTERM at the end."""
    slowest = max(seconds for _, seconds in ends)
    holds = slowest <= 10 and {code for code, _ in ends} == {0}
    return Finding("5", "SIGTERM: exit 0 within 10 s", f"slowest {slowest:.1f} s, codes {[c for c, _ in ends]}", holds)


def converged(seconds: float, code: int, bar: float) -> Finding:
    """From the end of the last fault until a sweep over everything had nothing left to do."""
    return Finding("7, 52", f"converged <= {bar:.0f} s after the last fault", f"{seconds:.0f} s (exit {code})",
                   code == 0 and seconds <= bar)  # fmt: skip
