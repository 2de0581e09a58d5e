"""Letters that are past their deadline (S29): once a day, by a walk through the roster in a process of its own.

    python -m scim_server.alerts.overdue        # the settings as JSON on stdin; what it found as JSON on stdout

A loop over everybody in the server's process would hold up its requests (design: Store and engine). How many letters
of a deadline have not come is told, and nothing of whom they are about; of a lock's letters least of all (S18).
"""

import json
import logging
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from traceback import extract_tb
from typing import Any

from scim_server.alerts.condition import Condition
from scim_server.clock import Clock
from scim_server.reports.letters.reading import read_rows
from scim_server.reports.letters.rows import Terms
from scim_server.settings import Settings, bare_environment
from scim_server.store import rolls
from scim_server.store.engine import open_engine, plain_url
from scim_server.store.people import read_org
from scim_server.systems import readings
from scim_server.workdays import load_calendar

log = logging.getLogger("huaming.alerts")

RECENT = 31  # days; what was due before is told together
AGAIN = 900.0  # seconds after which a walk that failed is tried again
SAID = 200  # characters of its last line that are logged
MISSING = "missing"


class Overdue:
    """Starts the walk once a day, again where it failed, and holds what it found. `settings` must not change.

    `not_before`: seconds since the epoch; whoever has just started has other work to do.
    """

    def __init__(
        self,
        settings: Settings,
        start: Callable[[str], "subprocess.Popen[str]"] | None = None,
        not_before: float = 0.0,
    ) -> None:
        self._settings = settings
        self._start = start or start_child
        self._day = ""
        self._again = not_before  # seconds since the epoch
        self._child: subprocess.Popen[str] | None = None
        self._found: list[Condition] | None = None

    def look(self, today: str, now: float) -> list[Condition] | None:
        """What is overdue on that ISO day; None until the first walk has ended well. `now`: seconds since the epoch."""
        if self._child is None and today != self._day and now >= self._again:
            self._day = today
            self._child = self._start(json.dumps({"today": today, **_told(self._settings)}))
        elif self._child is not None and self._child.poll() is not None:
            self._end(self._child, today, now)
            self._child = None
        return self._found

    def _end(self, child: "subprocess.Popen[str]", today: str, now: float) -> None:
        """A walk has ended: what it found, or why it found nothing, of which the log is told."""
        said, wrong = child.communicate()
        if child.returncode == 0:
            self._found = list(conditions(json.loads(said), today, now))
            return
        self._day, self._again = "", now + AGAIN
        reason = wrong.strip()[-SAID:] or "nothing said"
        log.warning(
            "alerts: the walk for overdue letters failed (%d: %s); again in %.0f s", child.returncode, reason, AGAIN
        )

    def stop(self) -> None:
        """Ends a walk that is under way."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


def start_child(given: str) -> "subprocess.Popen[str]":
    """The process; what it is told goes through a pipe, for the store's address may hold a password."""
    words = [sys.executable, "-m", "scim_server.alerts.overdue"]
    child = subprocess.Popen(  # noqa: S603 - ourselves
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=bare_environment(),
    )
    assert child.stdin is not None
    with child.stdin as pipe:
        pipe.write(given)
    child.stdin = None
    return child


def conditions(found: Mapping[str, int], today: str, now: float) -> list[Condition]:
    """`found`: by the ISO day on which they were due, how many letters have not come."""
    old = (date.fromisoformat(today) - timedelta(days=RECENT)).isoformat()
    by_day: Counter[str] = Counter()
    for due, number in found.items():
        by_day[due if due >= old else ""] += number
    return [Condition("deadline", due or "earlier", _sentence(due, number, old), now) for due, number in by_day.items()]


def _sentence(due: str, number: int, old: str) -> str:
    when = f"期限为 {due} 的" if due else f"期限早于 {old} 的"
    return f"{when}函件有 {number} 件逾期未到（按应发部门计）；请查 huaming report letters。"


def _told(settings: Settings) -> dict[str, Any]:
    """What a walk needs: no secret of a system."""
    systems = {
        name: {
            key: value
            for key, value in system.model_dump(exclude_none=True).items()
            if key in type(system).model_fields
        }
        for name, system in settings.systems.items()
    }
    said = settings.model_dump(mode="json", include={"policy"}, exclude_none=True)
    said["store"] = {"url": plain_url(settings.store.url)}
    return {"settings": json.loads(json.dumps(said | {"systems": systems}, default=list))}


def count(settings: Settings, today: str) -> dict[str, int]:
    """By the day on which they were due, the letters that have not come."""
    found: Counter[str] = Counter()
    with open_engine(settings.store.url).begin() as connection:
        gate = rolls.rolled(connection, rolls.GATE) or today
        calendar = load_calendar(settings.policy.calendar)
        terms = Terms(today, read_org(connection), readings(settings, gate), calendar)
        for row in read_rows(connection, terms):
            if row.state == MISSING:
                found[row.due] += 1
    return dict(found)


def walk() -> None:
    """The process itself. Of what goes wrong it says the kind and the place: a message may hold what is personal."""
    try:
        asked = json.load(sys.stdin)
        json.dump(count(Settings.model_validate(asked["settings"]), asked.get("today") or Clock().today()), sys.stdout)
    except Exception as error:
        last = [each for each in extract_tb(error.__traceback__) if "site-packages" not in each.filename][-1]
        sys.exit(f"{type(error).__name__} in {last.name}, {Path(last.filename).name}:{last.lineno}")


if __name__ == "__main__":
    os.nice(10)
    walk()
