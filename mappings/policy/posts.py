"""The primary post and the others on a day (Precedence 9). Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mappings.facts import Assignment


class Move(NamedTuple):
    """A primary post, and the one that the person held on the eve of it."""

    post: Assignment
    before: Assignment


def is_primary(post: Assignment) -> bool:
    """A main post in the district."""
    return post.kind == "primary" and post.scope != "outbound"


def open_primaries(posts: Sequence[Assignment], day: str) -> list[Assignment]:
    """The main posts in the district that are open on the day."""
    return [each for each in posts if is_primary(each) and each.open_on(day)]


def host(posts: Sequence[Assignment], day: str) -> Assignment | None:
    """The open post of somebody on loan from outside the district."""
    return latest(each for each in posts if each.scope == "inbound" and not is_primary(each) and each.open_on(day))


def last_known(posts: Sequence[Assignment], day: str) -> Assignment | None:
    """The main post with the latest start, open or not; never the host."""
    return latest(each for each in posts if is_primary(each) and each.start <= day)


def primary(posts: Sequence[Assignment], day: str) -> Assignment | None:
    """The open main post with the latest start, else the host's, else the last known one."""
    return latest(open_primaries(posts, day)) or host(posts, day) or last_known(posts, day)


def latest(posts: Iterable[Assignment]) -> Assignment | None:
    """The one that started last; of several the one with the lowest `value`."""
    found: Assignment | None = None
    for each in posts:
        if found is None or each.start > found.start or (each.start == found.start and each.value < found.value):
            found = each
    return found


def others(posts: Sequence[Assignment], day: str, but: Assignment | None) -> list[Assignment]:
    """The open posts in the district, without one."""
    return [each for each in posts if each.scope != "outbound" and each is not but and each.open_on(day)]
