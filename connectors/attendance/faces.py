"""Faces, and their going: read back gone, before anything else of a person goes (S14)."""

from connectors.attendance import api
from connectors.attendance.codes import Refusal, Sort, outcome_of_refusal
from connectors.attendance.entry import Row
from connectors.attendance.place import Place
from connectors.attendance.together import Errand
from mappings.model import Outcome, Refused, Retry

STAYS = "人脸未能删除，人员暂不删除；请在平台的人员管理中删除其人脸后重试"


def erase(place: Place, row: Row) -> Errand[Outcome | None]:
    """Deletes the faces of a person one by one; None once they were read back gone, asked about that person alone."""
    if not row.faces:
        return None
    for face in row.faces:
        held = yield from _erased(place, face)
        if held is not None:
            return held
    after = yield from place.person(row.person_id, 1)
    if after is not None and after.faces:
        return Retry(f"{STAYS}：平台仍有 {len(after.faces)} 张", after=60)
    return None


def _erased(place: Place, face: str) -> Errand[Outcome | None]:
    try:
        yield from place.write(api.FACE_DELETE, {"faceId": face})
    except Refusal as refusal:
        if refusal.sort is Sort.ABSENT:
            return None
        outcome = outcome_of_refusal(refusal)
        return Refused(outcome.code, f"{STAYS}：{outcome.text}") if isinstance(outcome, Refused) else outcome
    return None
