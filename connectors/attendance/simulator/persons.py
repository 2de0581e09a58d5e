"""Persons are added, changed and deleted: api/resource/v1|v2/person.

A personId may be chosen, but never one that anybody had before, deleted persons included (安保基础数据). Deletion is
soft: the person moves to the deleted area of the console, and what is left of him there is for a human to purge.
"""

from typing import Any

from connectors.attendance.simulator.call import Call, Route, Routes
from connectors.attendance.simulator.codes import ABSENT, LICENCE, MALFORMED, MISSING, OUT_OF_RANGE, Refusal
from connectors.attendance.simulator.fields import PAGE_SIZE, Many, Number, Row, Shape, Text, read
from connectors.attendance.simulator.pictures import ENCODED, picture
from connectors.attendance.simulator.world import UNIQUE, Person, new_id

NAME = Text(longest=32, barred="'/\\:*?\"<>")
CERTIFICATES = frozenset({"111", "113", "131", "133", "335", "414", "990"})
VALUES: Shape = {
    "personName": NAME,
    "orgIndexCode": Text(),
    "gender": Text(among=frozenset("012")),
    "jobNo": Text(longest=32, blank=True),
    "phoneNo": Text(longest=20, blank=True),
    "email": Text(longest=64, blank=True),
    "birthday": Text(longest=10, blank=True),
    "certificateType": Text(among=CERTIFICATES, blank=True),
    "certificateNo": Text(longest=20, blank=True),
}
FACES: Shape = {"faces": Many(Row({"faceData": Text(required=True, longest=ENCODED)}))}
NEW: Shape = {
    "personId": Text(),
    **VALUES,
    "personName": Text(required=True, longest=NAME.longest, barred=NAME.barred),
    "orgIndexCode": Text(required=True),
}
MANDATORY = ("personName", "orgIndexCode")


def add(call: Call) -> dict[str, Any]:
    """single/add, with at most as many faces as one person may have."""
    given = dict(call.body)
    faces = given.pop("faces", [])
    if len(faces) > call.switches.faces_per_person:
        raise Refusal(OUT_OF_RANGE, "faces")
    pictures = [picture(call.world, "faceData", face["faceData"]) for face in faces]
    person = _add(call, given)
    added = [call.world.add_face(person.id, each) for each in pictures]
    return {"personId": person.id, "faceId": added[0].id if added else None}


def add_rows(call: Call) -> dict[str, Any]:
    """batch/add: the base fields only, each row by itself; what fails is listed and hinders no other."""
    successes: list[dict[str, Any]] = []
    failures: list[dict[str, Any]] = []
    shape: Shape = {"clientId": Number(high=9_999_999_999, quoted=True), **NEW}
    for given in call.body:
        client = given.get("clientId") if isinstance(given, dict) else None
        try:
            values = read(given, shape, call.switches.properties)
            values.pop("clientId", None)
            successes.append({"clientId": client, "personId": _add(call, values).id})
        except Refusal as no:
            failures.append({"clientId": client, "code": no.code, "message": no.msg})
    return {"successes": successes, "failures": failures}


def _add(call: Call, given: dict[str, Any]) -> Person:
    world, chosen = call.world, given.pop("personId", "") or new_id()
    if chosen in world.persons or chosen in world.burnt:
        raise Refusal(OUT_OF_RANGE, f"personId {chosen} already exists, deleted persons included")
    if len(world.persons) - world.buried >= call.switches.persons:
        raise Refusal(LICENCE)
    values = {name: value for name, value in given.items() if value}
    _check(call, values, chosen)
    person = Person(chosen, values, call.now, call.now)
    world.enrol(person)
    return person


def _check(call: Call, values: dict[str, str], person: str) -> None:
    """Raises Refusal for a whole person that cannot be."""
    for name in sorted(call.switches.required):
        if not values.get(name):
            raise Refusal(MISSING, name)
    if call.world.org(values["orgIndexCode"]) is None:
        raise Refusal(ABSENT, f"orgIndexCode {values['orgIndexCode']}")
    if (birthday := values.get("birthday")) and not _is_day(birthday):
        raise Refusal(MALFORMED, "birthday")
    for name in UNIQUE:
        if call.world.holders.get((name, values.get(name, "")), person) != person:
            raise Refusal(OUT_OF_RANGE, f"{name} already exists")
    if not call.switches.job_no_reusable and (job := values.get("jobNo")):
        former = (each for each in call.world.persons.values() if each.deleted and each.id != person)
        if any(each.values.get("jobNo") == job for each in former):
            raise Refusal(OUT_OF_RANGE, "jobNo already exists, deleted persons included")


def _is_day(text: str) -> bool:
    parts = text.split("-")
    return [len(part) for part in parts] == [4, 2, 2] and all(part.isascii() and part.isdigit() for part in parts)


def update(call: Call) -> None:
    """single/update: the fields sent are changed, or the person is replaced by them; by the site's switch."""
    given = dict(call.body)
    person = call.world.living(given.pop("personId"))
    if person is None:
        raise Refusal(ABSENT, f"personId {call.body['personId']}")
    former = person.values if call.switches.update_merges else {}
    values = {name: value for name, value in {**former, **given}.items() if value}
    for name in MANDATORY:
        if name not in values:
            raise Refusal(MISSING, name)
    _check(call, values, person.id)
    call.world.release(person)
    person.values, person.updated = values, call.now
    call.world.hold(person)


def delete(call: Call) -> list[dict[str, Any]]:
    """batch/delete: soft. Lists what could not be deleted, under code "0"."""
    failed = []
    for chosen in call.body["personIds"]:
        person = call.world.living(chosen)
        if person is None:
            failed.append({"personId": chosen, **Refusal(ABSENT, chosen).row()})
        else:
            call.world.bury(person, call.now, faces=not call.switches.faces_outlive_person)
    return failed


_ADD = Route(add, {**NEW, **FACES}, extensible=True)
ROUTES: Routes = {
    "/api/resource/v1/person/single/add": _ADD,
    "/api/resource/v2/person/single/add": _ADD,
    "/api/resource/v1/person/batch/add": Route(add_rows, {}, rows=True),
    "/api/resource/v1/person/single/update": Route(
        update, {"personId": Text(required=True), **VALUES}, extensible=True
    ),
    "/api/resource/v1/person/batch/delete": Route(delete, {"personIds": Many(Text(), most=PAGE_SIZE, required=True)}),
}
