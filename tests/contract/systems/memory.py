"""The contract suite on the reference connector."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from connectors.base import Connector
from connectors.memory import WITHOUT_LOCKS, MemoryConnector, MemoryDirectory
from mappings.model import Kind
from tests.contract.target import Seen, Target


class MemoryTarget(Target):
    """The reference connector."""

    def __init__(self, **shape: Any) -> None:
        self.directory = MemoryDirectory(**shape)

    def connector(self) -> Connector:
        return MemoryConnector("target", self.directory, page_size=self.page_size)

    def people(self) -> dict[str, Seen]:
        return {
            each.key or f"({each.attributes['uid'][0]})": Seen(
                each.presence,
                {name: values for name, values in each.attributes.items() if values},
                frozenset(self.directory.accounts[group].key for group in each.groups),
                self.directory.accounts[each.home].key if each.home else None,
            )
            for each in self.directory.accounts.values()
            if each.kind is Kind.PERSON
        }

    def groups(self) -> dict[str, Any]:
        return {each.key: dict(each.attributes) for each in self.directory.accounts.values() if each.kind is Kind.GROUP}

    def put(self, key: str | None, login: str) -> None:
        self.directory.put(Kind.PERSON, key or "", login, displayName="手工")

    def delete(self, key: str) -> None:
        (account,) = self.directory.find(Kind.PERSON, key)
        del self.directory.accounts[account.remote_id]

    def protect(self, key: str) -> Connector:
        self.directory.protected.add(key)
        return self.connector()

    def unreachable(self) -> Connector:
        self.directory.unreachable = True
        return self.connector()

    @contextmanager
    def place_gone(self) -> Iterator[Connector]:
        self.directory.gone = True
        yield self.connector()
        self.directory.gone = False

    @contextmanager
    def lossy(self) -> Iterator[Connector]:
        self.directory.lost = 1
        yield self.connector()


TARGETS: dict[str, Callable[[pytest.FixtureRequest], Target]] = {
    "memory": lambda request: MemoryTarget(),
    "memory-primary": lambda request: MemoryTarget(primary=True),
    "memory-primary-no-locks": lambda request: MemoryTarget(primary=True, actions=WITHOUT_LOCKS),
}
