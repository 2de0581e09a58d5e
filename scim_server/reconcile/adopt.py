"""The first day of a system: who is there, and to whom each account belongs (S13). Reads the roster; writes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Connection

from mappings.correlate import Account, Match, Standing, Subject, correlate
from mappings.desired import Desired
from mappings.model import AccountState, Department, Kind, Org, Person, Presence, Ref
from mappings.naming import fold
from scim_server.reconcile.adopt_reading import Seen
from scim_server.reconcile.adopt_signs import (
    member_of,
    of_account,
    of_department,
    of_groups,
    of_person,
    paths,
    roster_path,
    title,
)
from scim_server.reconcile.desire import ROOT
from scim_server.reconcile.target import Target
from scim_server.store import adoptions
from scim_server.store.adoptions import LinkSeen
from scim_server.store.people import all_subjects, read_org, read_roll

NOBODY = LinkSeen(None, None, False)
Attributes = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the roster says of one subject for this system. `place`: the path of its department.

    `why`: the public reason of the state there. `attributes`: as they should be, of an adopted account only.
    """

    subject: Subject
    kind: Kind
    place: str
    spell: str | None
    login: str | None
    why: str
    attributes: Attributes
    gone: bool  # no account should be there: has left, has not come yet, or is not served there


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people wrote: remote id -> subject, remote ids that are not ours, and those that are put off."""

    owners: Mapping[str, str] = field(default_factory=dict)
    not_ours: frozenset[str] = frozenset()
    put_off: frozenset[str] = frozenset()


NO_DECISIONS = Decisions()


@dataclass(frozen=True)
class Survey:
    """Roster and system side by side. `links` by subject; `titles` of departments there by remote id."""

    target: Target
    known: Mapping[str, Known]
    links: Mapping[str, LinkSeen]
    seen: Seen
    disowned: frozenset[str]
    titles: Mapping[str, str]
    root: str

    @cached_property
    def states(self) -> Mapping[str, AccountState]:
        """Everything that is there, by remote id."""
        return {state.remote_id or "": state for state in (*self.seen.departments, *self.seen.people)}

    @cached_property
    def linked(self) -> frozenset[str]:
        """Remote ids of what is there and some link names."""
        named = (link.remote_id for link in self.links.values())
        return frozenset(each for each in named if each is not None and each in self.states)

    @cached_property
    def people(self) -> frozenset[str]:
        """Remote ids of people's accounts."""
        return frozenset(state.remote_id or "" for state in self.seen.people)

    def kind_of(self, id: str) -> Kind:
        """Whether a remote id is a person's or a department's."""
        return Kind.PERSON if id in self.people else Kind.GROUP

    def name_of(self, state: AccountState) -> str:
        """What people call an account or a department there."""
        return title(state, self.target.identity)

    def place_of(self, state: AccountState) -> str:
        """The departments of an account, as the system calls them; of a department the path of names itself."""
        own = self.titles.get(state.remote_id or "")
        return own or "、".join(self.titles[each] for each in member_of(state) if each in self.titles)

    def login_of(self, subject: str, state: AccountState) -> str | None:
        """The name that the account bears now, as the subject must hold it until it has another (S5)."""
        known, attribute = self.known[subject], self.target.identity.login
        values = state.attributes.get(attribute, ()) if attribute and known.kind is Kind.PERSON else ()
        prefix = (known.login or "").partition("=")[0]
        return f"{prefix}={fold(values[0])}" if prefix and values else None

    def matches(self, decisions: Decisions = NO_DECISIONS) -> list[tuple[Kind, Match]]:
        """Everything sorted, departments first: people are known by them too. Decisions win."""
        groups = correlate(self._subjects(Kind.GROUP), self._departments(decisions), decisions.owners)
        homes = {each.account.id: each.subject.key for each in groups if each.account and each.subject and _firm(each)}
        people = [
            of_account(state, self.target.identity, homes)
            for state in self.seen.people
            if self._in_question(state, decisions)
        ]
        sorted_people = correlate(self._subjects(Kind.PERSON), people, decisions.owners)
        return [*((Kind.GROUP, each) for each in groups), *((Kind.PERSON, each) for each in sorted_people)]

    def _subjects(self, kind: Kind) -> Iterator[Subject]:
        return (each.subject for each in self.known.values() if each.kind is kind)

    def _departments(self, decisions: Decisions) -> list[Account]:
        found = of_groups(self.seen.departments, self.target.identity, self.root)  # all of them: paths go through them
        return [each for each in found if self._in_question(each.state, decisions)]

    def _in_question(self, state: AccountState, decisions: Decisions) -> bool:
        id = state.remote_id or ""
        if id in self.linked:
            return True
        if id in self.seen.protected or id in decisions.not_ours:
            return False
        return id in decisions.owners or id not in self.disowned


def survey(connection: Connection, target: Target, day: str, seen: Seen) -> Survey:
    """`day`: the ISO day for which the roster is read."""
    org = read_org(connection)
    root = next((each.name for each in org.departments.values() if each.kind == ROOT), "")
    links = adoptions.links_of(connection, target.name)
    there = frozenset(state.remote_id for state in (*seen.departments, *seen.people))
    roster = _Roster(target, org, day, links, there)
    known = {each.subject.subject: each for each in roster.everybody(connection)}
    titles = {
        state.remote_id or "": "/".join(path)
        for state, path in zip(seen.departments, paths(seen.departments, target.identity), strict=True)
    }
    return Survey(target, known, links, seen, adoptions.disowned_of(connection, target.name), titles, root)


@dataclass(frozen=True, slots=True)
class _Roster:
    """What the roster says for one system on one day. `there`: the remote ids of everything that was read."""

    target: Target
    org: Org
    day: str
    links: Mapping[str, LinkSeen]
    there: frozenset[str | None]

    def everybody(self, connection: Connection) -> Iterator[Known]:
        """Departments, then people; those who have left too."""
        for kind in (Kind.GROUP, Kind.PERSON):
            for lot in all_subjects(connection, kind):
                roll = read_roll(connection, lot, self.target.name)
                yield from (self._department(each) for each in roll.groups.values() if not self._is_there_already(each))
                yield from (self._person(each) for each in roll.people.values())

    def _is_there_already(self, group: Department) -> bool:
        """The district itself, where accounts live in departments: nothing to recognise (S7)."""
        return self.target.capabilities.primary and group.kind == ROOT

    def _department(self, group: Department) -> Known:
        above = self.org.departments.get(group.parent or "")
        link = self.links.get(above.subject, NOBODY) if above else NOBODY
        parent = Ref(above.subject, Kind.GROUP, above.key, link.remote_id, link.name) if above else None
        desired = self.target.group(group, self.day, self.org, parent if link.remote_id else None)
        subject = of_department(group, self.org, _wanted(desired), self._linked(group.subject))
        return self._known(subject, Kind.GROUP, "/".join(roster_path(group, self.org)), desired)

    def _person(self, person: Person) -> Known:
        desired = self.target.person(person, self.day, self.org)
        keys = _homes(person, desired)
        homes = [self.org.departments[key] for key in keys if key in self.org.departments]
        home = next((each for each in homes if each.code is not None), None)
        subject = of_person(person, keys, _wanted(desired), self._linked(person.subject))
        return self._known(subject, Kind.PERSON, "/".join(roster_path(home, self.org)) if home else "", desired)

    def _known(self, subject: Subject, kind: Kind, place: str, desired: Desired) -> Known:
        adopted = self.links.get(subject.subject, NOBODY).adopted
        attributes = desired.state.attributes if adopted else {}
        said = (desired.spell, desired.login, desired.reason.text)
        return Known(subject, kind, place, *said, attributes, gone=not subject.wanted)

    def _linked(self, subject: str) -> str | None:
        remote_id = self.links.get(subject, NOBODY).remote_id
        return remote_id if remote_id in self.there else None


def _wanted(desired: Desired) -> bool:
    return desired.state.presence is not Presence.REMOVED


def _homes(person: Person, desired: Desired) -> list[str]:
    """Keys of the departments that the person must be in, the primary one first; else of those joined."""
    must = desired.state.memberships
    first = [must.primary] if must and must.primary else []
    further = sorted(must.concurrent) if must else []
    wanted = [*first, *(key for key in person.groups if key in further), *further]
    return list(dict.fromkeys(wanted or person.groups))


def _firm(match: Match) -> bool:
    return match.standing is Standing.LINKED or match.certain
