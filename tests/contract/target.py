"""What the contract suite asks of a system under test: connectors to it, and an eye and a hand of its own.

A further system is a subclass of Target and a row in `TARGETS` (targets.py); the suite itself does not change.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import ClassVar

from connectors.base import Connector
from mappings.model import AccountState, Action, Kind, Memberships, Operation, Outcome, Presence, Ref


@dataclass(frozen=True)
class Seen:
    """An account as the system shows it to somebody who is not the connector."""

    presence: Presence
    attributes: Mapping[str, tuple[str, ...]]
    groups: frozenset[str] = field(default_factory=frozenset)  # keys


class Target(ABC):
    """A system with nobody in it. `login` and `text` are attributes of a person: the name, and any free text."""

    login: ClassVar[str] = "uid"
    text: ClassVar[str] = "title"
    name: ClassVar[str] = "displayName"
    group_text: ClassVar[str] = "ou"
    page_size: ClassVar[int] = 7

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
        """Makes a person's account by hand; `key` None is a stranger's."""

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
    return Ref(f"s{number}", Kind.PERSON, key, seen and seen.remote_id, seen and seen.name)


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

    def person(
        self, number: int, login: str | None = None, presence: Presence = Presence.ACTIVE, **more: tuple[str, ...]
    ) -> AccountState:
        """The desired state of the person with that number."""
        attributes = {self.target.login: (login or f"user{number}",), self.target.name: (f"王{number}",)}
        if Kind.PERSON in self.connector.describe().kinds and "employeeNumber" in self.connector.describe().managed:
            attributes |= {"employeeNumber": (f"E{number}",), "cn": (f"王{number}",), "sn": ("王",)}
        return AccountState(f"E{number}", presence, attributes | more, Memberships())

    def create(self, number: int, login: str | None = None, **more: tuple[str, ...]) -> AccountState:
        """Creates a person and reads it back."""
        outcome = self.connector.apply(operation(Action.CREATE, ref(number), None, self.person(number, login, **more)))
        assert type(outcome).__name__ == "Done", outcome
        return self.see(number)

    def create_group(self, number: int) -> AccountState:
        """Creates a group and reads it back."""
        after = AccountState(
            f"D{number}", Presence.ACTIVE, {"cn": (f"D{number}",), self.target.group_text: (f"第{number}科",)}
        )
        outcome = self.connector.apply(operation(Action.CREATE, group_ref(number), None, after))
        assert type(outcome).__name__ == "Done", outcome
        seen = self.connector.observe(group_ref(number))
        assert seen is not None
        return seen

    def see(self, number: int) -> AccountState:
        """The account as the connector observes it; it must be there."""
        seen = self.connector.observe(ref(number))
        assert seen is not None
        return seen

    def change(self, seen: AccountState, number: int, **values: tuple[str, ...]) -> Outcome:
        """Updates the attributes named."""
        before = AccountState(seen.key, seen.presence, {name: seen.attributes[name] for name in values})
        after = AccountState(seen.key, seen.presence, values)
        return self.connector.apply(operation(Action.UPDATE, ref(number, seen), before, after))

    def do(self, action: Action, number: int, seen: AccountState | None = None, group: Ref | None = None) -> Outcome:
        """Lock, unlock, remove, join or leave."""
        return self.connector.apply(operation(action, ref(number, seen), seen, seen, group))
