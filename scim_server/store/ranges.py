"""Sets of whole numbers as ranges: which events beyond the first gap are acknowledged."""

from collections.abc import Iterable

Range = tuple[int, int]
"""Both ends belong to it."""


def merged(ranges: Iterable[Range], numbers: Iterable[int]) -> list[Range]:
    """The union, in order, no two ranges touching."""
    found: list[Range] = []
    for low, high in sorted([*ranges, *((number, number) for number in numbers)]):
        if found and low <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], high)
        else:
            found.append((low, high))
    return found


def gaps(above: int, ranges: Iterable[Range]) -> list[tuple[int, int | None]]:
    """What lies above a number and outside the ranges, as (more than, less than); the last one has no end."""
    found: list[tuple[int, int | None]] = []
    for low, high in ranges:
        if low > above + 1:
            found.append((above, low))
        above = max(above, high)
    return [*found, (above, None)]
