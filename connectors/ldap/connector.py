"""The hand that reads and writes an LDAP directory."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from connectors.base import Activity, ActivityReport, Asking, Members, freely
from connectors.errors import ConnectorError, Unreadable
from connectors.ldap import accounts, activity, credentials, dialects, doctor, protecting, searches
from connectors.ldap.config import LdapConfig
from connectors.ldap.entry import Tree
from connectors.ldap.failures import error_of_loss, outcome_of_error, outcome_of_loss
from connectors.ldap.line import Line, Lost
from connectors.ldap.locate import outcome_of
from connectors.ldap.logins import Kept
from connectors.ldap.members import change_members, listing
from connectors.ldap.opening import open_line
from connectors.ldap.pipeline import Pipeline, Talk
from connectors.ldap.shape import GROUP_NAMES, PERSON_NAMES
from connectors.ldap.waves import waves
from mappings.model import AccountState, Action, Capabilities, Finding, Kind, Operation, Outcome, Page, Ref

T = TypeVar("T")

ACTIONS: Mapping[Action, Callable[[Tree, Operation], Talk[Outcome]]] = {
    Action.CREATE: accounts.create,
    Action.UPDATE: accounts.update,
    Action.LOCK: accounts.lock,
    Action.UNLOCK: accounts.unlock,
    Action.REMOVE: accounts.remove,
}
Placed = tuple[int, Outcome]
SETTLES = 10.0  # seconds: refint and its like work after the answer, and know members by their names alone


class LdapConnector:
    """Connector, Pipelined, MemberLists, Credentials, Protecting, ActivitySource over one line to one server.

    The line is opened when needed. For one thread. `system` is the name of the table in the configuration;
    `monotonic` counts seconds; `now` is the time of day.
    """

    def __init__(
        self, system: str, config: LdapConfig, monotonic: Callable[[], float], now: Callable[[], datetime]
    ) -> None:
        self.system = system
        self.config = config
        self._monotonic = monotonic
        self._now = now
        self._line: Line | None = None
        self._tree: Tree | None = None
        self._lines = 0
        self._until = 0.0

    def describe(self) -> Capabilities:
        """What a directory can do."""
        return Capabilities(
            managed=frozenset((*PERSON_NAMES, *GROUP_NAMES)),
            members_per_call=self.config.members_per_modify,
            settles=SETTLES,
        )

    def check(self) -> Iterable[Finding]:
        """Connection, TLS, containers, rights, and a lock and an unlock that are proved with a test entry."""
        return doctor.check(self.config, self._call, self._monotonic)

    def observe(self, ref: Ref) -> AccountState | None:
        """The account as it is; None only when it is surely absent."""
        (state,) = self.observe_each([ref])
        if isinstance(state, ConnectorError):
            raise state
        return state

    def observe_each(self, refs: Sequence[Ref]) -> list[AccountState | ConnectorError | None]:
        """Many at once; an error stands in its place."""
        try:
            results = self._call(lambda tree: [searches.observe(tree, ref) for ref in refs])
        except ConnectorError as error:
            return [error] * len(refs)
        return [error_of_loss(each) if isinstance(each, Lost) else each for each in results]

    def observe_all(self, cursor: str | None) -> Page:
        """All persons, a page at a time, with their memberships."""
        return self._page(Kind.PERSON, cursor)

    def observe_bare(self, cursor: str | None) -> Page:
        """All persons, a page at a time, without their memberships: one search a page."""
        return self._page(Kind.PERSON, cursor, bare=True)

    def members(self, group: AccountState, cursor: str | None) -> Members:
        """The DNs in a group's list, in the lots in which the server gives them."""
        dn = group.name or ""
        (listed,) = self._call(lambda tree: [listing(tree, dn, int(cursor or 0))])
        found, following = _sure(listed)
        return Members(found, None if following is None else str(following))

    def departments(self, cursor: str | None) -> Page:
        """All groups, a page at a time."""
        return self._page(Kind.GROUP, cursor)

    def apply(self, operation: Operation) -> Outcome:
        """Does one operation."""
        return self.apply_each([operation])[0]

    def apply_each(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Many at once. Joins and leaves of one group share their modifies; operations of one subject keep order."""
        self._begin()
        outcomes: dict[int, Outcome] = {}
        for wave in waves(operations):
            outcomes |= self._wave([(place, operations[place]) for place in wave])
        return [outcomes[place] for place in range(len(operations))]

    def set_initial(self, ref: Ref, password: str) -> Outcome:
        """Gives the account a first password, by the server's own policy. It is in no log and no error."""
        try:
            (result,) = self._call(lambda tree: [outcome_of(credentials.set_initial(tree, ref, password))])
        except ConnectorError as error:
            return outcome_of_error(error)
        if isinstance(result, Lost):
            return outcome_of_loss(result)
        return outcome_of_error(result) if isinstance(result, ConnectorError) else result

    def protects(self, states: Sequence[AccountState]) -> Sequence[bool]:
        """Whether each of these, as just read, is never written (S16). Raises ConnectorError."""
        (found,) = self._call(lambda tree: [protecting.protects(tree, states)])
        return _sure(found)

    def last_seen(self, since: datetime, until: datetime, ask: Asking = freely) -> ActivityReport:
        """The last log-in of everybody, also before `since`, where the server keeps it. Raises ConnectorError."""
        self.close()  # binding anew shows whether log-ins are noted now
        began = self._now()
        (told,) = self._call(lambda tree: [activity.noted(tree)])
        noted = _sure(told)
        last: dict[str, Activity] = {}
        if noted.kept is not None:
            last = {each.remote_id or each.key: each for each in self._logins(noted.kept, ask)}
        watched = activity.watched(noted, last.values(), (since, until), began, self.config.login_lag)
        return ActivityReport(last, watched=watched)

    def _logins(self, kept: Kept, ask: Asking) -> Iterator[Activity]:
        line, cookie, following = self._lines, b"", True
        while following:
            at = cookie
            (read,) = self._call(lambda tree: [activity.page(tree, kept, at)])  # noqa: B023 - called at once
            found, number, cookie = _sure(read)
            if self._lines != line:
                raise Unreadable("翻页途中连接断过，请从头读取")
            ask("observe", number)
            yield from found
            following = bool(cookie)

    def close(self) -> None:
        """Ends the line; the next call opens a new one."""
        if self._line is not None:
            self._line.close()
        self._line = self._tree = None

    def _wave(self, wave: list[tuple[int, Operation]]) -> dict[int, Outcome]:
        groups: dict[str, list[tuple[int, Operation]]] = {}
        single = []
        for place, operation in wave:
            if operation.action in ACTIONS:
                single.append((place, operation))
            else:
                assert operation.group is not None, "a join or leave names its group"
                groups.setdefault(operation.group.key, []).append((place, operation))
        places = [[place] for place, _ in single] + [[place for place, _ in each] for each in groups.values()]

        def talks(tree: Tree) -> list[Talk[list[Placed]]]:
            return [_single(tree, *each) for each in single] + [change_members(tree, each) for each in groups.values()]

        try:
            results = self._run(talks)
        except ConnectorError as error:
            results = [error] * len(places)
        placed = (_placed(mine, result) for mine, result in zip(places, results, strict=True))
        return {place: outcome for each in placed for place, outcome in each}

    def _page(self, kind: Kind, text: str | None, *, bare: bool = False) -> Page:
        at = searches.Cursor.read(text) if text else None
        cookie = at.cookie if at else b""
        if at and (self._line is None or at.line != self._lines):
            raise Unreadable("翻页途中连接断过，请从头读取")
        (read,) = self._call(lambda tree: [searches.page(tree, kind, cookie, bare=bare)])
        sheet = _sure(read)
        whole = sheet.whole and (at is None or at.whole)
        following = str(searches.Cursor(self._lines, whole, sheet.cookie)) if sheet.cookie else None
        return Page(sheet.accounts, following, complete=whole and following is None)

    def _begin(self) -> None:
        self._until = self._monotonic() + self.config.answer_timeout

    def _call(self, talks: Callable[[Tree], Sequence[Talk[T]]]) -> list[T | ConnectorError | Lost]:
        self._begin()
        return self._run(talks)

    def _run(self, talks: Callable[[Tree], Sequence[Talk[T]]]) -> list[T | ConnectorError | Lost]:
        """Holds conversations on the line, within the call's time. Raises ConnectorError when no line is to be had."""
        line, tree = self._opened()
        line.allow(self._until)
        try:
            results = Pipeline(line, talks(tree)).run()
        except BaseException:  # a bug or an interrupt: what is under way on this line can no longer be matched
            self.close()
            raise
        if any(isinstance(result, Lost) for result in results):
            self.close()
        return results

    def _opened(self) -> tuple[Line, Tree]:
        if self._line is not None and not self._line.idle():
            self.close()
        if self._line is None or self._tree is None:
            line = open_line(self.config, self._monotonic)
            line.allow(self._until)
            (spoken,) = Pipeline(line, [dialects.spoken(self.config)]).run()
            if isinstance(spoken, ConnectorError | Lost):
                line.close()
                raise spoken if isinstance(spoken, ConnectorError) else error_of_loss(spoken)
            self._line, self._tree, self._lines = line, Tree(self.config, spoken), self._lines + 1
        return self._line, self._tree


def _sure(result: T | ConnectorError | Lost) -> T:
    """What was read. Raises ConnectorError."""
    if isinstance(result, Lost):
        raise error_of_loss(result)
    if isinstance(result, ConnectorError):
        raise result
    return result


def _single(tree: Tree, place: int, operation: Operation) -> Talk[list[Placed]]:
    outcome = yield from outcome_of(ACTIONS[operation.action](tree, operation))
    return [(place, outcome)]


def _placed(places: Sequence[int], result: list[Placed] | ConnectorError | Lost) -> list[Placed]:
    if isinstance(result, Lost):
        return [(place, outcome_of_loss(result)) for place in places]
    if isinstance(result, ConnectorError):
        return [(place, outcome_of_error(result)) for place in places]
    return result
