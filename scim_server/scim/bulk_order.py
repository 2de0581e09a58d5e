"""In which order a Bulk is done: who is named before who names, departments before what stands under them, else as it
was sent.

What names each other in a circle is one step, to be done as a whole. Two operations on one resource keep their order.
"""

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import pairwise

from scim_server.scim.bulk import BulkOperation, posts
from scim_server.scim.bulk_references import code_of

Places = list[int]


def arrange(operations: Sequence[BulkOperation]) -> list[Places]:
    """Steps of places, after `references` has resolved the operations. Nearly always one place a step."""
    before = predecessors(operations)
    steps = [sorted(step) for step in _circles(before)]
    of = {place: number for number, step in enumerate(steps) for place in step}
    waits = [{of[each] for place in step for each in before[place]} - {number} for number, step in enumerate(steps)]
    return [steps[number] for number in _earliest_first(waits, [step[0] for step in steps])]


def predecessors(operations: Sequence[BulkOperation]) -> list[set[int]]:
    """For each operation, which others come before it."""
    makers = {each.bulk_id: each.place for each in posts(operations)}
    departments = {code: each.place for each in posts(operations) if (code := code_of(each))}
    before: list[set[int]] = [set() for _ in operations]
    for each in operations:
        before[each.place] |= {makers[name] for name in each.needs}
        before[each.place] |= {departments[code] for code in each.below if code in departments}
        before[each.place].discard(each.place)
    for group in _same_resource(operations):
        for earlier, later in pairwise(group):
            before[later].add(earlier)
    return before


def _same_resource(operations: Sequence[BulkOperation]) -> Iterator[Places]:
    """The POST that makes it first, wherever it stands."""
    found: dict[tuple[str, str], Places] = {}
    for each in sorted(operations, key=lambda each: each.method != "POST"):
        if each.id and each.fault is None:
            found.setdefault((each.endpoint, each.id), []).append(each.place)
    return (group for group in found.values() if len(group) > 1)


def _earliest_first(waits: Sequence[set[int]], first: Sequence[int]) -> Iterator[int]:
    after: list[list[int]] = [[] for _ in waits]
    left = [len(each) for each in waits]
    for number, each in enumerate(waits):
        for earlier in each:
            after[earlier].append(number)
    ready = [(first[number], number) for number, count in enumerate(left) if not count]
    ready.sort()
    while ready:
        _, number = heappop(ready)
        yield number
        for later in after[number]:
            left[later] -= 1
            if not left[later]:
                heappush(ready, (first[later], later))


def _circles(before: Sequence[set[int]]) -> list[Places]:
    """Strongly connected sets (Tarjan), without recursion: a chain may be a thousand long."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    found: list[Places] = []
    for root in range(len(before)):
        if root in index:
            continue
        work: list[tuple[int, Iterator[int]]] = [(root, iter(before[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            place, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[place])
                if low[place] == index[place]:
                    found.append(_popped(stack, on_stack, place))
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                on_stack.add(following)
                work.append((following, iter(before[following])))
            elif following in on_stack:
                low[place] = min(low[place], index[following])
    return found


def _popped(stack: Places, on_stack: set[int], until: int) -> Places:
    found: Places = []
    while not found or found[-1] != until:
        found.append(stack.pop())
        on_stack.discard(found[-1])
    return found
