"""Persons are read: by a unique field, page by page, by organisation, by conditions, and by when they changed."""

from collections.abc import Callable
from typing import Any

from connectors.attendance.simulator.call import Call, Route, Routes
from connectors.attendance.simulator.codes import ABSENT, OUT_OF_RANGE, Refusal
from connectors.attendance.simulator.fields import PAGE_SIZE, PAGED, Many, Number, Shape, Text, Truth, page
from connectors.attendance.simulator.orgs import CODES, RANGE, span, split
from connectors.attendance.simulator.persons import CERTIFICATES
from connectors.attendance.simulator.times import show
from connectors.attendance.simulator.world import Person, World

PICTURE_SERVER = "7ef23451-2765-48a7-bdb5-dbfb118f0061"
PICTURE_PATH = "/pic"
KEYS = frozenset({"personId", "jobNo", "phoneNo", "certificateNo"})
NUMBERS = ("gender", "certificateType")  # strings when sent, numbers when read


def row(world: World, person: Person) -> dict[str, Any]:
    """A person as the lists show him. What he has no value of is left out."""
    line = world.line(person.org)
    values = {name: int(value) if name in NUMBERS else value for name, value in person.values.items()}
    return {
        "personId": person.id,
        "gender": 0,
        **values,
        "orgName": line[-1].name if line else "",
        "orgPath": "".join(f"@{org.code}" for org in line) + "@",
        "orgPathName": "/".join(org.name for org in line),
        "orgList": [person.org],
        "personPhoto": photos(world, person.id),
        "createTime": show(person.created),
        "updateTime": show(person.updated),
        "status": -1 if person.deleted else 0,
    }


def photos(world: World, person: str) -> list[dict[str, str]]:
    """personPhoto: the id of each face, and where its picture lies."""
    return [
        {
            "personPhotoIndexCode": face.id,
            "picUri": f"{PICTURE_PATH}?{face.id}",
            "serverIndexCode": PICTURE_SERVER,
            "personId": person,
        }
        for face in world.faces_of(person)
    ]


def _rows(call: Call, persons: list[Person]) -> dict[str, Any]:
    paged = page(list(persons), call.body)
    return {**paged, "list": [row(call.world, person) for person in paged["list"]]}


def _living(world: World) -> list[Person]:
    return [person for person in world.persons.values() if not person.deleted]


def by_key(call: Call) -> dict[str, Any]:
    """condition/personInfo: those who carry one of the values. Deleted persons are not found."""
    name, world = call.body["paramName"], call.world
    ids = call.body["paramValue"]
    if name != "personId":
        ids = [holder for value in ids if (holder := world.holders.get((name, value)))]
    found = [person for chosen in dict.fromkeys(ids) if (person := world.living(chosen))]
    return {"total": len(found), "list": [row(world, person) for person in found]}


def every(call: Call) -> dict[str, Any]:
    """v2/person/personList: all who are not deleted."""
    return _rows(call, _living(call.world))


def in_org(call: Call) -> dict[str, Any]:
    """v2/person/orgIndexCode/personList: those in the organisation itself."""
    code = call.body["orgIndexCode"]
    if call.world.org(code) is None:
        raise Refusal(ABSENT, code)
    return _rows(call, [person for person in _living(call.world) if person.org == code])


def sought(call: Call) -> dict[str, Any]:
    """v2/person/advance/personList: the conditions hold together; the name is part of the person's, the rest exact."""
    body, found = call.body, _living(call.world)
    for name, fits in _conditions(call).items():
        if name in body:
            found = [person for person in found if fits(person)]
    if order := body.get("orderBy"):
        if order not in body or order in ("orgIndexCodes", "personIds"):
            raise Refusal(OUT_OF_RANGE, "orderBy: not among the conditions")
        found.sort(key=lambda person: person.values.get(order, ""), reverse=body.get("orderType") == "desc")
    return _rows(call, found)


def _conditions(call: Call) -> dict[str, Callable[[Person], bool]]:
    body, world = call.body, call.world
    ids = set(split("personIds", body.get("personIds", "")))
    codes = set(split("orgIndexCodes", body.get("orgIndexCodes", "")))
    deep = body.get("isSubOrg", False)

    def within(person: Person) -> bool:
        return bool(codes & ({org.code for org in world.line(person.org)} if deep else {person.org}))

    exact = ("gender", "certificateType", "certificateNo", "phoneNo", "jobNo")
    return {
        "personIds": lambda person: person.id in ids,
        "personName": lambda person: body["personName"] in person.values["personName"],
        "orgIndexCodes": within,
        **{name: _same(name, body) for name in exact},
    }


def _same(name: str, body: dict[str, Any]) -> Callable[[Person], bool]:
    return lambda person: person.values.get(name) == str(body[name])


def changed(call: Call) -> dict[str, Any]:
    """v1/person/personList/timeRange: changed in that stretch, deleted persons included (status -1)."""
    start, end = span(call)
    return _rows(call, [person for person in call.world.persons.values() if start <= person.updated <= end])


_ADVANCE: Shape = {
    "personIds": CODES,
    "personName": Text(longest=32),
    "gender": Text(among=frozenset("012")),
    "orgIndexCodes": CODES,
    "isSubOrg": Truth(),
    "certificateType": Text(among=CERTIFICATES),
    "certificateNo": Text(),
    "phoneNo": Text(),
    "jobNo": Text(),
    "status": Number(high=0),
    "orderBy": Text(),
    "orderType": Text(among=frozenset({"asc", "desc"})),
    **PAGED,
}
ROUTES: Routes = {
    "/api/resource/v1/person/condition/personInfo": Route(
        by_key,
        {
            "paramName": Text(required=True, among=KEYS),
            "paramValue": Many(Text(), most=PAGE_SIZE, required=True),
        },
    ),
    "/api/resource/v2/person/personList": Route(every, PAGED),
    "/api/resource/v2/person/orgIndexCode/personList": Route(in_org, {"orgIndexCode": Text(required=True), **PAGED}),
    "/api/resource/v2/person/advance/personList": Route(sought, _ADVANCE),
    "/api/resource/v1/person/personList/timeRange": Route(changed, RANGE),
}
