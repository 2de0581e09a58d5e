"""What goes wrong: one thing after the other, as chance has it, until somebody says that it is enough."""

import contextlib
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from random import Random

from tests.clocks.moved import library
from tests.flows.four.systems import NAMES, VENDORS
from tests.soak.house import House, freeze, go_on
from tests.soak.place import Place

PAST_LEASE = 70.0  # seconds; a lease is 60
HARM = (
    {"latency": 0.5},
    {"rate": 2000},
    {"blackhole": True},
    {"refuse": True},
    {"cut_after": 3000},
    {"drop_replies": True},
)
RULES = (
    {"match": "", "status": 503},
    {"match": "", "status": 429, "retry_after": 4},
    {"match": "", "times": 6, "lost": True},
    {"match": "", "times": 6, "cut": True},
    {"match": "", "times": 6, "html": True},
    {"match": "", "times": 6, "delay_s": 3},
    {"match": "", "times": 2, "revoke_tokens": True},
)


class Fate(threading.Thread):
    """`every`: seconds from a fault to the next. `done`: how often what was tried. `failures`: what it could not do."""

    def __init__(self, place: Place, house: House, random: Random, every: float) -> None:
        super().__init__(name="fate")
        self.place, self.house, self.random, self.every = place, house, random, every
        self.enough = threading.Event()
        self.done: Counter[str] = Counter()
        self.failures: list[str] = []
        self.told: list[str] = []
        self._frozen: list[tuple[float, int]] = []  # when each goes on, and its pid

    def run(self) -> None:
        """Until `enough`; then nothing is broken any more."""
        while not self.enough.wait(self.random.uniform(0.3, 0.6) * self.every):
            kind = self._kind()
            began = time.monotonic()
            try:
                name = kind()
                self.done[name.split(" ")[0]] += 1
                self.told.append(f"{time.strftime('%H:%M:%S')} {name} ({time.monotonic() - began:.1f} s)")
            except Exception as error:
                self.failures.append(f"{kind.__name__}: {error!r}")
            self._go_on(time.monotonic())
        self.place.clear()
        self._go_on(float("inf"))

    def _kind(self) -> Callable[[], str]:
        kinds = {self.wire: 10, self.vendor: 8, self.kill: 5, self.restart: 2, self.hand: 4, self.stand_still: 3}
        if self.place.postgresql:
            kinds[self.store] = 2
        (kind,) = self.random.choices(list(kinds), list(kinds.values()))
        return kind

    def _last(self) -> None:
        self.enough.wait(self.random.uniform(0.2, 0.6) * self.every)

    # -- systems

    def wire(self) -> str:
        name, harm = self.random.choice(NAMES), self.random.choice(HARM)
        proxy = self.place.proxies[name]
        proxy.set(**harm)
        self._last()
        proxy.clear()
        if "blackhole" not in harm:
            proxy.cut()
        return f"wire:{next(iter(harm))} {name}"

    def vendor(self) -> str:
        name, rule = self.random.choice(VENDORS), self.random.choice(RULES)
        running = self.place.systems.running[name]
        running.faults([dict(rule)])
        self._last()
        running.faults([])
        kind = next(each for each in ("status", "lost", "cut", "html", "delay_s", "revoke_tokens") if each in rule)
        return f"vendor:{kind}{rule.get('status', '')} {name}"

    def restart(self) -> str:
        name = self.random.choice(NAMES)
        self.place.restart(name, self.random.uniform(0, 4))
        return f"restart {name}"

    def hand(self) -> str:
        kinds = [self.place.by_hand(self.place.hand_edits, self.random) for _ in range(self.random.randint(1, 4))]
        return f"hand {','.join(kinds)}"

    # -- nodes and the store

    def kill(self) -> str:
        """On PostgreSQL a worker may come back with a clock that is wrong by ten minutes."""
        node = self.random.choice(self.house.servers[1:] + self.house.workers)
        if node.port and not self.house.is_ready(node):
            return "kill-put-off while it starts"
        wrong = {}
        if not self.house.sqlite and node in self.house.workers and self.random.random() < 0.5:
            wrong = _wrong_clock(self.random.choice((-600, 600)))
        self.house.kill(node, wrong)
        return f"kill {node.words[0]}{' with a wrong clock' if wrong else ''}"

    def stand_still(self) -> str:
        """A worker stands still until others have its rows; the one house of SQLite for a while."""
        node = self.random.choice(self.house.workers)
        if self.house.sqlite:
            pid = freeze(node)
            self._last()
            go_on(pid)
            return "stopped"
        if len(self._frozen) < len(self.house.workers) - 1 and node.pid not in {pid for _, pid in self._frozen}:
            self._frozen.append((time.monotonic() + PAST_LEASE, freeze(node)))
        return "stopped-past-lease"

    def _go_on(self, now: float) -> None:
        for when, pid in self._frozen:
            if when <= now:
                go_on(pid)
        self._frozen = [each for each in self._frozen if each[0] > now]

    def store(self) -> str:
        mode = self.random.choice(("fast", "immediate"))
        assert self.place.postgresql is not None
        self.place.postgresql.stop(mode)
        time.sleep(self.random.uniform(0, 3))
        self.place.postgresql.start()
        return f"postgresql-{mode}"


@cache
def _library() -> str:
    return library()


def _wrong_clock(seconds: int) -> dict[str, str]:
    with contextlib.suppress(BaseException):
        preload = {"LD_PRELOAD": _library(), "FAKETIME": f"{seconds:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        return preload | {"TZ": os.environ.get("TZ", "UTC")}
    return {}
