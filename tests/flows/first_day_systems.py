"""A system that has been in use for years, with ids of its own: what stands in it, and how it got there.

Everything is put there by hand and read past every interface of ours. Each system is in a file beside this one.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.flows.first_day import Old, OldDepartment
from tests.flows.first_day_town import CLUB, Town


@dataclass(frozen=True)
class Seen:
    """An account as anybody may look at it. `places`: paths of its departments, the primary one first."""

    login: str
    open: bool
    places: tuple[str, ...]


class Before(ABC):
    """A system and its accounts. `truth`: by the system's own id, whose each is. `protected`: what is listed."""

    name: str
    heals: tuple[str, ...]  # attributes that are to be healed when everything else is done
    hidden = frozenset[str]()  # what its lists do not show
    locks = True  # whether accounts are locked there; else the doors are all that it has
    own: dict[str, Any]  # what its table needs besides

    def __init__(self, town: Town) -> None:
        self.town = town
        self.truth: dict[str, Old] = {}
        self.protected: list[str] = []
        self.places: dict[str, str] = {}  # code -> the system's own id
        self.own = {}

    def furnish(self) -> None:
        for department in self.town.departments:
            self.places[department.code] = self.put_department(department)
        for number, account in enumerate(self.town.accounts):
            self.truth[self.put_account(account, number)] = account

    def place(self, account: Old) -> str | None:
        """Where an account sits: in its department, or above it where that is not there."""
        code = account.department or ""
        return self.places.get(code) or self.places.get(code.partition("-")[0])

    @property
    def owned(self) -> dict[str, str]:
        """The id of the account of everybody in service who has one."""
        return {old.owner: id for id, old in self.truth.items() if old.owner is not None}

    @abstractmethod
    def put_department(self, one: OldDepartment) -> str: ...

    @abstractmethod
    def put_account(self, one: Old, number: int) -> str: ...

    @abstractmethod
    def table(self) -> dict[str, Any]:
        """What `[systems.NAME]` says."""

    @abstractmethod
    def dump(self) -> Any:
        """Everything that is there, to the last field."""

    @abstractmethod
    def raw(self) -> dict[str, Any]:
        """Each account, to the last field, by its id."""

    @abstractmethod
    def seen(self) -> dict[str, Seen]:
        """Each account by its id."""

    @abstractmethod
    def fields(self, raw: Any) -> dict[str, Any]:
        """Of an account as `raw` gives it, what is neither state nor department nor login."""

    @abstractmethod
    def wanted(self, key: str) -> dict[str, str]:
        """What the roster says of somebody, as this system spells it, beside state, departments and login."""

    @abstractmethod
    def shown(self) -> dict[str, dict[str, str]]:
        """The same as it is, of each account by its id."""

    @property
    def codes(self) -> set[str]:
        """Departments of the roster."""
        return {body["externalId"] for body in self.town.groups}

    @property
    def club(self) -> str:
        """The id of the department that is not the roster's."""
        return self.places[CLUB.code]

    def decision(self, id: str) -> str:
        """What a clerk who knows everybody writes about an account."""
        return self.truth[id].owner or "非我方"

    @abstractmethod
    def close(self) -> None: ...


def but(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """What is left without those names."""
    return {name: value for name, value in fields.items() if name not in names}
