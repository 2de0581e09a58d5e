"""What the contract suite asks of a system under test: connectors to it, and an eye and a hand of its own.

A further system is a subclass of Target and a row in `TARGETS` (targets.py); the suite itself does not change.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import ClassVar

from connectors.base import Connector, Pipelined
from mappings.model import AccountState, Action, Kind, Memberships, Operation, Outcome, Presence, Ref

HOME = 0  # the number of the department in which everybody lives, where a system knows primary departments

TEXTS = (
    "局长",
    "𠮷野家𪚥",
    "e\u0301 é",
    "长" * 200,
    '"quoted", <a>; #x = \\y + z',
    "*)(uid=*",
    "a\\2ab",
    "'; drop table --",
)


class Taken(Exception):
    """The system itself refuses to hold a second account like that."""


@dataclass(frozen=True)
class Seen:
    """An account as the system shows it to somebody who is not the connector."""

    presence: Presence
    attributes: Mapping[str, tuple[str, ...]]
    groups: frozenset[str] = field(default_factory=frozenset)  # keys; without the primary department
    home: str | None = None  # key of the primary department, where the system knows one


class Target(ABC):
    """A system with nobody in it.

    `login`, `text` and `name` are attributes of a person: the name to log in by, None where it is the key and so
    never changes; any free text that may be empty, None where there is none; and what people are called.
    `texts`: what such a text can hold. `keyed`: every account has a key, and no two have the same.
    `reuses_ids`: an account made again by hand has the id of the former one.
    """

    login: ClassVar[str | None] = "uid"
    text: ClassVar[str | None] = "title"
    name: ClassVar[str] = "displayName"
    group_text: ClassVar[str] = "ou"
    page_size: ClassVar[int] = 7
    texts: ClassVar[tuple[str, ...]] = TEXTS
    keyed: ClassVar[bool] = False
    reuses_ids: ClassVar[bool] = False

    def person(self, number: int, login: str) -> dict[str, tuple[str, ...]]:
        """What must be said of the person with that number, apart from the department."""
        named = {self.login: (login,)} if self.login else {}
        return named | {self.name: (f"王{number}",)}

    def group(self, number: int) -> dict[str, tuple[str, ...]]:
        """What must be said of the group with that number."""
        return {"cn": (f"D{number}",), self.group_text: (f"第{number}科",)}

    def stranger(self, login: str) -> str:
        """How `people` calls an account that was put with no key."""
        return login if self.keyed else f"({login})"

    @abstractmethod
    def connector(self) -> Connector:
        """A new connector, small pages."""

    @abstractmethod
    def people(self) -> dict[str, Seen]:
        """All persons by key, looked up independently. An account without a key is there as its login in brackets."""

    @abstractmethod
    def groups(self) -> dict[str, Mapping[str, tuple[str, ...]]]:
        """All groups by key, looked up independently."""

    @abstractmethod
    def put(self, key: str | None, login: str) -> None:
        """Makes a person's account by hand; `key` None is a stranger's. Raises Taken."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Deletes a person's account by hand."""

    @abstractmethod
    def protect(self, key: str) -> Connector:
        """A connector that holds the account of that person protected."""

    @abstractmethod
    def unreachable(self) -> Connector:
        """A connector whose system does not answer."""

    @abstractmethod
    def place_gone(self) -> AbstractContextManager[Connector]:
        """While inside, the place where accounts live is not there."""

    @abstractmethod
    def lossy(self) -> AbstractContextManager[Connector]:
        """A connector whose next write is done, and its answer lost; afterwards all is well."""


def ref(number: int, seen: AccountState | None = None) -> Ref:
    """The reference of the person with that number, as far as it is known."""
    key = f"E{number}"
    return Ref(f"s{number}", Kind.PERSON, key, seen and seen.remote_id, seen and seen.name, incarnation=1)


def group_ref(number: int, seen: AccountState | None = None) -> Ref:
    """The reference of the group with that number."""
    return Ref(f"d{number}", Kind.GROUP, f"D{number}", seen and seen.remote_id, seen and seen.name)


def operation(
    action: Action,
    ref: Ref,
    before: AccountState | None = None,
    after: AccountState | None = None,
    group: Ref | None = None,
) -> Operation:
    """An operation as a connector gets it: with an id, without a reason."""
    return Operation("target", action, ref, before, after, None, group, id=f"op-{ref.key}-{action}")


class Hand:
    """The suite's own verbs over a connector: each says what a test does in one line."""

    def __init__(self, target: Target, connector: Connector) -> None:
        self.target = target
        self.connector = connector
        self.capabilities = connector.describe()
        self._home: Ref | None = None

    def can(self, action: Action) -> bool:
        """Whether such a thing may be asked for; where not, the suite demands that it is refused."""
        return action in self.capabilities.actions

    def home(self) -> Ref | None:
        """The department in which everybody lives, made at first use; None where the system knows none."""
        if self.capabilities.primary and self._home is None:
            seen = self.connector.observe(replace(group_ref(HOME), sought=self.group(HOME))) or self.create_group(HOME)
            self._home = group_ref(HOME, seen)
        return self._home

    @property
    def lives(self) -> str | None:
        """The remote id of that department."""
        home = self.home()
        return home.remote_id if home else None

    def readable(self, attributes: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """What of these can be read back."""
        return {name: each for name, each in attributes.items() if name not in self.capabilities.unreadable}

    def person(
        self, number: int, login: str | None = None, presence: Presence = Presence.ACTIVE, **more: tuple[str, ...]
    ) -> AccountState:
        """The desired state of the person with that number."""
        attributes = self.target.person(number, login or f"user{number}")
        home = self.home()
        return AccountState(f"E{number}", presence, attributes | more, Memberships(home.key if home else None))

    def group(self, number: int) -> AccountState:
        """The desired state of the group with that number."""
        return AccountState(f"D{number}", Presence.ACTIVE, self.target.group(number))

    def creation(self, number: int, wanted: AccountState | None = None) -> Operation:
        """The operation that makes that person."""
        return operation(Action.CREATE, ref(number), None, wanted or self.person(number), self.home())

    def create(self, number: int, login: str | None = None, **more: tuple[str, ...]) -> AccountState:
        """Creates a person and reads it back."""
        outcome = self.connector.apply(self.creation(number, self.person(number, login, **more)))
        assert type(outcome).__name__ == "Done", outcome
        return self.see(number)

    def create_group(self, number: int) -> AccountState:
        """Creates a group and reads it back."""
        wanted = self.group(number)
        outcome = self.connector.apply(operation(Action.CREATE, group_ref(number), None, wanted))
        assert type(outcome).__name__ == "Done", outcome
        seen = self.connector.observe(replace(group_ref(number), sought=wanted))
        assert seen is not None
        return seen

    def see(self, number: int) -> AccountState:
        """The account as the connector observes it; it must be there."""
        seen = self.connector.observe(ref(number))
        assert seen is not None
        return seen

    def groups(self) -> set[str]:
        """The keys of the groups that are there, without the one that everybody lives in."""
        return set(self.target.groups()) - {f"D{HOME}"}

    def change(self, seen: AccountState, number: int, **values: tuple[str, ...]) -> Outcome:
        """Updates the attributes named."""
        before = AccountState(seen.key, seen.presence, {name: seen.attributes.get(name, ()) for name in values})
        after = AccountState(seen.key, seen.presence, values)
        return self.connector.apply(operation(Action.UPDATE, ref(number, seen), before, after))

    def rename(self, seen: AccountState, number: int, text: str) -> Outcome:
        """Updates what the person is called."""
        return self.change(seen, number, **{self.target.name: (text,)})

    def move(self, seen: AccountState, number: int, home: Ref, *, foreign: bool = False) -> Outcome:
        """Another primary department; `foreign`: the one of now is none of ours."""
        was = self.home()
        former = None if foreign or was is None else was.key
        before = AccountState(seen.key, seen.presence, {}, Memberships(former))
        after = AccountState(seen.key, seen.presence, {}, Memberships(home.key))
        return self.connector.apply(operation(Action.UPDATE, ref(number, seen), before, after, home))

    def do(self, action: Action, number: int, seen: AccountState | None = None, group: Ref | None = None) -> Outcome:
        """Lock, unlock, remove, join or leave."""
        return self.connector.apply(operation(action, ref(number, seen), seen, seen, group))

    def each(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Many at once where the connector can, else one after the other."""
        if isinstance(self.connector, Pipelined):
            return self.connector.apply_each(operations)
        return [self.connector.apply(operation) for operation in operations]
