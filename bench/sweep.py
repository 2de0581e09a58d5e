"""The sweep of an OpenLDAP beside a bare paged read of the same attributes; its memory; and 200 edits by hand.

    python bench/sweep.py [--people 100000] [--few 10000] [--rounds 3] [--edits 200] [--quick] [--town FOLDER]

Everybody is in a department and in one group of all (`sweep_town.py`). The bars: no drift at most 6 times the bare
read (4 is the aim), memory of the command within 50 MB from the few to the many; each edit found, healed where the
policy says so, foreign entries as they were. `--quick`: no edits. `--town`: where store and LDIF are kept for the next
run (empty it when the code of the store has changed).
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from house import HUAMING, ROOT
from sweep_town import PER_DEPARTMENT, Town, town

sys.path.insert(0, str(ROOT))

import ldap3

from connectors.ldap.connector import LdapConnector
from connectors.ldap.messages import ONE, Search
from mappings.model import Kind
from scim_server.reconcile.sweep import Sweep
from scim_server.reconcile.sweep_findings import Drift, Given
from scim_server.store.engine import open_engine, reading


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--town", type=Path)
    options = parser.parse_args()
    memory = {}
    for number in sorted({options.few, options.people} - {0}):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder, town(Path(folder), number, options.town) as one:
            Compared(one).run(options.rounds)
            memory[number] = Compared(one).memory()
            print(f"  memory of the command: {memory[number]:.0f} MB", flush=True)
            if number == options.people and not options.quick:
                Compared(one).edit(options.edits)
    print(f"memory, few to many: {max(memory.values()) - min(memory.values()):+.0f} MB, bar 50")


class Silent:
    """A sink that counts."""

    def __init__(self) -> None:
        self.drift: list[Drift] = []
        self.noted = 0

    def found(self, drift: Sequence[Drift]) -> None:
        self.drift += drift

    def due(self, subjects: Sequence[str]) -> None: ...

    def due_later(self, rows: Sequence[tuple[str, float]]) -> None: ...

    def note(self, rows: Sequence[tuple[str, int, str]]) -> None:
        self.noted += len(rows)


class Compared:
    """A town, and what a sweep of it costs and finds."""

    def __init__(self, one: Town) -> None:
        self.town, self.target, self.there, self.config = one, one.target, one.there, one.config
        self.clock, self.url, self.number = one.clock, one.url, one.number
        self.people, self.groups = one.people, one.groups

    def run(self, rounds: int) -> None:
        """The bare read and the sweep, in turns."""
        bare, whole = [], []
        for _ in range(rounds):
            bare.append(self._bare())
            whole.append(self._sweep())
        ratio = sorted(a / b for a, b in zip(whole, bare, strict=True))
        print(
            f"  bare read {min(bare):.2f} s, sweep {min(whole):.2f} s; {min(whole) / min(bare):.1f} times by the best, "
            f"{ratio[len(ratio) // 2]:.1f} by the median of {rounds}, bar 6 (aim 4)",
            flush=True,
        )

    def _bare(self) -> float:
        """People alone, page by page, decoded by the connector's reader and let go."""
        connector = self.target.connect()
        assert isinstance(connector, LdapConnector)
        connector._call(lambda tree: [])
        began, cookie, number = time.perf_counter(), b"", 0
        while True:

            def talk(tree, cookie=cookie):  # type: ignore[no-untyped-def]
                shape = tree.shape(Kind.PERSON)
                page = tree.config.page_size
                wanted = Search(
                    tree.container(Kind.PERSON), ONE, shape.filter, tree.attributes(Kind.PERSON), page, cookie
                )
                (reply,) = yield [wanted]
                return reply

            (reply,) = connector._call(lambda tree: [talk(tree)])
            number += len(reply.entries)
            cookie = reply.cookie
            if not cookie:
                break
        took = time.perf_counter() - began
        connector.close()
        assert number, "nobody was read"
        return took

    def _sweep(self) -> float:
        connector, sink = self.target.connect(), Silent()
        engine = open_engine(self.url)
        with reading(engine) as reader:
            began = time.perf_counter()
            one = Sweep(Given(self.target, connector, reader, self.clock, sink, report_only=True))
            one.run()
            took = time.perf_counter() - began
        connector.close()
        assert one.error is None, one.error
        assert not sink.drift, sink.drift[:3]
        assert not sink.noted, sink.noted
        assert one.tally.compared == one.tally.accounts + one.tally.departments, one.tally
        return took

    def memory(self) -> float:
        """Megabytes at most of `huaming sync --sweep`, a process of its own."""
        command = [*HUAMING, "sync", "--sweep", "--report-only", "--config", str(self.config)]
        pid = os.posix_spawn(command[0], command, os.environ | {"PYTHONPATH": str(ROOT)})
        _, status, usage = os.wait4(pid, 0)
        assert status == 0, status
        return usage.ru_maxrss / 1024

    def edit(self, number: int) -> None:
        """Edits of many kinds; then the sweep by the command, with the worker at work."""
        env = self.there.env
        root = ldap3.Connection(ldap3.Server(env["URL"]), env["ROOT_DN"], env["ROOT_PASSWORD"], auto_bind=True)
        root.add(f"uid=stranger,{self.people}", ["inetOrgPerson"], {"cn": "s", "sn": "s"})
        root.modify(f"cn=ALL,{self.groups}", {"member": [(ldap3.MODIFY_ADD, [f"uid=stranger,{self.people}"])]})
        chosen = random.Random(1).sample(range(self.number), number)
        done = Counter(self._edit(root, place, each) for place, each in enumerate(chosen))
        began = time.monotonic()
        command = [*HUAMING, "sync", "--sweep", "--until-idle", "--config", str(self.config)]
        subprocess.run(command, check=True, cwd=ROOT)
        took = time.monotonic() - began
        report = [*HUAMING, "report", "drift", "--format", "json", "--config", str(self.config)]
        told = json.loads(subprocess.run(report, check=True, cwd=ROOT, capture_output=True, text=True).stdout)
        found = {row["externalId"] for row in told["drift"]}
        healed = {row["externalId"] for row in told["drift"] if row["healedAt"]}
        left = {row["externalId"] for row in told["drift"] if row["policy"] == "report"}
        print(f"  {sum(done.values())} edits by hand {dict(done)}", flush=True)
        print(f"  found {len(found)}, healed {len(healed)}, left by policy {len(left)}, in {took:.1f} s")
        assert len(found) == number, (len(found), number)
        assert found == healed | left, found - healed - left
        root.search(f"cn=ALL,{self.groups}", "(objectClass=*)", ldap3.BASE, attributes=["member"])
        assert f"uid=stranger,{self.people}" in root.entries[0].member.values
        root.unbind()

    def _edit(self, root: ldap3.Connection, place: int, each: int) -> str:
        dn, department = f"uid=p{each:06},{self.people}", f"cn=D{each // PER_DEPARTMENT:04},{self.groups}"
        other = f"cn=D{(each // PER_DEPARTMENT + 1) % -(-self.number // PER_DEPARTMENT):04},{self.groups}"
        kinds = {
            "mail": lambda: root.modify(dn, {"mail": [(ldap3.MODIFY_REPLACE, ["x@evil.example"])]}),
            "name": lambda: root.modify(dn, {"displayName": [(ldap3.MODIFY_DELETE, [])]}),
            "title": lambda: root.modify(dn, {"title": [(ldap3.MODIFY_REPLACE, ["局长"])]}),
            "deleted": lambda: root.delete(dn),
            "renamed": lambda: root.modify_dn(dn, f"uid=x{each:06}"),
            "taken out": lambda: root.modify(department, {"member": [(ldap3.MODIFY_DELETE, [dn])]}),
            "put in": lambda: root.modify(other, {"member": [(ldap3.MODIFY_ADD, [dn])]}),
            "locked": lambda: root.modify(dn, {"pwdAccountLockedTime": [(ldap3.MODIFY_ADD, ["000001010000Z"])]}),
        }
        name = list(kinds)[place % len(kinds)]
        assert kinds[name](), (name, root.result)
        return name


if __name__ == "__main__":
    main()
