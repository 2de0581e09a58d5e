"""A store with people and their accounts, and the commands of the house that write what was told of their use."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from mappings.policy.readings import DEFAULT
from scim_server.clock import Clock
from scim_server.commands import COMMANDS
from scim_server.store.activity import read_activity
from scim_server.store.engine import open_engine
from scim_server.store.settle import Rules
from scim_server.store.tables import links, names, resources, subjects
from scim_server.store.wakes import NEW_LINK
from tests.servers.stores import store_url

DOOR_BYTES = 65_536  # a command must fit through the server's door for operators


class ActivityRoom:
    """People E0, E1, …: subject s0, login u0; `now` is seconds since the epoch, and moves when it is set."""

    def __init__(self, folder: Path, now: float) -> None:
        self.now = now
        self.clock = Clock(now=lambda: self.now)
        self.url = store_url(folder / "huaming.db")
        self.engine = open_engine(self.url, writing=True)
        self.largest = 0

    def people(self, system: str, *remote_ids: str | None) -> None:
        """One person each, with an account of that id; None: without one yet."""
        self._put(subjects, [self._subject(number) for number in range(len(remote_ids))])
        self._put(links, [self._link(system, *each) for each in enumerate(remote_ids)])

    def logins(self, system: str, *logins: tuple[int, str]) -> None:
        """Who logs in there by another name."""
        self._put(names, [{"system": system, "name": name, "subject": f"s{number}"} for number, name in logins])

    def users(self, number: int) -> None:
        """Their userNames."""
        self._put(resources, [self._resource(each) for each in range(number)])

    def run(self, command: str, **arguments: Any) -> Any:
        """As the server does it."""
        body = json.dumps({"command": command, "arguments": arguments})
        self.largest = max(self.largest, len(body))
        assert len(body) < DOOR_BYTES
        with self.engine.begin() as connection:
            return COMMANDS[command](connection, self.clock, Rules(DEFAULT), json.loads(body)["arguments"])

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        with open_engine(self.url).connect() as connection:
            yield connection

    def known(self, system: str, number: int) -> Any:
        """What is on record of one person."""
        with self.reader() as connection:
            return read_activity(connection, [system], [f"s{number}"]).get((system, f"s{number}"))

    def rows(self, table: Any) -> list[dict[str, Any]]:
        with self.reader() as connection:
            return [dict(row._mapping) for row in connection.execute(select(table))]

    def _put(self, table: Any, rows: list[dict[str, Any]]) -> None:
        with self.engine.begin() as connection:
            connection.execute(insert(table), rows)

    @staticmethod
    def _subject(number: int) -> dict[str, Any]:
        same = {"subject": f"s{number}", "kind": "person", "key": f"E{number}", "title": f"王{number}"}
        return same | {"resource_id": f"r{number}", "created_on": "2026-01-01"}

    @staticmethod
    def _link(system: str, number: int, remote_id: str | None) -> dict[str, Any]:
        same = {"subject": f"s{number}", "system": system, "kind": "person", "due": None, "changed": None}
        return {**NEW_LINK, **same, "remote_id": remote_id, "state": "done"}

    @staticmethod
    def _resource(number: int) -> dict[str, Any]:
        same = {"id": f"r{number}", "type": "User", "subject": f"s{number}", "name": f"u{number}", "version": 1}
        return same | {"document": b"{}", "folded": b"{}", "created": "2026-01-01", "modified": "2026-01-01"}
