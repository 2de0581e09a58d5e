"""Ranges of numbers, against plain sets."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scim_server.store.ranges import Range, gaps, merged

NUMBERS = st.sets(st.integers(1, 60), max_size=30)


def spread(ranges: list[Range]) -> set[int]:
    return {number for low, high in ranges for number in range(low, high + 1)}


@given(NUMBERS, NUMBERS)
def test_the_union_is_that_of_the_sets_and_in_order(some: set[int], more: set[int]) -> None:
    found = merged(merged([], some), more)
    assert spread(found) == some | more
    assert all(low <= high for low, high in found)
    assert all(high + 1 < low for (_, high), (low, _) in pairwise(found))


@given(st.integers(0, 60), NUMBERS)
def test_gaps_are_what_is_above_and_in_no_range(above: int, some: set[int]) -> None:
    found = gaps(above, merged([], some))
    open_ = {number for more, less in found for number in range(more + 1, less or 100)}
    assert open_ == set(range(above + 1, 100)) - some
    assert [less for _, less in found[:-1] if less is None] == []
