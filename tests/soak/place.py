"""Where a soak takes place: a real OpenLDAP and the simulated systems, each behind a proxy that does harm."""

import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from connectors.simulation.running import Running
from tests.flows.expectation import Dn, Entry, comparable, seen
from tests.flows.four.clusters import HOME
from tests.flows.four.systems import VENDORS, FourSystems
from tests.flows.hands import Hands
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import start_openldap
from tests.servers.postgresql import Postgresql, start_postgresql

Json = dict[str, Any]


class Proxy(FaultProxy):
    """Forgets what it has passed on: hours of it would not fit into the memory."""

    def _count(self, way: str, chunk: bytes) -> None:
        setattr(self.counts, way, getattr(self.counts, way) + len(chunk))


class Place:
    """`proxies` by system. `foreign`: entries of the directory that somebody else made by hand, as they must stay."""

    def __init__(self, folder: Path, store: str) -> None:
        self.folder = folder
        self.postgresql: Postgresql | None = None
        if store == "postgresql":
            self.postgresql = start_postgresql(Path(tempfile.mkdtemp(prefix="pg")), DURABLE="1")
        self.directory = start_openldap(Path(tempfile.mkdtemp(prefix="slapd")), OVERLAYS="all")
        self.systems = FourSystems(self.directory, time.time)
        ports = {"ldap": self.directory.port} | {name: self.systems.running[name].port for name in VENDORS}
        self.proxies = {name: Proxy("127.0.0.1", port) for name, port in ports.items()}
        for each in self.proxies.values():
            each.__enter__()
        self.foreign: dict[Dn, Entry] = {}
        self.hand_edits = 0
        self.deleted: set[str] = set()  # keys of people whose entry was deleted by hand
        self.windows: list[str] = []

    @property
    def url(self) -> str:
        """Of the store."""
        return self.postgresql.url if self.postgresql else f"sqlite:///{self.folder / 'huaming.db'}"

    def tables(self) -> dict[str, Json]:
        """`[systems]`, through the proxies."""
        found = self.systems.tables(**{name: {"default_department": HOME} for name in VENDORS})
        for name, table in found.items():
            own = self.proxies[name].target[1]
            table["url"] = table["url"].replace(f":{own}", f":{self.proxies[name].port}")
            assert str(self.proxies[name].port) in table["url"], table
        found["ldap"] |= {"connect_timeout": 5, "answer_timeout": 10}
        return found

    def clear(self) -> None:
        """No fault any more."""
        for each in self.proxies.values():
            each.clear()
        for name in VENDORS:
            self.systems.running[name].faults([])

    def restart(self, name: str, down: float) -> None:
        """A system goes away and comes back."""
        if name == "ldap":
            self.directory.stop()
            time.sleep(down)
            self.directory.start()
            return
        old = self.systems.running[name]
        self._keep_windows(name)
        old.close()
        time.sleep(down)
        self.systems.running[name] = Running(old.vendor, time.time, old.port)

    def _keep_windows(self, name: str) -> None:
        rows = self.systems.running[name].windows()
        self.windows += [f"{name}: {row}" for row in rows if row["largest"] > row["limit"]]

    def overdrawn(self) -> list[str]:
        """Windows of the vendors that were ever passed."""
        for name in VENDORS:
            self._keep_windows(name)
        return self.windows

    # -- by hand

    def by_hand(self, number: int, chance: Any) -> str:
        """An administrator does one thing to the directory; says what."""
        hands = Hands(self.directory)
        people = list(self.directory.search(self.directory.people, "(employeeNumber=*)", attributes=("uid",)))
        groups = list(self.directory.search(self.directory.groups, attributes=("cn",)))
        self.hand_edits += 1
        kind = chance.choice(("title", "delete", "members", "stranger")) if people and groups else "stranger"
        if kind == "title":
            hands.set(chance.choice(people), "title", "手工")
        elif kind == "delete":
            dn = chance.choice(people)
            self.deleted |= set(self.directory.read(dn, "employeeNumber")["employeeNumber"])  # type: ignore[index]
            hands.delete(dn)
        elif kind == "members":
            hands.set(chance.choice(groups), "member", f"cn=nobody,{self.directory.BASE_DN}")
        else:
            dn = comparable(hands.stranger(f"stranger-{number}", title="外人"))
            self.foreign[dn] = seen(self.directory)[dn]
        hands.connection.unbind()
        return kind

    def close(self) -> None:
        for each in self.proxies.values():
            each.__exit__()
        self.systems.close()
        self.directory.stop()
        if self.postgresql:
            subprocess.run(["pg_dump", "-f", self.folder / "store.sql", self.postgresql.url], check=False)
            self.postgresql.stop("immediate")
            subprocess.run(["rm", "-rf", str(self.postgresql.folder)], check=False)
        subprocess.run(["rm", "-rf", str(self.directory.folder)], check=False)
