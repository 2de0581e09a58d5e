"""The reference connector: the smallest thing that passes the contract suite, over a directory in memory.

A `MemoryDirectory` can be shared by several connectors, looked at, and made to fail:

    directory = MemoryDirectory()
    directory.unreachable = True                             # nobody answers
    directory.lost = 1                                       # the next write is done, its answer is lost
    directory.refused["E1"] = Refused("65", "...")           # whatever concerns E1 is refused

    MemoryDirectory(primary=True)                            # an account lives in one department, as in an OA
    MemoryDirectory(actions=WITHOUT_LOCKS)                   # there is no lock, as in attendance
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from connectors.errors import Ambiguous, ConnectorError, Unreachable, Unreadable
from mappings.model import (
    ACTIONS,
    AccountState,
    Action,
    AlreadySo,
    Capabilities,
    Conflict,
    Done,
    Finding,
    Kind,
    Memberships,
    Operation,
    Outcome,
    Page,
    Pending,
    Presence,
    Ref,
    Refused,
    Retry,
    Unknown,
)

NAMING = {Kind.PERSON: "uid", Kind.GROUP: "cn"}
PERSON_ATTRIBUTES = frozenset({"uid", "displayName", "title", "mail"})
GROUP_ATTRIBUTES = frozenset({"cn", "ou"})
WITHOUT_LOCKS = frozenset({Action.CREATE, Action.UPDATE, Action.REMOVE})


@dataclass(slots=True)
class MemoryAccount:
    """One account. `groups` are the remote ids of the groups joined, `home` that of the primary department."""

    kind: Kind
    remote_id: str
    key: str
    name: str
    presence: Presence = Presence.ACTIVE
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    home: str | None = None


@dataclass
class MemoryDirectory:
    """Accounts by remote id, what the system can do, and the faults in force."""

    accounts: dict[str, MemoryAccount] = field(default_factory=dict)
    primary: bool = False
    actions: frozenset[Action] = ACTIONS
    protected: set[str] = field(default_factory=set)  # keys
    refused: dict[str, Refused] = field(default_factory=dict)  # by key
    unreachable: bool = False
    gone: bool = False  # the place where accounts live cannot be read
    lost: int = 0
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    def put(self, kind: Kind, key: str, name: str, **attributes: str) -> MemoryAccount:
        """An account made by hand, named like `name`."""
        values: dict[str, tuple[str, ...]] = {NAMING[kind]: (name,)}
        values |= {attribute: (value,) for attribute, value in attributes.items()}
        account = MemoryAccount(kind, f"id-{next(self.ids)}", key, f"{kind}/{name.casefold()}", attributes=values)
        self.accounts[account.remote_id] = account
        return account

    def find(self, kind: Kind, key: str) -> list[MemoryAccount]:
        """The accounts that carry a key."""
        return [each for each in self.accounts.values() if each.kind is kind and each.key == key]

    def named(self, name: str) -> MemoryAccount | None:
        """The account of that name."""
        return next((each for each in self.accounts.values() if each.name == name), None)


class MemoryConnector:
    """Connector and Pipelined over a MemoryDirectory. `page_size` in accounts."""

    def __init__(self, system: str, directory: MemoryDirectory, page_size: int = 500) -> None:
        self.system = system
        self.directory = directory
        self._page_size = page_size

    def describe(self) -> Capabilities:
        """What a directory in memory can do."""
        return Capabilities(
            managed=PERSON_ATTRIBUTES | GROUP_ATTRIBUTES,
            actions=self.directory.actions,
            primary=self.directory.primary,
            members_per_call=1000,
        )

    def check(self) -> Iterable[Finding]:
        """One finding."""
        try:
            self._reachable()
        except ConnectorError as error:
            return [Finding("error", str(error), "恢复内存目录")]
        return [Finding("ok", "内存目录可用")]

    def observe(self, ref: Ref) -> AccountState | None:
        """The account as it is."""
        self._reachable()
        account = self._account(ref)
        return self._state(account) if account else None

    def observe_each(self, refs: Sequence[Ref]) -> list[AccountState | ConnectorError | None]:
        """Many, one after the other."""
        states: list[AccountState | ConnectorError | None] = []
        for ref in refs:
            try:
                states.append(self.observe(ref))
            except ConnectorError as error:
                states.append(error)
        return states

    def observe_all(self, cursor: str | None) -> Page:
        """All persons."""
        return self._page(Kind.PERSON, cursor)

    def departments(self, cursor: str | None) -> Page:
        """All groups."""
        return self._page(Kind.GROUP, cursor)

    def apply(self, operation: Operation) -> Outcome:
        """Does one operation."""
        try:
            self._reachable()
            outcome = self._checked(operation)
        except Ambiguous as error:
            return Conflict("", str(error))
        except ConnectorError as error:
            return Retry(str(error), outage=error.outage)
        if isinstance(outcome, Done) and self.directory.lost:
            self.directory.lost -= 1
            return Unknown("回答丢失")
        return outcome

    def apply_each(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Many, one after the other."""
        return [self.apply(operation) for operation in operations]

    def protects(self, states: Sequence[AccountState]) -> Sequence[bool]:
        """By key."""
        return [state.key in self.directory.protected for state in states]

    def close(self) -> None:
        """There is nothing to close."""

    def _reachable(self) -> None:
        if self.directory.unreachable:
            raise Unreachable("连不上内存目录")
        if self.directory.gone:
            raise Unreadable("读不到内存目录")

    def _account(self, ref: Ref) -> MemoryAccount | None:
        account = self.directory.accounts.get(ref.remote_id or "")
        if account and account.kind is ref.kind:
            return account
        found = self.directory.find(ref.kind, ref.key)
        if len(found) > 1:
            raise Ambiguous(f"内存目录中有 {len(found)} 个账号带着同一个键")
        return found[0] if found else None

    def _state(self, account: MemoryAccount) -> AccountState:
        person = account.kind is Kind.PERSON
        managed = PERSON_ATTRIBUTES if person else GROUP_ATTRIBUTES
        return AccountState(
            key=account.key,
            presence=account.presence,
            attributes={name: account.attributes.get(name, ()) for name in managed},
            memberships=Memberships(account.home, frozenset(account.groups)) if person else None,
            remote_id=account.remote_id,
            name=account.name,
        )

    def _page(self, kind: Kind, cursor: str | None) -> Page:
        self._reachable()
        start = int(cursor or 0)
        accounts = [self._state(each) for each in self.directory.accounts.values() if each.kind is kind]
        end = start + self._page_size
        last = end >= len(accounts)
        return Page(tuple(accounts[start:end]), None if last else str(end), complete=last)

    def _checked(self, operation: Operation) -> Outcome:
        keys = {operation.ref.key} | ({operation.group.key} if operation.group else set())
        for key in keys & self.directory.refused.keys():
            return self.directory.refused[key]
        if keys & self.directory.protected:
            return Refused("protected", "受保护，不写")
        if operation.ref.kind is Kind.PERSON and operation.action not in self.directory.actions:
            return Refused("unsupported", "内存目录不支持此操作")
        if operation.action is Action.CREATE:
            return self._create(operation)
        account = self._account(operation.ref)
        if account is None:
            gone_already = operation.action in (Action.REMOVE, Action.LEAVE)
            return AlreadySo() if gone_already else Retry("账号已不存在，请重新读取")
        if operation.ref.remote_id not in (None, account.remote_id):
            return Conflict(account.name, "另有账号带着同一个键")
        return CHANGES[operation.action](self, account, operation)

    def _create(self, operation: Operation) -> Outcome:
        assert operation.after is not None, "a create says what to create"
        ref, values = operation.ref, dict(operation.after.attributes)
        name = self._name(ref.kind, values)
        holder = self.directory.named(name)
        if holder:
            return AlreadySo() if holder.key == ref.key else Conflict(holder.name, "同名账号已存在")
        home = self._home(operation)
        if operation.after.presence is Presence.LOCKED and Action.LOCK not in self.directory.actions:
            return Refused("unsupported", "内存目录没有锁定状态")
        if home is None and ref.kind is Kind.PERSON and self.directory.primary:
            return Refused("no-department", "没有部门，不能开户")
        account = self.directory.put(ref.kind, ref.key, "")
        account.name, account.attributes, account.presence = name, values, operation.after.presence
        account.home = home
        return Done()

    def _home(self, operation: Operation) -> str | None:
        group = self._account(operation.group) if operation.group else None
        return group.remote_id if group else None

    def _name(self, kind: Kind, values: Mapping[str, tuple[str, ...]]) -> str:
        return f"{kind}/{values[NAMING[kind]][0].casefold()}"

    def _update(self, account: MemoryAccount, operation: Operation) -> Outcome:
        assert operation.after is not None, "an update says what to write"
        merged = account.attributes | dict(operation.after.attributes)
        values, name = {each: value for each, value in merged.items() if value}, self._name(account.kind, merged)
        holder = self.directory.named(name)
        if holder not in (None, account):
            return Conflict(name, "同名账号已存在")
        return _changed(account, attributes=values, name=name, **self._moved(account, operation))

    def _moved(self, account: MemoryAccount, operation: Operation) -> dict[str, object]:
        """Where it lives afterwards; a former home that is none of ours is kept (S12)."""
        home = self._home(operation)
        if home is None or home == account.home:
            return {}
        before = operation.before.memberships if operation.before else None
        kept = {account.home} if account.home and before is not None and before.primary is None else set[str]()
        return {"home": home, "groups": (account.groups | kept) - {home}}

    def _lock(self, account: MemoryAccount, operation: Operation) -> Outcome:
        return _changed(account, presence=Presence.LOCKED)

    def _unlock(self, account: MemoryAccount, operation: Operation) -> Outcome:
        return _changed(account, presence=Presence.ACTIVE)

    def _remove(self, account: MemoryAccount, operation: Operation) -> Outcome:
        inside = (each for each in self.directory.accounts.values() if account.remote_id in (each.home, *each.groups))
        if members := sorted(each.name for each in inside):
            return Pending(after=1.0, state=f"组内仍有 {len(members)} 名成员（{'、'.join(members[:5])}）")
        del self.directory.accounts[account.remote_id]
        return Done()

    def _join(self, account: MemoryAccount, operation: Operation) -> Outcome:
        group = self._account(operation.group) if operation.group else None
        if group is None:
            return Retry("组已不存在，请重新读取")
        return _changed(account, groups=account.groups | {group.remote_id})

    def _leave(self, account: MemoryAccount, operation: Operation) -> Outcome:
        group = self._account(operation.group) if operation.group else None
        return _changed(account, groups=account.groups - {group.remote_id}) if group else AlreadySo()


CHANGES: Mapping[Action, Callable[[MemoryConnector, MemoryAccount, Operation], Outcome]] = {
    Action.UPDATE: MemoryConnector._update,
    Action.LOCK: MemoryConnector._lock,
    Action.UNLOCK: MemoryConnector._unlock,
    Action.REMOVE: MemoryConnector._remove,
    Action.JOIN: MemoryConnector._join,
    Action.LEAVE: MemoryConnector._leave,
}


def _changed(account: MemoryAccount, **values: object) -> Outcome:
    """Writes fields of an account; AlreadySo where they all are so."""
    before = replace(account)
    for name, value in values.items():
        setattr(account, name, value)
    return AlreadySo() if before == account else Done()
