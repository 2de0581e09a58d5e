"""`huaming states` for 100,000 people with facts: seconds on one core, resident memory at the start and at the end.

    python bench/states.py [--number 100000] [--day 2026-06-15] [--restricted]

The store is filled with the rows that a POST of each would leave (document, what is kept apart, subject), by the
store's own statements in bulk; nothing is settled, since `states` asks the policy itself. Bars: 20 s, memory flat.
"""

import argparse
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from house import FAMILY, GIVEN, HUAMING, ROOT, resident

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ROSTER_USER = "urn:ietf:params:scim:schemas:extension:cnroster:2.0:User"
ROSTER_GROUP = "urn:ietf:params:scim:schemas:extension:cnroster:2.0:Group"
DEPARTMENTS = 200
LOT = 5000

Json = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=100_000)
    parser.add_argument("--day", default="2026-06-15")
    parser.add_argument("--restricted", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        config = Path(folder) / "huaming.toml"
        config.write_text(f'[store]\nurl = "sqlite:///{folder}/huaming.db"\n[systems]\n', encoding="utf-8")
        began = time.monotonic()
        fill(f"sqlite:///{folder}/huaming.db", options.number)
        print(f"filled with {options.number} people in {time.monotonic() - began:.0f} s")
        words = ["states", "--as-of", options.day, *(["--restricted"] if options.restricted else [])]
        seconds, first, last, lines = measured([*HUAMING, *words, "--config", str(config)])
        assert lines == options.number, lines
        print(f"states: {lines} lines in {seconds:.1f} s on one core; RSS from {first:.0f} MB to {last:.0f} MB")


def measured(command: list[str]) -> tuple[float, float, float, int]:
    """(seconds, MB when the first line came, the most MB after it, lines); the command has one core."""
    core = str(min(os.sched_getaffinity(0)))
    began, sizes, lines = time.monotonic(), list[float](), 0
    process = subprocess.Popen(["taskset", "-c", core, *command], stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    first = process.stdout.readline()
    lines += bool(first)
    watching = threading.Thread(target=_watch, args=(process, sizes))
    watching.start()
    lines += sum(1 for _ in process.stdout)
    assert process.wait() == 0
    seconds = time.monotonic() - began
    watching.join()
    return seconds, sizes[0], max(sizes), lines


def _watch(process: "subprocess.Popen[bytes]", sizes: list[float]) -> None:
    while process.poll() is None:
        try:
            sizes.append(resident(process.pid))
        except (OSError, IndexError):
            return
        time.sleep(0.1)


# -- the roster


def fill(url: str, number: int) -> None:
    """A migrated store with so many people in it."""
    from scim_server.store.engine import open_engine
    from scim_server.store.migrate import migrate

    migrate(url)
    engine = open_engine(url, writing=True)
    for lot in _lots(number):
        with engine.begin() as connection:
            _insert(connection, lot)
    engine.dispose()


def _lots(number: int) -> Iterator[list[tuple[bool, Json]]]:
    yield [(False, department(each)) for each in range(DEPARTMENTS)]
    for start in range(0, number, LOT):
        yield [(True, person(each)) for each in range(start, min(start + LOT, number))]


def _insert(connection: Any, lot: list[tuple[bool, Json]]) -> None:
    from scim_server.api.drafts import draft
    from scim_server.scim.schemas import load
    from scim_server.store.edits import arrival, creation, first_subject, new_id

    schemas, rows = load(True), {}
    for is_person, body in lot:
        id = new_id()
        drafted = draft(schemas.user if is_person else schemas.group, body)
        now = 1_770_000_000.0
        steps = creation(drafted, (), "bench", now, id)[1]
        if is_person:
            steps = [*arrival(drafted, now, id, id), *first_subject(drafted, (), now, id)]
        for step in steps:
            rows.setdefault(id_of(step.statement), (step.statement, []))[1].extend(step.rows)
    for statement, given in rows.values():
        if given:
            connection.execute(statement, given)


def id_of(statement: Any) -> int:
    """Statements are module constants: one each."""
    return id(statement)


def department(number: int) -> Json:
    code = f"D{number:03}"
    facts = {"departmentCode": code, "kind": "root" if number == 0 else "office" if number % 4 else "gov"}
    if number:
        facts["parent"] = "D000" if number % 4 == 0 else f"D{number - number % 4:03}"
    return {"schemas": [GROUP, ROSTER_GROUP], "externalId": code, "displayName": f"部门{number}", ROSTER_GROUP: facts}


def person(number: int) -> Json:
    """One of ten kinds of life, each with a few years of facts."""
    name = FAMILY[number % len(FAMILY)] + GIVEN[number // 7 % len(GIVEN)]
    facts = {
        "employmentCategory": ("institutional", "administrative", "outsourced")[number % 3],
        "accessNeeds": {"oa": True, "wecom": True, "attendance": number % 5 > 0},
        "assignments": list(_posts(number)),
        "statusEvents": list(_events(number)),
    }
    return {
        "schemas": [USER, ROSTER_USER],
        "externalId": f"E{number:06}",
        "userName": f"p{number:06}",
        "name": {"formatted": name, "familyName": name[0], "givenName": name[1:]},
        "displayName": name,
        "title": "二级主任科员",
        "emails": [{"value": f"p{number:06}@yazhou.example", "type": "work", "primary": True}],
        ROSTER_USER: facts,
    }


def _posts(number: int) -> Iterator[Json]:
    def post(value: str, kind: str, start: str, **more: Any) -> Json:
        return {"value": value, "kind": kind, "scope": "internal", "startDate": start, **more}

    home, away = f"D{number % DEPARTMENTS or 1:03}", f"D{(number * 7) % DEPARTMENTS or 1:03}"
    life = number % 10
    yield post("a1", "primary", "2019-09-02", department=home, **({"endDate": "2026-03-09"} if life == 1 else {}))
    if life == 1:
        yield post("a2", "primary", "2026-03-10", department=away)
    if life == 2:
        yield post("c1", "concurrent", "2026-01-05", department=away)
    if life in (3, 4):
        end = {"endDate": "2026-08-31", "plannedEndDate": "2026-08-31"}
        place = {"department": away} if life == 3 else {"scope": "outbound", "externalOrganization": "省教育厅"}
        yield post("s1", "secondment", "2026-03-01", sendingDepartment=home, **end) | place


def _events(number: int) -> Iterator[Json]:
    def event(value: str, type: str, day: str, **more: Any) -> Json:
        return {"value": value, "type": type, "effectiveDate": day, **more}

    life = number % 10
    yield event("h1", "hire", "2019-09-02", entryRoute="recruited")
    if life == 5:
        yield event("e1", "investigation", "2026-05-11", workSuspended=True, authority="区纪委监委")
    if life in (6, 7):
        yield event("e1", "retirement" if life == 6 else "resignation", "2026-04-30")
    if life == 7:
        yield event("h2", "hire", "2026-06-01", entryRoute="recruited")


if __name__ == "__main__":
    main()
