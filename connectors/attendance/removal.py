"""Deregistration (注销): rights, then faces, then cards, then the person. Never the person before the face.

Each apply goes as far as it can; what is done already is passed over by looking. The platform only hides a deleted
person: what it keeps is without a face of ours, and a person purges it in the console (`LEAVES`).
"""

from connectors.attendance import api, faces
from connectors.attendance.codes import Refusal, Sort, outcome_of_refusal
from connectors.attendance.entry import Row, text
from connectors.attendance.place import Place
from connectors.attendance.rights import Rights
from connectors.attendance.together import Errand
from connectors.attendance.wire import listed
from mappings.model import Done, Operation, Outcome, Retry

LEAVES = "平台只将人员移入「已删除人员」，请在平台的人员管理中再次删除，使其档案、指纹和卡片彻底清除（人脸已先行删除）"


def remove(place: Place, rights: Rights, row: Row, operation: Operation) -> Errand[Outcome]:
    """Removes a person as far as it can be done now."""
    return (
        (yield from _take_rights(place, rights, row, operation))
        or (yield from faces.erase(place, row))
        or (yield from _return_cards(place, row))
        or (yield from _delete(place, row))
    )


def _take_rights(place: Place, rights: Rights, row: Row, operation: Operation) -> Errand[Outcome | None]:
    if not rights.managed:
        return None
    if place.config.rights == "organisation":
        return (yield from rights.withdraw(row))
    return (yield from rights.pursue(row, "revoke", operation.ref.private))


def _return_cards(place: Place, row: Row) -> Errand[Outcome | None]:
    if not place.config.return_cards:
        return None
    told = yield from place.read(
        api.CARD_LIST, {"pageNo": 1, "pageSize": 100, "personIds": row.person_id}, {"list": []}
    )
    for card in listed(told):
        if text(card, "personId") not in ("", row.person_id) or not text(card, "cardNo"):
            continue
        try:
            yield from place.write(api.CARD_DELETE, {"cardNumber": text(card, "cardNo"), "personId": row.person_id})
        except Refusal as refusal:
            if refusal.sort is not Sort.ABSENT:
                return outcome_of_refusal(refusal)
    return None


def _delete(place: Place, row: Row) -> Errand[Outcome]:
    told = yield from place.write(api.PERSON_DELETE, {"personIds": [row.person_id]})
    failed = failures(told, api.PERSON_DELETE)
    if failed is not None and failed.sort is not Sort.ABSENT:
        return outcome_of_refusal(failed)
    if (yield from place.person(row.person_id)) is not None:
        return Retry("平台接受了删除，但人员仍在，请稍后重读", after=60)
    return Done()


def failures(data: object, path: str) -> Refusal | None:
    """What a batch's answer says under code "0": a list of what failed, bare or under `failures`."""
    told = data.get("failures") if isinstance(data, dict) else data
    rows = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    bad = [each for each in rows if text(each, "code") != "0"]
    return Refusal(text(bad[0], "code"), text(bad[0], "msg") or text(bad[0], "message"), path) if bad else None
