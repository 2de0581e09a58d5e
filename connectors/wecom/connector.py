"""The hand that reads and writes 政务微信 (WeCom)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from connectors.base import ActivityReport, Asking, freely
from connectors.errors import ConnectorError
from connectors.http.answer import outcome_of
from connectors.wecom import accounts, activity, departments, doctor, lookup, members, pace
from connectors.wecom.config import WecomConfig
from connectors.wecom.roll import Roll
from connectors.wecom.wire import Wire
from mappings.model import AccountState, Capabilities, Finding, Kind, Operation, Outcome, Page, Ref


class WecomConnector:
    """Connector, ActivitySource and Protecting over the secrets of one corp. One thread; lanes share the tokens.

    `system` is the name of the table in the configuration; `monotonic` counts seconds; `now` is the time of day.
    """

    def __init__(
        self, system: str, config: WecomConfig, monotonic: Callable[[], float], now: Callable[[], datetime]
    ) -> None:
        self.system = system
        self.config = config
        self._now = now
        self._wire = Wire(config, config.secret, monotonic, config.reading_secret)
        self._log = Wire(config, config.activity_secret, monotonic) if config.activity_secret else None
        self._roll = Roll(self._wire, config)

    def describe(self) -> Capabilities:
        """What 政务微信 can do. Whether a lock ends live sessions is nowhere documented: unknown (S30)."""
        return Capabilities(
            managed=members.managed(self.config) | lookup.DEPARTMENT,
            unreadable=frozenset() if self.config.readable else members.WRITTEN_ONLY,
            primary=True,
            ends_sessions=None,
            windows=pace.windows(self.config),
            costs=pace.COSTS,
        )

    def check(self) -> Iterable[Finding]:
        """Token, root department, reading and writing, without a trace."""
        return doctor.check(self._wire, self._log, self.config, self._now)

    def observe(self, ref: Ref) -> AccountState | None:
        """The account as it is; None only when it is surely absent."""
        if ref.kind is Kind.PERSON:
            member = lookup.find_member(self._wire, ref)
            return members.state(member, self.config, ref.key) if member else None
        department = lookup.find_department(self._wire, self.config, ref)
        if department is None or not ref.root:
            return department.state(ref.key) if department else None
        return AccountState(ref.key, department.state().presence, {}, None, str(department.id), department.name)

    def observe_all(self, cursor: str | None) -> Page:
        """All members below the root, a page at a time."""
        return self._roll.page(cursor)

    def departments(self, cursor: str | None) -> Page:
        """All departments below the root, a page at a time."""
        return self._roll.departments(cursor)

    def protects(self, states: Sequence[AccountState]) -> Sequence[bool]:
        """By userid, of a department by its number. Who the corp's creator is the vendor tells nobody (S16)."""
        return [self.config.protects(each.remote_id) for each in states]

    def apply(self, operation: Operation) -> Outcome:
        """Does one operation."""
        does = accounts.apply if operation.ref.kind is Kind.PERSON else departments.apply
        try:
            return does(self._wire, self.config, operation)
        except ConnectorError as error:
            return outcome_of(error)

    def last_seen(self, since: datetime, until: datetime, ask: Asking = freely) -> ActivityReport:
        """Evidence of use, where the log may be read, and who was never activated. Raises ConnectorError."""
        return activity.last_seen(self._log, self._roll, since, until, self._now, ask)

    def spent(self) -> Mapping[str, int]:
        """Calls by verb since this was last asked."""
        return self._wire.spent()

    def close(self) -> None:
        """Ends the connections; the next call opens them again."""
        self._wire.close()
        if self._log is not None:
            self._log.close()
