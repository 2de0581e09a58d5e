"""The monthly check (四): everybody's accounts, a page of people at a time, whoever has left the roster too.

It reads the store only: what the systems and exports tell of use has been gathered before. Writes nothing itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from mappings import activity, review
from mappings.activity import UNKNOWN, Known
from mappings.model import Action, Org, Person
from mappings.naming import fold
from mappings.policy.readings import Readings
from mappings.policy.standing import Standing
from scim_server.clock import stamp
from scim_server.store import review_reads as store
from scim_server.store.activity import read_activity, watched
from scim_server.store.people import read_roll
from scim_server.store.reviews import EXCLUDED, OPERATED, Found
from scim_server.store.reviews import Person as Asked


@dataclass(frozen=True, slots=True)
class Checked:
    """A system whose accounts are checked. `follows`: the named system whose state counts (item 六).

    `plain`: users without facts may have an account; `protected`: ids, keys or addresses, folded (S16).
    """

    name: str
    follows: str
    plain: bool = False
    protected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Given:
    """What a check works with: by what everybody is judged, and a read connection of its own."""

    reader: Connection
    systems: Sequence[Checked]
    window: review.Window
    org: Org
    readings: Readings
    routing: review.Routing


class Sink(Protocol):
    """Where it goes: to whoever writes the store."""

    def found(self, person: Asked, accounts: Sequence[Found]) -> None:
        """Of one person."""
        ...


class _Page(NamedTuple):
    """What is on record of a page of people; by (system, subject)."""

    links: Mapping[tuple[str, str], store.Linked]
    sent: Mapping[tuple[str, str], set[Action]]
    known: Mapping[tuple[str, str], Known]
    off: set[str]


class Check:
    """One check. `run` it from where an earlier one was broken off; `watched` tells what was watched of each system."""

    def __init__(self, given: Given, sink: Sink) -> None:
        self._given, self._sink = given, sink
        self._names = [each.name for each in given.systems]
        self._since = stamp(given.window.start.timestamp())
        window = (given.window.start, given.window.end)
        watches = {name: watched(given.reader, name) for name in self._names}
        self._spans = {each.name: activity.span(each.follows, watches[each.name], *window) for each in given.systems}

    @property
    def watched(self) -> dict[str, dict[str, bool]]:
        """By system and terminal, whether it was watched over the whole window."""
        return {
            name: {each: each not in span.unwatched for each in span.demanded} for name, span in self._spans.items()
        }

    def run(self, last: str = "") -> Iterator[int]:
        """Everybody after that subject; tells how many it has looked at, page by page."""
        number = 0
        for page in store.pages(self._given.reader, last):
            self._page(page)
            number += len(page)
            yield number

    def _page(self, subjects: Sequence[str]) -> None:
        reader = self._given.reader
        people = read_roll(reader, subjects, "").people
        plain = [subject for subject, each in people.items() if each.facts is None]
        seen = _Page(
            store.linked(reader, subjects, self._names),
            store.sent(reader, subjects, self._since),
            read_activity(reader, self._names, subjects),
            store.were_off(reader, plain, self._since) if plain else set(),
        )
        for subject in subjects:
            self._person(people[subject], seen)

    def _person(self, person: Person, seen: _Page) -> None:
        """Who had no account inside the window, and has none, is not in a check."""
        given = self._given
        stood = review.through(person, given.window, given.org, given.readings) if person.facts is not None else []
        if not self._concerns(person, stood, seen):
            return
        asked = review.asked(person, review.primary_of(person, given.org, stood), given.org, given.routing)
        found = [self._account(person, stood, each, seen) for each in given.systems]
        self._sink.found(Asked(person.subject, asked.department, asked.office, asked.leader, asked.to), found)

    def _concerns(self, person: Person, stood: Sequence[Standing], seen: _Page) -> bool:
        if person.facts is not None and review.served(stood):
            return True
        keys = [(each.name, person.subject) for each in self._given.systems]
        return any(key in seen.sent or (key in seen.links and seen.links[key].remote_id) for key in keys)

    def _account(self, person: Person, stood: Sequence[Standing], system: Checked, seen: _Page) -> Found:
        key = (system.name, person.subject)
        verdict = activity.verdict(seen.known.get(key, UNKNOWN), self._spans[system.name])
        states = self._states(person, stood, system, seen)
        reason = review.left_out(states, _on_record(person, system, seen.links.get(key), seen.sent.get(key, ())))
        last = verdict.last
        used = last is not None and last.at > self._given.window.end  # since: it hides what was before, and is in use
        said = EXCLUDED if reason is not None else OPERATED if used else verdict.state
        told = (_stamp(last.at), last.terminal) if last else (None, None)
        return Found(person.subject, system.name, said, reason, *told)

    def _states(
        self, person: Person, stood: Sequence[Standing], system: Checked, seen: _Page
    ) -> Sequence[review.State]:
        if person.facts is not None:
            return review.states(stood, system.follows)
        off = not person.active or person.subject in seen.off
        return review.plain_states(person, self._given.window, system.follows, opened=system.plain, was_off=off)


def _on_record(
    person: Person, system: Checked, link: store.Linked | None, sent: "set[Action] | tuple[()]"
) -> review.Account:
    if link is None:
        return replace(review.NO_ACCOUNT, sent=frozenset(sent))
    protected = bool(system.protected) and _is_listed(system, link.remote_id, link.name, person.key)
    return review.Account(link.state, link.remote_id is not None, link.known, protected, frozenset(sent))


def _is_listed(system: Checked, *names: str | None) -> bool:
    return any(_spelled(each) in system.protected for each in names if each)


def spelled(names: Sequence[str]) -> frozenset[str]:
    """What a configuration lists as protected, as it is compared."""
    return frozenset(map(_spelled, names))


def _spelled(name: str) -> str:
    """Blanks after commas do not count in a DN."""
    return ",".join(part.strip() for part in fold(name).split(","))


def _stamp(at: datetime) -> str:
    return stamp(at.timestamp())
