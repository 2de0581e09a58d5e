"""The first day in OpenLDAP and the simulated OA, WeCom and attendance, all in use for years without any id of ours.

    python bench/first_day.py [--people 5000] [--seed 1] [--readable]

3 % namesakes, 1 % people with two accounts, 5 protected accounts in each system, people who left long ago, strangers.
The house and each command are real processes, and so is slapd (durable, all overlays); the three simulators are
threads of this one, for it plays the hands that filled them. `tests/flows/first_day_steps.py` demands at every step
what must hold; here it is counted and timed. `--readable`: WeCom shows mobiles and mails.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from house import ROOT, directory

sys.path.insert(0, str(ROOT))

from tests.flows.first_day_office import Office
from tests.flows.first_day_steps import Day
from tests.flows.first_day_town import town
from tests.servers.openldap import OpenLdap
from tests.servers.own import VARIABLES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--readable", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, directory(Path(folder) / "d") as target:
        slapd = OpenLdap(**{name: target.env[name] for name in VARIABLES})
        home = Path(folder) / "h"
        home.mkdir()
        began = time.monotonic()
        office = Office(home, town(options.people, options.seed), slapd, time.time, options.readable)
        try:
            print(f"{len(office.town.people)} people, {len(office.town.accounts)} accounts in each of four systems")
            print(f"  furnished in {time.monotonic() - began:.0f} s", flush=True)
            live(Day(office))
        finally:
            office.close()


def live(day: Day) -> None:
    """The whole day, and what it came to."""
    day.observe()
    _spent(day)
    for system in day.office.systems:
        day.list(system)
        day.accept(system, day.decide(system))
        _listed(day, system)
    for step, *words in ((day.enforce,), (day.sweep, "second"), (day.report,), (day.heal,), (day.sweep, "third")):
        step(*words)
        _spent(day)
    for system in day.office.systems:
        _came_to(day, system)
    largest = ", ".join(f"{name} {megabytes:.0f} MB" for name, megabytes in day.office.house.largest.items())
    print(f"  most memory of a command: {largest}")


def _came_to(day: Day, system: str) -> None:
    office, one = day.office, day.office.systems[system]
    made, links = office.created(system, "person"), office.links(system)
    twice = len(set(made) - office.town.without)
    wrong = sum(one.truth[id].owner != key for key, (id, _, _) in links.items() if id in one.truth)
    print(
        f"  {system:10} {len(made)} made for {len(office.town.without)} who had none, {twice} for who had one; "
        f"{len(one.owned)} linked, {wrong} wrongly; {day.figures.writes[system]} operations until it converged"
    )


def _listed(day: Day, system: str) -> None:
    counts = ", ".join(f"{name} {number}" for name, number in day.figures.lists[system].items())
    done, seconds = day.figures.accepted[system], day.figures.seconds
    print(f"  {system:10} {counts}")
    print(
        f"  {'':10} filled in {'+'.join(map(str, day.figures.decided[system]))}, linked {done['linked']}, not ours "
        f"{done['disowned']}; list {seconds[f'list {system}']:.1f} s, decide {seconds[f'decide {system}']:.1f} s, "
        f"accept {seconds[f'accept {system}']:.1f} s",
        flush=True,
    )


def _spent(day: Day) -> None:
    step, seconds = list(day.figures.seconds.items())[-1]
    print(f"  {step}: {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
