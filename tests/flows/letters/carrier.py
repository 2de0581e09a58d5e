"""A deliverer in a process of its own, which says where it is and stays there until somebody kills it.

Run as `python -m tests.flows.letters.carrier JSON`: the URL of the store, the settings of the OA, the time, the place.
"""

import json
import sys
import time
from typing import Any

from scim_server.clock import Clock
from tests.flows.letters.postal import RULES, Counter, deliverer

PLACES = ("leaving", "answered")


class Halting(Counter):
    """Stops after it was put on record that the letter leaves, or before what came of it is."""

    place = ""

    def run(self, command: str, **given: Any) -> Any:
        if command == "letter-sent" and self.place == "answered":
            self.halt()
        result = super().run(command, **given)
        if command == "letter-leave" and self.place == "leaving":
            self.halt()
        return result

    def halt(self) -> None:
        print(self.place, flush=True)
        time.sleep(600)


def main() -> None:
    url, settings, now, place = json.loads(sys.argv[1])
    clock = Clock(now=lambda: now)
    desk = Halting(url, clock, RULES)
    desk.place = place
    print("begun", flush=True)
    for told in deliverer(desk, clock, RULES, settings, None).deliver():
        print(told.result, flush=True)


if __name__ == "__main__":
    main()
