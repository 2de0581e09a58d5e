"""Who has used an account, who has not, and of whom nothing can be said (四, A12, R401, R401n, S30). Pure.

Instants are aware datetimes. A terminal is `pc`, `mobile`, `device` (a door that recognises a face by itself), or
`any`: one of the system's, the source does not tell which. Computer and telephone count together.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

PC, MOBILE, DEVICE, ANY = "pc", "mobile", "device", "any"
TERMINALS = (PC, MOBILE, DEVICE, ANY)
PROOF, EVIDENCE = "proof", "evidence"  # somebody used it; it may have been something else

# by what a system follows: without a watch over each of these nobody is silent there
DEMANDED: Mapping[str, tuple[str, ...]] = {
    "oa": (PC, MOBILE),
    "wecom": (PC, MOBILE),
    "attendance": (DEVICE,),
    "ldap": (ANY,),
}

State = Literal["operated", "silent", "no-data"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The latest evidence of one source at one terminal. `source`: its word, login, door, export.

    `slack`: the account may have been used up to so much later: the source notes only some uses.
    """

    terminal: str
    source: str
    strength: str  # proof | evidence
    at: datetime
    slack: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Known:
    """All that is on record of one account. `never`: until when it surely had not been used since it was made."""

    evidence: tuple[Evidence, ...] = ()
    never: datetime | None = None


UNKNOWN = Known()  # of an account of which nothing is on record


@dataclass(frozen=True, slots=True)
class Watch:
    """A source would have told of any operation at that terminal between these instants; its lag is taken off."""

    terminal: str
    source: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A window of one system. `unwatched`: the terminals at which an operation in it may have gone unseen."""

    since: datetime
    until: datetime
    demanded: tuple[str, ...]
    unwatched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one account in one window.

    `last`: operated: the latest operation in the window, else one after it; else the latest before it, None: none is
    known. `unwatched`: of no-data, for the sake of which terminals; none: an operation before the window was noted so
    loosely that it may have been in it.
    """

    state: State
    last: Evidence | None = None
    unwatched: tuple[str, ...] = ()


def span(follows: str, watches: Iterable[Watch], since: datetime, until: datetime) -> Span:
    """The window of a system, once for all its accounts. `follows`: oa, wecom, attendance, ldap."""
    demanded = DEMANDED[follows]
    kept = [each for each in watches if each.terminal in (*demanded, ANY)]
    unwatched = tuple(each for each in demanded if not _covered(kept, each, since, until))
    return Span(since, until, demanded, unwatched)


def verdict(known: Known, window: Span) -> Verdict:
    """Operated by any of its terminals; silent where each was watched throughout, or it was never used at all.

    Most sources keep the latest operation alone. One behind the window hides those in it, and shows that the account
    is in use: nobody is asked about it.
    """
    counted = [each for each in known.evidence if _counts(each.terminal, window.demanded)]
    inside = _latest(each for each in counted if window.since <= each.at <= window.until)
    last = _latest(counted)
    if inside is not None or (last is not None and last.at > window.until):
        return Verdict("operated", inside or last)
    if any(each.at + each.slack >= window.since for each in counted):
        return Verdict("no-data", last)
    if window.unwatched and not (known.never and known.never >= window.until):
        return Verdict("no-data", last, window.unwatched)
    return Verdict("silent", last)


def unwatched(watches: Iterable[Watch], since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The gaps that these stretches leave between two instants, in their order."""
    gaps, reached = [], since
    for each in sorted(watches, key=lambda each: each.since):
        if each.since > reached:
            gaps.append((reached, min(each.since, until)))
        reached = max(reached, each.until)
        if reached >= until:
            break
    if reached < until:
        gaps.append((reached, until))
    return [(start, end) for start, end in gaps if start < end]


def _covered(watches: Collection[Watch], terminal: str, since: datetime, until: datetime) -> bool:
    return not unwatched([each for each in watches if each.terminal in (terminal, ANY)], since, until)


def _counts(terminal: str, demanded: Collection[str]) -> bool:
    """Who was recognised at a door has done nothing in another system (A12)."""
    return terminal != DEVICE or DEVICE in demanded


def _latest(found: Iterable[Evidence]) -> Evidence | None:
    """Of two at one instant the one that proves."""
    return max(found, key=lambda each: (each.at, each.strength == PROOF), default=None)
