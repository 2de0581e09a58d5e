"""The lines of a title: words are not split, and the lines form a trapezium or a rhombus (GB/T 9704-2012, 7.3.1)."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

ROOM = 20.0  # characters of 22 pt on a line of 156 mm
SHORT = 4.0  # a line of less looks like a mistake
MANY = 14  # pieces whose every way is looked at (2^13); no real title has more, and 20 would take half a minute

# Where a name may be broken when it is longer than a line: after a unit or a mark, before 和.
_UNITS = re.compile(
    r"(?<=[省市县镇乡、·])(?=..)|(?<=[^城地片园]区)(?=[^委政].)"
    r"|(?<=街道|中心|园区)(?=..)|(?<=委员会)(?=..)|(?<=人民政府)(?=..)|(?<=..)(?=[和与及]..)"
)


def width(text: str) -> float:
    """In characters; Latin letters and digits are half of one."""
    return sum(0.5 if unicodedata.east_asian_width(each) in "NaHn" else 1.0 for each in text)


def lines(parts: Sequence[str], room: float = ROOM) -> list[str]:
    """The parts, put together into as few lines as hold them, in the best shape."""
    small = [piece for part in parts for piece in _pieces(part, room)]
    if len(small) > MANY:
        return _filled(small, room)
    for count in range(1, len(small) + 1):
        ways = [way for way in _ways(small, count) if max(map(width, way)) <= room]
        if ways:
            return min(ways, key=lambda way: (_shape([width(line) for line in way]), way))
    return small


def _filled(pieces: Sequence[str], room: float) -> list[str]:
    """Line after line, each as full as it gets."""
    found = [""]
    for each in pieces:
        if width(found[-1] + each) <= room:
            found[-1] += each
        else:
            found.append(each)
    return found


def _pieces(part: str, room: float) -> Iterator[str]:
    """The part itself; where it is longer than a line, its words, and where those are, any letters."""
    words = [part] if width(part) <= room else _UNITS.split(part)
    for word in filter(None, words):
        yield from _cut(word, room)


def _cut(word: str, room: float) -> Iterator[str]:
    begin = 0
    for end in range(1, len(word) + 1):
        if width(word[begin:end]) > room:
            yield word[begin : end - 1]
            begin = end - 1
    yield word[begin:]


def _ways(parts: Sequence[str], count: int) -> Iterator[list[str]]:
    for cuts in combinations(range(1, len(parts)), count - 1):
        bounds = [0, *cuts, len(parts)]
        yield ["".join(parts[start:end]) for start, end in pairwise(bounds)]


def _shape(widths: list[float]) -> float:
    """How far from a trapezium or rhombus, less being better: steps of one to six characters, none reversed twice."""
    steps = [after - before for before, after in pairwise(widths)]
    waist = any(before < 0 < after for before, after in pairwise(steps))
    box = sum(step == 0 for step in steps)
    short = sum(each < SHORT for each in widths)
    return 100 * waist + 50 * short + 10 * box + sum(max(0.0, abs(step) - 4) for step in steps)
