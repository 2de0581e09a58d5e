"""A worker whose system is in its own memory and allows a hundred calls in five seconds; it notes when each was made.

python -m tests.flows.nodes.paced STORE_URL FILE
"""

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from connectors.memory import MemoryConnector, MemoryDirectory
from mappings import ldap
from mappings.model import Capabilities, Operation, Outcome, Window
from scim_server.app import House
from scim_server.reconcile.target import Target
from scim_server.settings import Settings

SYSTEM = "memory"
RATE = 20  # calls a second
SECONDS = 5.0
WINDOW = Window("call", int(RATE * SECONDS), SECONDS)
COSTS = {"observe": {"call": 1}, "create": {"call": 1}, "update": {"call": 1}}


class Recording(MemoryConnector):
    """Each call is a line in a file: seconds since the epoch, by the clock that the database has, too."""

    def __init__(self, directory: MemoryDirectory, path: Path) -> None:
        super().__init__(SYSTEM, directory)
        self._file = path.open("a", buffering=1)

    def describe(self) -> Capabilities:
        return replace(super().describe(), windows=(WINDOW,), costs=COSTS)

    def observe_each(self, refs: Any) -> Any:
        for _ in refs:
            self._note()
        return super().observe_each(refs)

    def apply_each(self, operations: Any) -> list[Outcome]:
        return [self.apply(each) for each in operations]

    def apply(self, operation: Operation) -> Outcome:
        self._note()
        return super().apply(operation)

    def _note(self) -> None:
        self._file.write(f"{time.time()}\n")


def main(url: str, path: Path) -> None:
    directory = MemoryDirectory()
    connector = Recording(directory, path)
    target = Target(
        name=SYSTEM,
        kind="memory",
        managed=connector.describe().managed,
        person=ldap.desired,
        group=ldap.desired_group,
        connect=lambda: Recording(directory, path),
        mode="enforce",
        lanes=2,
        batch=4,
        capabilities=connector.describe(),
    )
    house = House(Settings.model_validate({"store": {"url": url}}), systems=[target])
    assert house.worker is not None
    house.worker.start()
    while True:
        time.sleep(1)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
