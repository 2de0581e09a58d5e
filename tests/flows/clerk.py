"""An HR client that writes down what must be true after each acknowledged write, and how long the write took."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from tests.flows import client as say
from tests.flows.client import Hr, Json
from tests.flows.expectation import Expectation, converged
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap


class Clerk(Hr):
    """Pushes to one house and keeps the expectation."""

    def __init__(self, house: Served) -> None:
        super().__init__(house.base, house.secret)
        self.house = house
        self.model = Expectation()
        self.took: list[float] = []

    def _timed(self, write: Callable[..., Any], *what: Any) -> Any:
        began = time.monotonic()
        answer = write(*what)
        self.took.append(time.monotonic() - began)
        return answer

    def p95(self) -> float:
        """Seconds within which 19 of 20 writes were answered."""
        return statistics.quantiles(self.took, n=20)[-1]

    # -- people

    def person(self, name: str, key: str | None = None, **attributes: Any) -> str:
        """A new User; its id."""
        body = say.user(name, key, **attributes)
        id: str = self._timed(self.post, "Users", body)["id"]
        self.model.user(id, body)
        return id

    def people(self, name: str, number: int, **attributes: Any) -> list[str]:
        """So many new Users; their ids."""
        return [self.person(f"{name}{place}", **attributes) for place in range(number)]

    def alter(self, id: str, **values: Any) -> None:
        self._timed(self.patch, "Users", id, say.replace(**values))
        self.model.change(id, **values)

    def manage(self, id: str, manager: str | None) -> None:
        self._timed(self.patch, "Users", id, say.set_manager(manager))
        self.model.manage(id, manager)

    def dismiss(self, id: str) -> None:
        self._timed(self.delete, "Users", id)
        self.model.remove_user(id)

    # -- groups

    def group(self, body: Json) -> str:
        """A new Group; its id."""
        id: str = self._timed(self.post, "Groups", body)["id"]
        self.model.group(id, body)
        return id

    def enlist(self, group: str, *ids: str) -> None:
        self._timed(self.patch, "Groups", group, say.join(*ids))
        self.model.join(group, *ids)

    def release(self, group: str, *ids: str) -> None:
        self._timed(self.patch, "Groups", group, say.leave(*ids))
        self.model.leave(group, *ids)

    def rename_group(self, id: str, name: str) -> None:
        self._timed(self.patch, "Groups", id, say.replace(displayName=name))
        self.model.rename_group(id, name)

    def dissolve(self, group: str) -> None:
        self._timed(self.delete, "Groups", group)
        self.model.remove_group(group)

    # -- what must be in the end

    def satisfied(self, ldap: OpenLdap, seconds: float = 60) -> None:
        """Everything moves no more, nobody is parked, no attempt is open, and the directory is as it must be."""
        self.house.settle(seconds)
        assert self.house.count("state = 'parked'") == 0, self.house.open_rows()
        assert self.house.rows("SELECT action, key FROM attempts WHERE outcome IS NULL") == []
        converged(self.model, ldap)
