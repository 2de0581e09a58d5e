"""Reads every system for the report of accounts that no link names: a system without a whole list is said to be one.

Read when the report is made, not kept by sweeps: what is told is there now, and whom it may belong to takes the whole
roster. Memory grows as that of `huaming adopt`, with the accounts of one system and the roster beside it.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from connectors.errors import ConnectorError
from mappings.correlate import Match, Standing, Subject
from mappings.model import AccountState, Kind, Presence
from scim_server.operate.adopt import look
from scim_server.operate.adopt_rows import is_left, thought_of
from scim_server.operate.desk import Desk
from scim_server.reconcile.adopt import Known, Survey
from scim_server.reports.orphans import words
from scim_server.reports.orphans.rows import OrphanRow, Reading, last_whole
from scim_server.reports.period import local
from scim_server.settings import BadSettings
from scim_server.store.adoptions import who_disowned

NOBODY = Match(Standing.ORPHAN)


def orphans(desk: Desk, systems: Iterable[str]) -> tuple[list[OrphanRow], list[Reading]]:
    """Live: what is there now, and how each system was read."""
    rows: list[OrphanRow] = []
    readings: list[Reading] = []
    for system in systems:
        at, counts, error = desk.clock.stamp(), (0, 0), None
        try:
            found = look(desk, system)
            counts = len(found.seen.people), len(found.seen.departments)
            rows += _Unlinked(found, _disowned(desk, system)).rows()
        except (ConnectorError, BadSettings) as failure:
            error = str(failure)
        with desk.snapshot() as connection:
            readings.append(Reading(system, at, *counts, last_whole(connection, system), error))
    return rows, readings


def _disowned(desk: Desk, system: str) -> dict[str, tuple[str, str]]:
    with desk.snapshot() as connection:
        return who_disowned(connection, system)


class _Unlinked:
    """Of one system. `disowned`: by remote id who said so, and when."""

    def __init__(self, found: Survey, disowned: Mapping[str, tuple[str, str]]) -> None:
        self._found, self._disowned = found, disowned

    def rows(self) -> Iterator[OrphanRow]:
        """Everything that no link names, what nobody need decide about too."""
        matched = {match.account.id: match for _, match in self._found.matches() if match.account is not None}
        for id, state in self._found.states.items():
            if id not in self._found.linked:
                yield self._row(id, state, matched.get(id, NOBODY))

    def _row(self, id: str, state: AccountState, match: Match) -> OrphanRow:
        found, kind = self._found, self._found.kind_of(id)
        identity = found.target.identity
        login = state.attributes.get(identity.login, ()) if identity.login and kind is Kind.PERSON else ()
        meant: tuple[Subject, ...] = (match.subject,) if match.subject else match.candidates
        thought = self._thought(id, match, state)
        return OrphanRow(
            found.target.name,
            kind.value,
            found.name_of(state),
            "、".join(login),
            state.key,
            found.place_of(state) if kind is Kind.PERSON else "",
            state.name or "",
            id,
            state.presence.value,
            thought,
            self._why(id, state, thought),
            tuple(thought_of(found, each) for each in meant),
        )

    def _thought(self, id: str, match: Match, state: AccountState) -> str:
        if id in self._found.seen.protected:
            return "protected"
        if id in self._found.disowned:
            return "disowned"
        if not (match.subject or match.candidates):
            return "nobody"
        if not is_left(self._found, match):
            return "candidate"
        return "left" if state.presence is Presence.ACTIVE else "left-locked"

    def _why(self, id: str, state: AccountState, thought: str) -> str:
        """Why it is none of ours, in a sentence."""
        if thought == "protected":
            return words.PROTECTED
        if id in self._disowned and thought == "disowned":
            by, at = self._disowned[id]
            return words.DISOWNED.format(at=local(at)[:16], by=by)
        owner = self._by_key.get((self._found.kind_of(id), state.key)) if state.key else None
        if owner is None:
            return words.STRANGE_KEY if state.key else words.NO_LINK
        return self._of_owner(owner)

    def _of_owner(self, owner: Known) -> str:
        """Its number is somebody's."""
        link = self._found.links.get(owner.subject.subject)
        other = self._found.states.get(link.remote_id) if link is not None and link.remote_id else None
        if other is not None:
            return words.OTHER_ACCOUNT.format(name=other.name or other.remote_id)
        return words.DEPARTED.format(why=owner.why) if owner.gone else words.UNLINKED

    @cached_property
    def _by_key(self) -> Mapping[tuple[Kind, str], Known]:
        """Whoever is in service wins over who had the number before."""
        everybody = sorted(self._found.known.values(), key=lambda each: not each.gone)
        return {(each.kind, each.subject.key): each for each in everybody}
