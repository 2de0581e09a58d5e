"""Odd answers of an OA to reads: what is no answer is never "nobody there"."""

import json
from typing import Any

import pytest

from connectors.errors import Ambiguous, ConnectorError, Denied, Unreadable
from connectors.oa.connector import OaConnector
from connectors.simulation.running import Running
from connectors.simulation.vendor import Told
from mappings.model import Action, Conflict, Done, Retry
from tests.contract.oa.canned import HALL, LINKED, MEMBER, UNIT, WHO, Canned, change, connect
from tests.contract.target import operation, ref


def test_a_wide_negative_id_is_kept_to_the_last_digit(connector: OaConnector, canned: Canned) -> None:
    seen = connector.observe(ref(1))
    assert seen is not None
    assert seen.remote_id == "-9007199254740993001"
    canned.says["PUT orgMember"] = {"success": True, "successMsgs": [{"code": "SUCCESS", "ent": WHO}], "errorMsgs": []}
    assert connector.apply(change(name="王二")) == Done()
    ((_, body),) = [each for each in canned.heard if each[0] == "PUT orgMember"]
    assert (body["id"], body["orgAccountId"], body["name"]) == (MEMBER, UNIT, "王二")


@pytest.mark.parametrize("id", [b"-9.007199254740993e18", b"1.5", b"true", b'"abc"', b"[1]"])
def test_an_id_that_is_no_whole_number_is_not_trusted(connector: OaConnector, canned: Canned, id: bytes) -> None:
    canned.says["GET orgMembers/code/E1"] = json.dumps([WHO]).encode().replace(str(MEMBER).encode(), id)
    with pytest.raises(Unreadable):
        connector.observe(ref(1))


def test_ids_as_texts_are_ids(connector: OaConnector, canned: Canned) -> None:
    canned.says["GET orgMembers/code/E1"] = [WHO | {"id": str(MEMBER), "orgAccountId": str(UNIT)}]
    seen = connector.observe(ref(1))
    assert seen is not None
    assert seen.remote_id == str(MEMBER)


@pytest.mark.parametrize("refusal", [{"code": 500, "message": "页码错误"}, {"success": False}])
def test_a_build_that_refuses_page_0_each_time_begins_with_1(
    connector: OaConnector, canned: Canned, refusal: dict[str, Any]
) -> None:
    answers = iter([refusal, [HALL], refusal])
    canned.says[f"GET orgDepartments/all/{UNIT}"] = lambda _: next(answers)
    page = connector.departments(None)
    assert ([each.key for each in page.accounts], page.complete) == (["D1"], True)


@pytest.mark.parametrize("nothing", [[], None, b"", {}, [WHO | {"isDeleted": True}]])
def test_the_ways_to_say_nobody(connector: OaConnector, canned: Canned, nothing: Any) -> None:
    canned.says["GET orgMembers/code/E1"] = nothing
    assert connector.observe(ref(1)) is None


@pytest.mark.parametrize(
    "said",
    [
        {"code": 500, "message": "系统繁忙"},
        {"success": False, "errorMsgs": [{"code": "X"}]},
        "text",
        [1, 2],
        [{"name": "王芳"}],
        b"[{",
        b"<html><body>login</body></html>",
        Told(404, b"{}"),
        Told(302, b"", headers={"Location": "http://127.0.0.1:1/"}),
    ],
)
def test_whatever_else_is_said_is_not_nobody(connector: OaConnector, canned: Canned, said: Any) -> None:
    canned.says["GET orgMembers/code/E1"] = said
    with pytest.raises(ConnectorError):
        connector.observe(ref(1))


def test_a_refused_call_is_denied_with_what_to_do(connector: OaConnector, canned: Canned) -> None:
    canned.says["GET orgMembers/code/E1"] = Told(403, b"{}")
    with pytest.raises(Denied, match="授权"):
        connector.observe(ref(1))


def test_two_of_one_code_are_ambiguous_and_neither_is_written(connector: OaConnector, canned: Canned) -> None:
    canned.says["GET orgMembers/code/E1"] = [WHO, WHO | {"id": 77}]
    with pytest.raises(Ambiguous):
        connector.observe(ref(1))
    assert isinstance(connector.apply(operation(Action.LOCK, ref(1))), Conflict)
    assert canned.calls("PUT") == []


def test_another_one_than_was_asked_for_is_not_taken(connector: OaConnector, canned: Canned) -> None:
    canned.says[f"GET orgMember/{MEMBER}"] = WHO | {"id": 77}
    with pytest.raises(Unreadable):
        connector.observe(LINKED)


@pytest.mark.parametrize("said", [{"id": "-1"}, {"id": None}, [], b"-1", b"<html>", Told(401, b"{}"), Told(403, b"")])
def test_no_token_no_call(connector: OaConnector, canned: Canned, said: Any) -> None:
    canned.says["POST token"] = said
    with pytest.raises(ConnectorError):
        connector.observe(ref(1))
    assert isinstance(connector.apply(operation(Action.LOCK, LINKED)), Retry)
    assert canned.calls("GET") + canned.calls("PUT") == []


def test_a_bare_token_is_one(connector: OaConnector, canned: Canned) -> None:
    canned.says["POST token"] = b"0bd47afe-22ab-5b1e-8068-1794bc4a9f67"
    assert connector.observe(ref(1)) is not None


def test_a_build_that_shows_locked_people_by_code_is_not_read_through(running: Running, canned: Canned) -> None:
    assert connect(running, code_shows_locked=True).observe(ref(2)) is None
    assert [call for call in canned.calls("GET") if "/all/" in call] == []
    assert connect(running, user="other").observe(ref(2)) is None
    assert [call for call in canned.calls("GET") if "/all/" in call] != []


def test_a_unit_of_an_unclear_name_is_not_guessed(connector: OaConnector, canned: Canned) -> None:
    canned.says["GET orgAccounts"] = [
        {"id": 1, "name": "崖州区", "code": "A"},
        {"id": 2, "name": "崖州区", "code": "B"},
    ]
    with pytest.raises(Ambiguous):
        connector.observe_all(None)
