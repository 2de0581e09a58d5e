"""A registry whose letters go out by a simulated OA: departments linked there, deliverers, and what arrived."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, update

from connectors.oa.config import OaConfig
from connectors.oa.connector import OaConnector
from connectors.oa.simulator.vendor import Oa
from connectors.simulation.running import Running
from scim_server.clock import Clock
from scim_server.commands import COMMANDS
from scim_server.letters.delivery import Deliverer, Told
from scim_server.letters.drawing import draw
from scim_server.letters.outgoing import Channel, Terms
from scim_server.letters.plain import plain_text
from scim_server.store.engine import open_engine
from scim_server.store.links import ensure_links
from scim_server.store.settle import Rules
from scim_server.store.tables import links, subjects
from scim_server.store.transaction import in_turn
from tests.flows.letters.registry import CODES, Registry

OA = "oa"
PATIENCE = 600.0
FORM: dict[str, Any] = {
    "letter_template": "HJ01",
    "letter_form": "formmain_0124",
    "letter_fields": {"number": "编号", "subject": "标题", "text": "正文", "to": "主送", "department": "部门"},
}


class Counter:
    """A desk of whoever delivers: each command a transaction of its own, on that store."""

    def __init__(self, url: str, clock: Clock, rules: Rules) -> None:
        self.engine, self.writing = open_engine(url), open_engine(url, writing=True)
        self.clock, self.rules = clock, rules

    def run(self, command: str, **given: Any) -> Any:
        body = COMMANDS[command]
        return in_turn(self.writing, lambda connection: body(connection, self.clock, self.rules, given))

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()
        self.writing.dispose()


def connector_of(settings: dict[str, Any], clock: Clock) -> OaConnector:
    return OaConnector(OA, OaConfig(**settings), clock.monotonic, lambda: datetime.fromtimestamp(clock.now(), UTC))


def deliverer(desk: Any, clock: Clock, rules: Rules, settings: dict[str, Any] | None, folder: Path | None) -> Deliverer:
    """By the OA with these settings; None: into the folder."""
    channel = None if settings is None else Channel(OA, connector_of(settings, clock))
    return Deliverer(desk, clock, Terms(rules, PATIENCE, "投递", draw, plain_text, channel, folder))


class Postal(Registry):
    """教育局 and 卫健委 are in the OA, each with somebody who gets its letters. `form`: by process, else by message."""

    def __init__(self, folder: Path, form: bool = True, calendar: str | None = None) -> None:
        super().__init__(folder, calendar)
        self.office = Oa()
        self.running = Running(self.office, lambda: self.time)
        self.office.put_template("HJ01", "函件", "formmain_0124", frozenset(FORM["letter_fields"].values()))
        ids = {key: self.office.put_department(name, code=key) for key, name in (("EDU", "教育"), ("HEA", "卫健"))}
        for key, id in ids.items():
            self.office.put_member(f"收函{key}", f"desk-{key.lower()}", id, code=f"R-{key}")
        told = {name: value for name, value in self.office.config(self.running.url).items() if name != "kind"}
        self.settings = told | (FORM if form else {}) | {"answer_timeout": 30}
        self.place(ids)
        self.desk = Counter(self.url, self.clock, self.rules)

    def place(self, ids: dict[str, int]) -> None:
        """These departments are linked to those of the OA."""

        def write(connection: Connection) -> None:
            ensure_links(connection, OA, self.time)
            for key, id in ids.items():
                mine = links.c.subject == subjects.c.subject
                there = {"remote_id": str(id), "state": "done", "due": None, "name": key}
                of = update(links).where(mine, links.c.system == OA, subjects.c.key == key)
                connection.execute(of.values(there))

        self.writer.write(write)

    def close(self) -> None:
        self.desk.close()
        self.running.close()
        super().close()

    def round(self, **settings: Any) -> list[Told]:
        """One round by a deliverer of its own."""
        return list(self.carrier(**settings).deliver())

    def carrier(self, desk: Any = None, **settings: Any) -> Deliverer:
        return deliverer(desk or self.desk, self.clock, self.rules, self.settings | settings, None)

    def results(self, seconds: float = 0.0, **settings: Any) -> list[str]:
        """Time goes on; what became of each letter in a round then."""
        self.time += seconds
        return [each.result for each in self.round(**settings)]

    def arrived(self, number: str) -> int:
        """How many processes and messages bear that number in the OA."""
        started = [each for each in self.office.processes() if number in each["subject"]]
        return len(started) + len([text for _, text in self.office.messages() if number in text.split("\n")[0]])

    def state(self, id: str) -> str:
        return str(self.row(id)["state"])


RULES = Rules(codes=CODES)
