"""One server and what is seen of it while hostile requests come in."""

import subprocess
import sys
import time
from array import array
from dataclasses import dataclass, field
from pathlib import Path

from tests.flows.client import Hr, Json
from tests.flows.house import Served
from tests.hostile.case import Case
from tests.hostile.lurkers import Lurkers
from tests.hostile.wire import PATIENCE, QUIET, Heard, request, say
from tests.servers.tempo import allowed

PEOPLE = 50
CANARY = "canary-7f3a-Passw0rd"


@dataclass
class Siege:
    """`begin` it, send cases, look at what the bystander saw."""

    house: Served
    id: str = ""
    roster: list[Json] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    before: float = 0.0  # MB
    said: list[bytes] = field(default_factory=list)  # every body that was answered
    _bystander: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """A roster, the bystander, and slow clients of two kinds."""
        self.house.start("--no-worker")
        for role in ("admin", "auditor"):
            made = self.house.command("token", "create", "--role", role, "--name", role)
            self.tokens[role] = made.stdout.strip()
        self.tokens["hr"] = self.house.secret
        hr = Hr(self.house.base, self.house.secret)
        ids = [hr.add(f"person{number}", password=CANARY) for number in range(PEOPLE)]
        hr.team("everybody", members=tuple(ids))
        self.id = ids[0]
        self.roster = hr.everything("Users") + hr.everything("Groups")
        hr.close()
        self.before = self.resident()
        self.watch()
        self.lurkers = Lurkers(self.house.port, self.house.secret)
        self.lurkers.start()

    def watch(self) -> None:
        """Starts the bystander."""
        command = [
            sys.executable,
            "-m",
            "tests.hostile.bystander",
            str(self.house.port),
            self.house.secret,
            self.id,
            str(self.notes),
        ]
        self._bystander = subprocess.Popen(command)
        until = time.monotonic() + 10
        while not self.notes.exists() or len(self.reads()) < 50:
            assert time.monotonic() < until
            time.sleep(0.05)

    def end(self) -> None:
        """Everybody goes."""
        if self._bystander is not None:
            self._bystander.kill()
            self._bystander.wait()
        self.house.close()

    @property
    def notes(self) -> Path:
        return self.house.folder / "bystander"

    def reads(self, since: float = 0.0) -> list[float]:
        """Milliseconds that each read took which ended after `since`; -1000 for one that failed."""
        return [took * 1000 for began, took in _pairs(self.notes) if began + took >= since]

    def allowed(self, milliseconds: float, since: float = 0.0, share: float = 1.0) -> float:
        """As many more as the machine was slower after `since`, but for the slowest of that time: all but `share`."""
        paces = sorted(pace for looked, pace in _pairs(self.notes.with_suffix(".tempo")) if looked >= since)
        return allowed(milliseconds, paces[int((len(paces) - 1) * share)] if paces else 0.0)

    def send(self, case: Case) -> tuple[Heard, float]:
        """Sends a case; also the slowest read of the bystander meanwhile, in ms."""
        since = time.monotonic()
        heard = say(self.house.port, self.bytes_of(case), PATIENCE if case.last else QUIET)
        self.said += [answer.body for answer in heard.answers]
        time.sleep(0.02)  # for the read that was under way
        return heard, self.slowest(since)

    def slowest(self, since: float) -> float:
        """Of the reads that ended after `since`, in ms; none of them may have failed."""
        reads = self.reads(since)
        assert min(reads, default=0.0) >= 0, "a read of the bystander failed"
        return max(reads, default=0.0)

    def bytes_of(self, case: Case) -> bytes:
        """A case with this house's token and user."""
        if case.raw is not None:
            return case.raw.replace(b"{token}", self.house.secret.encode()).replace(b"{id}", self.id.encode())
        target = case.target.replace("{id}", self.id)
        return request(case.method, target, self.house.secret, case.body, *case.headers)

    def resident(self) -> float:
        """MB of the server."""
        assert self.house.process is not None
        status = Path(f"/proc/{self.house.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _pairs(notes: Path) -> list[tuple[float, float]]:
    """What is written whole by now."""
    raw = notes.read_bytes()
    told = array("d", raw[: len(raw) // 16 * 16])
    return list(zip(told[::2], told[1::2], strict=True))
