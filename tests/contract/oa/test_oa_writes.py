"""Odd answers of an OA to writes: what was done, what was not, and what nobody knows."""

from typing import Any

import pytest

from connectors.oa.connector import OaConnector
from connectors.simulation.vendor import Told
from mappings.model import (
    AccountState,
    Action,
    Conflict,
    Done,
    Kind,
    Memberships,
    Presence,
    Ref,
    Refused,
    Retry,
    Unknown,
)
from tests.contract.oa.canned import HALL, LINKED, MEMBER, OFFICE, UNIT, WHO, Canned, change
from tests.contract.target import operation, ref


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"success": True, "successMsgs": [], "errorMsgs": []}, Done),
        (True, Done),
        (b"Success", Done),
        ({"success": False, "errorMsgs": [{"code": "NOT_LISTED"}]}, Refused),
        ({"success": True, "errorMsgs": [{"code": "NOT_LISTED"}]}, Refused),
        ({"code": 4711, "message": "不行"}, Refused),
        (False, Refused),
        (Told(400, b'{"code": 400, "message": "bad"}'), Refused),
        (Told(404, b"<html></html>", "text/html"), Refused),
        (Told(403, b""), Retry),
        (Told(429, b""), Retry),
        ({}, Unknown),
        (None, Unknown),
        (b"", Unknown),
        (b"<html>", Unknown),
        (b'{"success": tr', Unknown),
        (Told(500, b"{}"), Unknown),
        (Told(302, b"", headers={"Location": "/login"}), Unknown),
    ],
)
def test_what_an_answer_to_a_write_means(connector: OaConnector, canned: Canned, said: Any, outcome: type) -> None:
    canned.says[f"PUT orgMember/{MEMBER}/enabled/false"] = said
    found = connector.apply(operation(Action.LOCK, LINKED))
    assert isinstance(found, outcome)
    if isinstance(found, Refused) and "NOT_LISTED" in str(said):
        assert found.code == "NOT_LISTED"
        assert "NOT_LISTED" in found.text


def created_locked() -> Any:
    attributes = {"loginName": ("lisi",), "name": ("李四",)}
    wanted = AccountState("E2", Presence.LOCKED, attributes, Memberships("D1"))
    home = Ref("d1", Kind.GROUP, "D1", str(OFFICE))
    return operation(Action.CREATE, ref(2), None, wanted, home)


def test_a_build_that_makes_everybody_open_is_made_to_lock_at_once(connector: OaConnector, canned: Canned) -> None:
    made = WHO | {"id": 99, "code": "E2", "loginName": "lisi", "enabled": True}
    canned.says["POST orgMember"] = {"success": True, "successMsgs": [{"code": "SUCCESS", "ent": made}]}
    canned.says["GET orgMember/99"] = made
    canned.says["PUT orgMember/99/enabled/false"] = {"success": True}
    assert connector.apply(created_locked()) == Done()
    writes = [call for call in canned.calls("P") if "token" not in call]
    assert writes == ["POST orgMember", "PUT orgMember/99/enabled/false"]


def test_who_could_not_be_locked_at_once_is_not_called_done(connector: OaConnector, canned: Canned) -> None:
    made = WHO | {"id": 99, "code": "E2", "enabled": True}
    canned.says["POST orgMember"] = {"success": True, "successMsgs": [{"code": "SUCCESS", "ent": made}]}
    canned.says["GET orgMember/99"] = made
    canned.says["PUT orgMember/99/enabled/false"] = {"success": False, "errorMsgs": [{"code": "X"}]}
    assert isinstance(connector.apply(created_locked()), Refused)


def test_a_login_that_somebody_deleted_still_holds_is_a_conflict(connector: OaConnector, canned: Canned) -> None:
    canned.says["POST orgMember"] = {"success": False, "errorMsgs": [{"code": "PRINCIPAL_REPEAT_NAME"}]}
    outcome = connector.apply(created_locked())
    assert isinstance(outcome, Conflict)
    assert outcome.holder == "lisi"
    assert "已删除" in outcome.text


def test_a_removal_that_is_not_seen_to_have_happened_is_not_done(connector: OaConnector, canned: Canned) -> None:
    canned.says[f"DELETE orgMember/{MEMBER}"] = {"success": True}
    assert isinstance(connector.apply(operation(Action.REMOVE, LINKED)), Unknown)


def test_second_posts_that_are_passed_over_without_a_word_are_noticed(connector: OaConnector, canned: Canned) -> None:
    canned.says["PUT orgMember"] = {"success": True, "successMsgs": [{"code": "SUCCESS", "ent": WHO}]}
    other = HALL | {"id": 12, "code": "D2"}
    canned.says["GET orgDepartment/12"] = other
    outcome = connector.apply(operation(Action.JOIN, LINKED, group=Ref("d2", Kind.GROUP, "D2", "12")))
    assert isinstance(outcome, Refused)
    assert outcome.code == "second_post"


def test_a_second_post_is_written_as_the_build_takes_it_and_kept_so(connector: OaConnector, canned: Canned) -> None:
    def takes_only_dep_id(body: Any) -> Any:
        kept = [each for each in body["second_post"] if "depId" in each]
        return {"success": True, "successMsgs": [{"code": "SUCCESS", "ent": WHO | {"second_post": kept}}]}

    canned.says["PUT orgMember"] = takes_only_dep_id
    canned.says["GET orgDepartment/12"] = HALL | {"id": 12, "code": "D2"}
    join = operation(Action.JOIN, LINKED, group=Ref("d2", Kind.GROUP, "D2", "12"))
    assert connector.apply(join) == Done()
    assert connector.apply(join) == Done()
    bodies = [body["second_post"] for call, body in canned.heard if call == "PUT orgMember"]
    assert [list(each[0]) for each in bodies] == [["postId", "deptId"], ["postId", "depId"], ["postId", "depId"]]


def test_a_post_that_is_missing_is_refused_by_name_before_any_write(connector: OaConnector, canned: Canned) -> None:
    outcome = connector.apply(change(post="二级调研员"))
    assert isinstance(outcome, Refused)
    assert "「二级调研员」" in outcome.text
    assert "崖州区" in outcome.text
    assert canned.calls("PUT") == []


def test_a_post_that_was_just_made_is_found(connector: OaConnector, canned: Canned) -> None:
    connector.observe(ref(1))
    canned.says[f"GET orgPosts/{UNIT}"] = [{"id": 22, "name": "二级调研员", "code": "09"}]
    canned.says["PUT orgMember"] = {"success": True, "successMsgs": [{"code": "SUCCESS", "ent": WHO}]}
    assert connector.apply(change(post="二级调研员")) == Done()


def test_an_administrator_of_the_oa_is_never_written(connector: OaConnector, canned: Canned) -> None:
    canned.says[f"GET orgMember/{MEMBER}"] = WHO | {"isAdmin": True}
    outcome = connector.apply(operation(Action.LOCK, LINKED))
    assert isinstance(outcome, Refused)
    assert outcome.code == "protected"
    assert canned.calls("PUT") == []
