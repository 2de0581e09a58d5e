"""An invented roster told over HTTP through a year, in shuffled order, judged day by day by the naive evaluator.

    python -m tests.policy.wire.year --people 5000 [--seed 1]

Each person of `tests.policy.people` is POSTed with part of the facts; the rest, and the ends of what was told open,
come by PATCH on days that have nothing to do with their dates. Bare locks, added members, deletions and rulings come
as requests, on the days on which they are made. Every day the house is rolled and what it has stored of everybody is
compared; in the end `states` is asked as of days all over the year.
"""

import argparse
import copy
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from scim_server.scim.urns import PATCH_OP, ROSTER_USER
from tests.flows.client import join, leave
from tests.policy.naive import Life
from tests.policy.people import DEPARTMENTS
from tests.policy.table import GROUPS
from tests.policy.wire.bureau import Bureau
from tests.policy.wire.told import FIRST, LAST, Json, Told, told

TOLD = ("systems", "primary", "concurrent", "articles", "anomalies")


class Year:
    """The house and its people, a day after the other. `differences`: what was not as it must be."""

    def __init__(self, bureau: Bureau, people: int, seed: int) -> None:
        self.bureau = bureau
        self.random = Random(seed)
        self.people = [told(number, self.random) for number in range(people)]
        self.ids = {key: bureau.ok("POST", "/Groups", group)["id"] for key, group in GROUPS.items()}
        self.differences: list[Any] = []
        self.seen: Counter[str] = Counter()
        self.acts = True  # whether something is done beside the facts

    def run(self) -> "Year":
        day = FIRST - timedelta(days=30)
        while day <= LAST:
            self.bureau.on(day.isoformat(), 9)
            for one in self.people:
                self._tell(one, day)
                if self.acts and one.id is not None and day >= FIRST:
                    self._act(one, day)
            if day >= FIRST:
                self._compare_stored(day)
            day += timedelta(days=1)
        self.bureau.on((LAST + timedelta(days=1)).isoformat())
        return self

    # -- the roster's facts

    def _tell(self, one: Told, day: date) -> None:
        due = [each for each in one.to_tell if each[0] <= day]
        if not due or self._deleted(one):
            return
        one.to_tell = [each for each in one.to_tell if each[0] > day]
        operations = [self._operation(one, name, piece) for _, name, piece in due]
        if one.id is None:
            one.id = self.bureau.ok("POST", "/Users", one.user)["id"]
        else:
            self.bureau.ok("PATCH", f"/Users/{one.id}", {"schemas": [PATCH_OP], "Operations": _flat(operations)})
        self.seen["told"] += len(due)
        one.live(day)

    def _operation(self, one: Told, name: str, piece: Json) -> list[Json]:
        path = f"{ROSTER_USER}:{name}"
        known = next((each for each in one.facts[name] if each["value"] == piece["value"]), None)
        if known is None:
            one.facts[name].append(copy.deepcopy(piece))
            return [{"op": "add", "path": path, "value": [piece]}]
        known |= piece
        place = f'{path}[value eq "{piece["value"]}"]'
        return [
            {"op": "replace", "path": f"{place}.{sub}", "value": value}
            for sub, value in piece.items()
            if sub != "value"
        ]

    # -- what is done beside it

    def _act(self, one: Told, day: date) -> None:
        dice = self.random.random()
        if self._deleted(one):
            if dice < 0.1:
                self._post_again(one, day)
        elif dice < 0.004:
            self._activate(one, day)
        elif dice < 0.010:
            self._member(one, day)
        elif dice < 0.011:
            self.bureau.ok("DELETE", f"/Users/{one.id}")
            self._mark(one, "deleted", day)
        elif dice < 0.014:
            self._rule(one, day)
        elif dice < 0.020:
            self._put_back(one)

    def _activate(self, one: Told, day: date) -> None:
        locked = _running(one.marks["bareLocks"])
        body = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "active", "value": bool(locked)}]}
        self.bureau.ok("PATCH", f"/Users/{one.id}", body)
        self._end(one, locked, day) if locked else self._mark(one, "bareLocks", day)

    def _member(self, one: Told, day: date) -> None:
        key = self.random.choice(DEPARTMENTS)
        added = [each for each in _running(one.marks["addedMembers"]) if each["department"] == key]
        answer = one.today(day)
        there = key in (answer["primary"], *answer["concurrent"])
        serves = any(later["spell"] for then, later in one.lived.items() if then >= day)
        path = f"/Groups/{self.ids[key]}"
        if there and added and not self._assigned(one, key, day):
            self.bureau.ok("PATCH", path, leave(str(one.id)))
            self._end(one, added, day)
        elif not there and not added and serves and answer["systems"]["ldap"] != "removed":
            self.bureau.ok("PATCH", path, join(str(one.id)))
            self._mark(one, "addedMembers", day, department=key)

    def _assigned(self, one: Told, key: str, day: date) -> bool:
        """Whether it follows from an assignment besides."""
        alone = Life(one.user, one.marks | {"addedMembers": []}, GROUPS.values(), {})
        answer = dict(alone.walk(day, day))[day]
        return key in (answer["primary"], *answer["concurrent"])

    def _rule(self, one: Told, day: date) -> None:
        running = _running(one.marks["rulings"])
        if running and one.ruling:
            self.bureau.end_ruling(one.ruling, "邢局长")
            self._end(one, running, day)
            return
        kind = self.random.choice(("block", "block", "reply-says-left"))
        one.ruling = self.bureau.add_ruling(one.key, {"kind": kind, "by": "符主任"})
        self._mark(one, "rulings", day, kind=kind, by="符主任")

    def _post_again(self, one: Told, day: date) -> None:
        one.id = self.bureau.ok("POST", "/Users", one.user)["id"]
        self._end(one, _running(one.marks["deleted"]), day)

    def _put_back(self, one: Told) -> None:
        answer = self.bureau.ask("GET", f"/Users/{one.id}")
        again = self.bureau.ask("PUT", f"/Users/{one.id}", answer.json())
        self.seen["put back"] += 1
        if again.content != answer.content:
            self.differences.append((one.key, self.bureau.day, "PUT of what was read", answer.text, again.text))

    def _deleted(self, one: Told) -> bool:
        return bool(_running(one.marks["deleted"]))

    def _mark(self, one: Told, name: str, day: date, **more: str) -> None:
        one.marks[name].append({"start": day.isoformat(), **more})
        self.seen[name] += 1
        one.live(day)

    def _end(self, one: Told, marks: list[Json], day: date) -> None:
        for mark in marks:
            mark["end"] = (day - timedelta(days=1)).isoformat()
        one.live(day)

    # -- judging

    def _compare_stored(self, day: date) -> None:
        """`active`, the members, the required states, the spell, of everybody, as they stand in the store."""
        stored = self._stored()
        for one in self.people:
            if one.id is None:
                continue
            answer = one.today(day)
            exists = not self._deleted(one)
            wanted = {
                "active": answer["systems"]["ldap"] == "active" if exists else None,
                "systems": answer["systems"],
                "groups": sorted(filter(None, (answer["primary"], *answer["concurrent"]))) if exists else [],
                "primary": answer["primary"],
                "spell": answer["spell"],
            }
            self.seen["+".join(answer["articles"])] += 1
            if stored.get(one.key) != wanted:
                self.differences.append((one.key, day.isoformat(), "stored", wanted, stored.get(one.key), one))

    def _stored(self) -> dict[str, Json]:
        places = defaultdict(list)
        joined = "SELECT m.user_id, g.external_id FROM members m JOIN resources g ON g.id = m.group_id"
        for user, key in self.bureau.rows(joined):
            places[user].append(key)
        of = (
            'SELECT s.key, s.resource_id, r.active, t.ldap, t.oa, t.wecom, t.attendance, t."primary", t.spell '
            "FROM subjects s JOIN standings t USING (subject) LEFT JOIN resources r ON r.id = s.resource_id"
        )
        found = {}
        for key, id, active, ldap, oa, wecom, attendance, primary, spell in self.bureau.rows(of):
            found[key] = {
                "active": None if active is None else bool(active),
                "systems": {"ldap": ldap, "oa": oa, "wecom": wecom, "attendance": attendance},
                "groups": sorted(places[id]) if id else [],
                "primary": primary,
                "spell": spell,
            }
        return found

    def compare_as_of(self, days: Iterator[date]) -> None:
        """`states --restricted --as-of` of everybody, by all the facts and marks there are now."""
        for one in self.people:
            one.live(FIRST)
        for day in days:
            lines = self.bureau.states(day.isoformat())
            for one in self.people:
                if one.id is None:
                    continue
                wanted, found = one.lived[day], lines[one.key]
                if {name: found[name] for name in TOLD} != {name: wanted[name] for name in TOLD}:
                    self.differences.append((one.key, day.isoformat(), "as of", wanted, found, one))
                self.seen["as of"] += 1


def _running(marks: list[Json]) -> list[Json]:
    return [each for each in marks if "end" not in each]


def _flat(lists: list[list[Json]]) -> list[Json]:
    return [each for some in lists for each in some]


def every(step: int) -> Iterator[date]:
    """Days of the year."""
    for number in range(0, (LAST - FIRST).days + 1, step):
        yield FIRST + timedelta(days=number)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--step", type=int, default=1, help="days between two questions as of a day")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        bureau = Bureau(Path(folder))
        year = Year(bureau, options.people, options.seed).run()
        year.compare_as_of(every(options.step))
        bureau.close()
    first = {each[0]: each for each in reversed(year.differences)}  # of each person
    for each in list(first.values())[:20]:
        print(each)
    print(dict(year.seen))
    print(f"{options.people} people, {len(year.differences)} differences, {time.monotonic() - began:.0f} s")
    raise SystemExit(1 if year.differences else 0)


if __name__ == "__main__":
    main()
