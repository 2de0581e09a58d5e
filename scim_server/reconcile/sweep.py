"""The sweep: everything that a system shows against what was read back when it was settled (S17).

Departments first, then people, page by page; then the members of each group, where groups tell them; then who was not
there. What looks as it is remembered costs one digest. Whatever else there is, `sweep_detail` looks at. Writes nothing.
"""

from collections.abc import Callable, Mapping
from itertools import islice

from connectors.base import MemberLists
from connectors.errors import ConnectorError, Unreadable
from mappings.model import AccountState, Kind, Memberships, Page
from scim_server.clock import stamp
from scim_server.reconcile.read_back import Record, digest_of
from scim_server.reconcile.sweep_detail import Detail
from scim_server.reconcile.sweep_findings import Given, Tally
from scim_server.reconcile.sweep_members import Expected, Numbers, members, number_of
from scim_server.store import sweep_reads, sweeps
from scim_server.store.sweep_reads import Linked

Progress = Callable[[int], None]
Read = Callable[[str | None], Page]
Links = Mapping[str | None, Linked]
LOT = 256


class Sweep:
    """One sweep of one system. `run` it once; then `tally` has its counts, and `error` why it is partial."""

    def __init__(self, given: Given, progress: Progress = lambda _: None) -> None:
        self.tally = Tally()
        self.error: str | None = None
        self._given, self._progress = given, progress
        self._system, self._reader = given.target.name, given.reader
        self._names, self._marks = given.target.drift.names, given.target.drift.marks
        self._lists = given.connector if isinstance(given.connector, MemberLists) else None
        self._detail = Detail(given, self.tally)
        self._expected = Expected()
        self._seen = Numbers()  # of the subjects whose account was there
        self._groups: list[tuple[str, AccountState]] = []  # those with settled rows: key, and where they are
        self._keys: Mapping[str, str] = {}  # of our Groups by the system's own ids
        self._began = stamp(given.clock.now())

    def run(self) -> None:
        """Reads and compares everything. What cannot be read whole makes nobody missing: `error` says so (S17)."""
        try:
            self._keys = sweep_reads.group_keys(self._reader, self._system)
            if Kind.GROUP in self._given.target.capabilities.kinds:
                self._read(self._given.connector.departments, Kind.GROUP)
            people = self._given.connector.observe_all if self._lists is None else self._lists.observe_bare
            self._read(people, Kind.PERSON)
            self._members()
            self._rest()
        except ConnectorError as error:
            self.error = str(error)

    def _read(self, read: Read, kind: Kind) -> None:
        cursor: str | None = None
        while True:
            page = read(cursor)
            self.tally.pages += 1
            self._page(page, kind)
            self._progress(self.tally.accounts + self.tally.departments)
            cursor = page.cursor
            if cursor is None:
                break
        if not page.complete:
            raise Unreadable("读到的清单不完整：读取期间系统有变动，或有一部分读不到")

    def _page(self, page: Page, kind: Kind) -> None:
        accounts = page.accounts
        linked = sweep_reads.by_remote_id(self._reader, self._system, [state.remote_id for state in accounts])
        if kind is Kind.PERSON:
            self.tally.accounts += len(accounts)
        else:
            self.tally.departments += len(accounts)
        suspects: dict[str, AccountState] = {}
        strange: list[AccountState] = []
        for state in accounts:
            link = linked.get(state.remote_id)
            if link is None:
                strange.append(state)
            elif not self._is_as_remembered(state, link, kind):
                suspects[link.subject] = state
        if strange:
            self._note_strange(strange)
        if suspects:
            self._look_closely(suspects, linked, kind)

    def _is_as_remembered(self, state: AccountState, link: Linked, kind: Kind) -> bool:
        """Whether there is nothing to look at. One that is not settled looks at its account itself."""
        self._seen.add(hash(link.subject))
        name = state.name or ""
        if link.state != "done" or link.desired != link.applied:
            if self._lists is not None and kind is Kind.PERSON:
                self._expected.add_unsettled(name)
            return True
        self.tally.compared += 1
        record = Record.read(link.read_back)
        if kind is Kind.GROUP:
            self._groups.append((self._keys.get(link.remote_id or "", ""), _place(state)))
            return record.digest == digest_of(state, self._names)
        if self._lists is not None and record.groups is not None:
            self._expected.add(name, record.groups)
        marks = self._marks | self._given.target.healed if link.adopted and kind is Kind.PERSON else self._marks
        if marks and not record.wanted.keys() >= marks:
            return False  # it was settled under another policy, or before that was to be healed
        alike = state.memberships is None or self._same(record.groups, state.memberships)
        return alike and record.digest == digest_of(state, self._names)

    def _same(self, known: tuple[str, ...] | None, seen: Memberships) -> bool:
        """Whether an account is in the departments and groups that it was in; foreign ones do not count (S12)."""
        keys = self._keys
        primary = keys.get(seen.primary or "", "")
        return known == (primary, *sorted({keys[id] for id in seen.concurrent if id in keys}))

    def _look_closely(
        self, suspects: Mapping[str, AccountState], linked: Mapping[str | None, Linked], kind: Kind
    ) -> None:
        must = self._detail.as_read(suspects)
        if self._lists is None or kind is Kind.GROUP:
            return
        for subject, state in suspects.items():
            if Record.read(linked[state.remote_id].read_back).groups is None:
                self._expected.add(state.name or "", must.get(subject) or ())

    def _note_strange(self, states: list[AccountState]) -> None:
        """Accounts that no link names: they are counted, and never touched."""
        self.tally.strange += len(states)
        known = sweep_reads.in_roster(self._reader, {state.key for state in states})
        self.tally.orphans += sum(state.key in known for state in states)

    def _members(self) -> None:
        """The lists of all our groups; who must be in one that is gone is looked at too."""
        if self._lists is None:
            return
        there = set()
        for key, group in self._groups:
            there.add(key)
            self.tally.members += self._expected.compare(key, members(self._lists, group))
        for key in self._expected.keys - there:
            self._expected.lost(key)

    def _rest(self) -> None:
        """One pass over the links: who was not there, who stands in a wrong list, and what had parked."""
        rows = sweep_reads.every_link(self._reader, self._system)
        while lot := list(islice(rows, LOT)):
            absent = [row.subject for row in lot if self._is_absent(row)]
            written = sweeps.written_since(self._reader, self._system, absent, self._began)
            wrong = [row.subject for row in lot if self._is_in_doubt(row)]
            self._detail.look([*(subject for subject in absent if subject not in written), *wrong])
            self._detail.still_gone([row.subject for row in lot if row.state == "gone" and row.read_back])
            if not self._given.report_only:
                self._given.sink.due([row.subject for row in lot if row.state == "parked" or self._is_unwritten(row)])

    def _is_absent(self, row: Linked) -> bool:
        """Whether its account should have been read and was not."""
        return row.remote_id is not None and row.settled and hash(row.subject) not in self._seen

    def _is_unwritten(self, row: Linked) -> bool:
        """Adopted, and to be healed in something that no read shows and that was never written: nobody else sees it."""
        target = self._given.target
        blind = target.healed & target.capabilities.unreadable
        return bool(blind) and row.kind == "person" and bool(row.adopted) and row.hidden is None and row.settled

    def _is_in_doubt(self, row: Linked) -> bool:
        doubtful = self._expected.doubtful
        return bool(doubtful) and row.kind == "person" and row.settled and number_of(row.name or "") in doubtful


def _place(state: AccountState) -> AccountState:
    """What it takes to ask a group for its members."""
    return AccountState(state.key, state.presence, remote_id=state.remote_id, name=state.name)
