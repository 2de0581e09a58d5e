"""Odd answers of the attendance platform, byte by byte: each is a failure, and none says that nobody is there."""

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from connectors.attendance import api
from connectors.errors import Ambiguous, ConnectorError, Unreadable
from mappings.model import AlreadySo, Conflict, Done, Refused, Retry, Unknown
from tests.contract.systems.attendance import PERSON, Platform, page, told
from tests.servers.canned_http import answered

KNOWN = {"personId": "E1-1", "personName": "王", "jobNo": "E1", "orgIndexCode": "D01", "personPhoto": []}


def test_what_goes_out_is_signed_as_it_goes_out() -> None:
    with Platform(tag_id="huaming") as platform:
        assert platform.create() == Done()
        for asked in platform.server.asked:
            assert (asked.method, asked.headers["accept"], asked.headers["content-type"]) == (
                "POST",
                "*/*",
                "application/json",
            )
            assert asked.headers["x-ca-signature-headers"] == "tagid,x-ca-key,x-ca-nonce,x-ca-timestamp"
        nonces = [asked.headers["x-ca-nonce"] for asked in platform.server.asked]
        assert len(set(nonces)) == len(nonces)


@pytest.mark.parametrize("photos", ["face-1", ["face-1"], 1.5, [None]])
def test_faces_that_are_told_in_no_known_way_are_never_no_faces(photos: Any) -> None:
    """An AttributeError or TypeError here was a bug, for which rows are parked; and a person goes after the face."""
    with Platform() as platform:
        platform.answers[api.PERSON_INFO] = page(KNOWN | {"personPhoto": photos})
        with pytest.raises(Unreadable):
            platform.connector.observe(PERSON)
        assert platform.remove() != Done()
        assert not any(each in platform.paths() for each in (api.FACE_DELETE, api.PERSON_DELETE))


def test_a_person_is_sent_by_name_number_and_department_alone() -> None:
    with Platform() as platform:
        platform.create()
        (body,) = [json.loads(each.body) for each in platform.server.asked if each.path.endswith("person/single/add")]
        assert body == {"personId": "E1-1", "personName": "王1", "jobNo": "E1", "orgIndexCode": "D01"}


ODD = [
    answered(200, b"<html><body>login</body></html>", kind="text/html"),
    answered(200, b'{"code": "0", "msg": "suc'),
    answered(200, b"[]"),
    answered(200, b"null"),
    answered(200, b'{"msg": "success"}'),
    answered(404, b"<html>nginx</html>", kind="text/html"),
    told(None),
    told([]),
    told({"total": 0}),
    told({"list": "none", "total": 0}),
    told({"list": ["x"], "total": 1}),
    told({"list": [{"personName": "无编号"}], "total": 1}),
    told(code="0x00052102", msg="服务异常"),
    told(code=1, msg="小代码"),
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_an_odd_answer_to_a_read_is_an_error_and_nothing_is_written(odd: bytes) -> None:
    with Platform() as platform:
        platform.answers[api.PERSON_INFO] = platform.answers[api.PERSON_LIST] = odd
        with pytest.raises(ConnectorError) as raised:
            platform.connector.observe(PERSON)
        assert len(str(raised.value)) < 400
        with pytest.raises(ConnectorError):
            platform.connector.observe_all(None)
        assert isinstance(platform.create(), Retry)
        assert api.PERSON_ADD not in platform.paths()


@pytest.mark.parametrize("odd", [*ODD[:6], b""], ids=range(7))
def test_an_odd_answer_to_a_write_is_unknown(odd: bytes) -> None:
    with Platform() as platform:
        platform.answers[api.PERSON_ADD] = odd
        assert isinstance(platform.create(), Unknown)


def test_a_total_that_is_missing_never_makes_a_list_complete() -> None:
    with Platform() as platform:
        platform.answers[api.PERSON_LIST] = told({"list": []})
        with pytest.raises(Unreadable):
            platform.connector.observe_all(None)
        platform.answers[api.PERSON_LIST] = page(total=7)
        assert not platform.connector.observe_all(None).complete


def test_two_living_persons_with_one_number_are_ambiguous_and_neither_is_written() -> None:
    with Platform() as platform:
        platform.answers[api.PERSON_INFO] = page(KNOWN, KNOWN | {"personId": "other"})
        with pytest.raises(Ambiguous):
            platform.connector.observe(PERSON)
        assert isinstance(platform.remove(), Conflict)
        assert isinstance(platform.create(), Conflict)
        assert not {api.PERSON_ADD, api.PERSON_DELETE, api.FACE_DELETE} & set(platform.paths())


def test_a_deleted_person_in_a_list_is_nobody() -> None:
    with Platform() as platform:
        platform.answers[api.PERSON_INFO] = page(KNOWN | {"status": -1})
        assert platform.connector.observe(PERSON) is None
        assert platform.remove() == AlreadySo()


def test_a_near_miss_is_not_the_person() -> None:
    """A platform that searches by parts of a number finds others too."""
    with Platform() as platform:
        platform.answers[api.PERSON_INFO] = page(KNOWN | {"jobNo": "E10"}, KNOWN | {"jobNo": "e1"})
        assert platform.connector.observe(PERSON) is None


@pytest.mark.parametrize(
    ("failed", "outcome"),
    [
        ([{"personId": "E1-1", "code": "0x00072201", "msg": "无权"}], Refused),
        ([{"personId": "E1-1", "code": "0x00052104", "msg": "不可用"}], Retry),
        ([{"personId": "E1-1"}], Refused),
    ],
)
def test_success_with_a_list_of_failures_is_a_failure(failed: list[Any], outcome: type) -> None:
    with Platform() as platform:
        platform.answers[api.PERSON_INFO] = page(KNOWN)
        platform.answers[api.PERSON_DELETE] = told(failed)
        assert isinstance(platform.remove(), outcome)


def test_a_deletion_that_is_not_read_back_is_no_success() -> None:
    with Platform() as platform:
        platform.answers[api.PERSON_INFO] = page(KNOWN)
        assert isinstance(platform.remove(), Retry)
        assert api.PERSON_DELETE in platform.paths()


def test_a_face_that_is_still_there_after_its_deletion_holds_the_person() -> None:
    with Platform() as platform:
        platform.answers[api.PERSON_INFO] = page(KNOWN | {"personPhoto": [{"personPhotoIndexCode": "f1"}]})
        outcome = platform.remove()
        assert isinstance(outcome, Retry)
        assert "人脸" in outcome.text
        assert api.FACE_DELETE in platform.paths()
        assert api.PERSON_DELETE not in platform.paths()


@pytest.mark.parametrize("code", ["0", "0x00072202"])
def test_cards_are_returned_before_the_person_goes_where_that_is_wanted(code: str) -> None:
    with Platform(return_cards=True) as platform:
        platform.answers[api.PERSON_INFO] = lambda asked: page(
            *([] if api.PERSON_DELETE in platform.paths() else [KNOWN])
        )
        platform.answers[api.CARD_LIST] = page({"cardNo": "111", "personId": "E1-1"}, {"cardNo": "9", "personId": "x"})
        platform.answers[api.CARD_DELETE] = told(code=code)
        assert platform.remove() == Done()
        (card,) = [json.loads(each.body) for each in platform.server.asked if each.path.endswith("card/deletion")]
        assert card == {"cardNumber": "111", "personId": "E1-1"}
        assert platform.paths().index(api.CARD_DELETE) < platform.paths().index(api.PERSON_DELETE)


def test_a_signature_error_shows_neither_key_nor_what_was_signed() -> None:
    with Platform() as platform:
        platform.answers[api.PERSON_ADD] = told(code="0x02401003", msg="appKey 29000001 StringToSign: POST */*")
        outcome = platform.create()
        assert isinstance(outcome, Retry)
        assert outcome.outage
        assert not [each for each in ("29000001", "StringToSign", "testsecret") if each in outcome.text]


def test_two_clocks_that_differ_are_named_by_the_doctor() -> None:
    hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    with Platform() as platform:
        body = json.dumps({"code": "0", "msg": "", "data": {"orgIndexCode": "root000000"}}).encode()
        platform.answers[api.ROOT_ORG] = answered(200, body, Date=hour)
        findings = list(platform.connector.check())
        assert [each for each in findings if "时钟" in each.text and "NTP" in each.remedy], findings


def test_a_huge_answer_is_given_up() -> None:
    with Platform(answer_timeout=3) as platform:
        platform.answers[api.PERSON_INFO] = answered(200, b"x" * 17_000_000)
        started = time.monotonic()
        with pytest.raises(ConnectorError):
            platform.connector.observe(PERSON)
        assert time.monotonic() - started < 20
