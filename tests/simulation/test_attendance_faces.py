"""Faces and cards over the wire."""

import base64
from typing import Any

import pytest

from tests.simulation.attendance import ENCODED, JPEG, PERSON_ADD, PERSON_DELETE, PERSON_INFO, Platform, person
from tests.simulation.clock import Clock

ADD = "/api/resource/v1/face/single/add"
UPDATE = "/api/resource/v1/face/single/update"
DELETE = "/api/resource/v1/face/single/delete"
CHECK = "/api/frs/v1/face/picture/check"
FETCH = "/api/resource/v1/person/picture"
CARDS = "/api/irds/v1/card/advance/cardList"
CARD_DELETE = "/api/cis/v1/card/deletion"


def encoded(picture: bytes) -> str:
    return base64.b64encode(picture).decode()


def jpeg(size: int) -> bytes:
    return b"\xff\xd8\xff\xe0" + bytes(size - 6) + b"\xff\xd9"


@pytest.fixture
def platform(run: Any, clock: Clock) -> Platform:
    made = Platform(run, clock)
    made.ask(PERSON_ADD, person(personId="p1"))
    return made


def photos(platform: Platform, name: str = "p1") -> list[dict[str, str]]:
    (row,) = platform.ask(PERSON_INFO, {"paramName": "personId", "paramValue": [name]})["list"]
    found: list[dict[str, str]] = row["personPhoto"]
    return found


def test_a_face_is_added_changed_and_deleted_by_its_own_id(platform: Platform) -> None:
    face = platform.ask(ADD, {"personId": "p1", "faceData": ENCODED})["faceId"]
    assert [photo["personPhotoIndexCode"] for photo in photos(platform)] == [face]
    assert platform.accounts()["p1"]["face"]

    assert platform.code(UPDATE, {"personId": "p1", "faceData": ENCODED}) == "0x00072003"
    platform.ask(UPDATE, {"faceId": face, "faceData": encoded(jpeg(11000))})
    assert [each.picture for each in platform.vendor.faces("p1")] == [jpeg(11000)]

    assert platform.code(DELETE, {"faceId": "p1"}) == "0x00072202"
    platform.ask(DELETE, {"faceId": face})
    assert photos(platform) == []
    assert not platform.accounts()["p1"]["face"]
    assert platform.code(DELETE, {"faceId": face}) == "0x00072202"


def test_a_face_needs_a_person_who_is_there(platform: Platform) -> None:
    assert platform.code(ADD, {"personId": "none", "faceData": ENCODED}) == "0x00072202"
    platform.ask(PERSON_DELETE, {"personIds": ["p1"]})
    assert platform.code(ADD, {"personId": "p1", "faceData": ENCODED}) == "0x00072202"


@pytest.mark.parametrize(("most", "code"), [(1, "0x00072002"), (2, "0")])
def test_a_second_face(run: Any, clock: Clock, most: int, code: str) -> None:
    platform = Platform(run, clock, faces_per_person=most)
    platform.ask(PERSON_ADD, person(personId="p1", faces=[{"faceData": ENCODED}]))
    assert platform.code(ADD, {"personId": "p1", "faceData": ENCODED}) == code


BAD = {
    "png": (b"\x89PNG" + bytes(20000), "0x1f902301"),
    "cut": (jpeg(20000)[:-2], "0x1f902301"),
    "small": (jpeg(10 * 1024 - 1), "0x1f902302"),
    "large": (jpeg(200 * 1024 + 1), "0x1f902302"),
}


@pytest.mark.parametrize("path", [ADD, CHECK])
@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_picture_says_why(platform: Platform, path: str, name: str) -> None:
    picture, reason = BAD[name]
    body = {"facePicBinaryData": encoded(picture)}
    told = platform.call(path, body if path == CHECK else {"personId": "p1", "faceData": encoded(picture)})
    assert told["code"] == "0x1f913016"
    assert told["data"]["statusCode"] == reason
    assert told["data"]["checkResult"] is False
    assert platform.vendor.faces("p1") == []


@pytest.mark.parametrize("size", [10 * 1024, 200 * 1024])
def test_the_bounds_of_a_picture_are_good(platform: Platform, size: int) -> None:
    assert platform.ask(CHECK, {"facePicBinaryData": encoded(jpeg(size))})["checkResult"] is True


def test_what_is_not_base64_is_a_wrong_format(platform: Platform) -> None:
    data = f"data:image/jpeg;base64,{ENCODED}"
    assert platform.code(ADD, {"personId": "p1", "faceData": data}) == "0x00072003"


def test_a_blurred_picture_makes_no_person(platform: Platform) -> None:
    platform.vendor.refuse_picture(JPEG)
    told = platform.call(PERSON_ADD, person(personId="p2", faces=[{"faceData": ENCODED}]))
    assert (told["code"], told["data"]["statusCode"]) == ("0x1f913016", "0x1f902306")
    assert platform.code(PERSON_ADD, person(personId="p2")) == "0"


def test_a_picture_is_fetched_by_a_redirect(platform: Platform) -> None:
    platform.ask(ADD, {"personId": "p1", "faceData": ENCODED})
    (photo,) = photos(platform)
    body = {"serverIndexCode": photo["serverIndexCode"], "picUri": photo["picUri"]}
    headers, sent = platform.signed(FETCH, body)
    told = platform.wire.post(f"/artemis{FETCH}", headers=headers, content=sent)
    assert told.status_code == 302
    picture = platform.wire.get(told.headers["location"])
    assert (picture.headers["content-type"], picture.content) == ("image/jpeg", JPEG)
    assert platform.code(FETCH, {**body, "picUri": "/pic?none"}) == "0x00072202"
    assert platform.wire.get("/pic?none").status_code == 404


def test_cards_are_read_and_given_back(platform: Platform) -> None:
    platform.vendor.put_card("p1", "5001")
    platform.vendor.put_card("p1", "5002")

    def cards(**conditions: str) -> list[str]:
        body = {**conditions, "pageNo": 1, "pageSize": 10}
        return [row["cardNo"] for row in platform.ask(CARDS, body)["list"]]

    assert cards(personIds="p1") == ["5001", "5002"]
    assert platform.code(CARD_DELETE, {"cardNumber": "5001", "personId": "p2"}) == "0x00072202"
    platform.ask(CARD_DELETE, {"cardNumber": "5001", "personId": "p1"})
    assert cards() == ["5002"]
    assert platform.code(CARD_DELETE, {"cardNumber": "5001", "personId": "p1"}) == "0x00072202"
    platform.ask(PERSON_DELETE, {"personIds": ["p1"]})
    assert cards(cardNo="5002") == []
