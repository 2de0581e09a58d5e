"""Faces of persons. A face is changed and deleted by its own id, never by the person's."""

from typing import Any

from connectors.attendance.simulator.call import Call, Route, Routes
from connectors.attendance.simulator.codes import ABSENT, OUT_OF_RANGE, Refusal
from connectors.attendance.simulator.fields import Text
from connectors.attendance.simulator.person_lists import PICTURE_PATH, PICTURE_SERVER
from connectors.attendance.simulator.pictures import ENCODED, picture, verdict
from connectors.attendance.simulator.world import Face
from connectors.simulation.vendor import Told


def add(call: Call) -> dict[str, Any]:
    """face/single/add."""
    person = call.world.living(call.body["personId"])
    if person is None:
        raise Refusal(ABSENT, f"personId {call.body['personId']}")
    found = picture(call.world, "faceData", call.body["faceData"])
    if len(call.world.faces_of(person.id)) >= call.switches.faces_per_person:
        raise Refusal(OUT_OF_RANGE, "the person has a face already")
    face = call.world.add_face(person.id, found)
    return {"faceId": face.id, "personId": person.id, "faceUrl": f"{PICTURE_PATH}?{face.id}"}


def update(call: Call) -> dict[str, Any]:
    """face/single/update: another picture under the same id."""
    face = _face(call)
    call.world.faces[face.id] = Face(face.id, face.person, picture(call.world, "faceData", call.body["faceData"]))
    return {"faceId": face.id, "personId": face.person, "faceUrl": f"{PICTURE_PATH}?{face.id}"}


def delete(call: Call) -> None:
    """face/single/delete."""
    call.world.drop_face(_face(call))


def _face(call: Call) -> Face:
    """The face that is meant; a deleted person's is out of reach."""
    face = call.world.faces.get(call.body["faceId"])
    if face is None or call.world.living(face.person) is None:
        raise Refusal(ABSENT, f"faceId {call.body['faceId']}")
    return face


def check(call: Call) -> dict[str, object]:
    """frs/v1/face/picture/check: a bad picture is 0x1f913016 with the verdict as data."""
    picture(call.world, "facePicBinaryData", call.body["facePicBinaryData"])
    return verdict()


def fetch(call: Call) -> Told:
    """person/picture: a redirect to the picture service, which asks for no signature."""
    face = call.body["picUri"].removeprefix(f"{PICTURE_PATH}?")
    if call.body["serverIndexCode"] != PICTURE_SERVER or face not in call.world.faces:
        raise Refusal(ABSENT, call.body["picUri"])
    return Told(302, headers={"location": f"http://{call.host}{call.body['picUri']}"})


_ID, _PICTURE = Text(required=True), Text(required=True, longest=ENCODED)
ROUTES: Routes = {
    "/api/resource/v1/face/single/add": Route(add, {"personId": _ID, "faceData": _PICTURE}),
    "/api/resource/v1/face/single/update": Route(update, {"faceId": _ID, "faceData": _PICTURE}),
    "/api/resource/v1/face/single/delete": Route(delete, {"faceId": _ID}),
    "/api/frs/v1/face/picture/check": Route(check, {"facePicBinaryData": _PICTURE}),
    "/api/resource/v1/person/picture": Route(
        fetch, {"serverIndexCode": _ID, "picUri": Text(required=True, longest=1024)}
    ),
}
