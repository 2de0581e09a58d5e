"""What a WeCom may answer besides: warnings, wrong shapes, a gateway's pages. And what is sent, byte by byte."""

import json
import logging
import time
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from connectors.errors import ConnectorError, Denied, Unreadable
from connectors.wecom.config import WecomConfig
from connectors.wecom.connector import WecomConnector
from mappings.model import AccountState, Action, Done, Kind, Memberships, Operation, Presence, Ref, Refused, Unknown
from tests.contract.target import operation
from tests.servers.canned_http import Asked, CannedHttp, Reply, answered, json_answer

E1 = Ref("s1", Kind.PERSON, "E1", "E1", "E1")
D1 = Ref("d1", Kind.GROUP, "D1", "7", "办公室")
MEMBER = {
    "userid": "E1",
    "name": "王芳𠮷",
    "status": 1,
    "department": [7],
    "main_department": 7,
    "order": [0],
    "is_leader_in_dept": [0],
    "position": "",
}
OK = {"errcode": 0, "errmsg": "ok"}


class Canned(CannedHttp):
    """Answers of a test's own by verb; a token, and a member E1, besides."""

    corps = count()  # tokens are shared in a process, and the system gives a port again

    def __init__(self, **answers: Any) -> None:
        self.corp_id = f"ww{next(self.corps)}"
        self.answers = {name.replace("__", "/"): answer for name, answer in answers.items()}
        super().__init__(self._reply)

    def _reply(self, asked: Asked) -> Reply:
        verb = asked.path.removeprefix("/pre/cgi-bin/")
        if verb in self.answers:
            answer = self.answers[verb]
            return answer if isinstance(answer, bytes) else json_answer(answer)
        if verb == "gettoken":
            return json_answer(OK | {"access_token": "t-geheim", "expires_in": 7200})
        return json_answer(OK | (MEMBER if verb == "user/get" else {}))

    def connector(self, **settings: Any) -> WecomConnector:
        told = {
            "url": f"{self.url}/pre/",
            "corp_id": self.corp_id,
            "secret": "s-geheim",
            "answer_timeout": 5,
        } | settings
        return WecomConnector("wecom", WecomConfig(**told), time.monotonic, lambda: datetime.now(UTC))

    def sent(self, verb: str) -> list[Asked]:
        return [each for each in self.asked if each.path == f"/pre/cgi-bin/{verb}"]


def rename(name: str = "王芳") -> Operation:
    before = AccountState("E1", Presence.ACTIVE, {"name": ("王",)})
    return operation(Action.UPDATE, E1, before, AccountState("E1", Presence.ACTIVE, {"name": (name,)}))


def creation(presence: Presence = Presence.ACTIVE, **more: tuple[str, ...]) -> Operation:
    attributes = {"name": ("王芳𠮷",), "mobile": ("13800000001",)} | more
    after = AccountState("E1", presence, attributes, Memberships("D1"))
    return operation(Action.CREATE, Ref("s1", Kind.PERSON, "E1"), None, after, D1)


def test_a_creation_is_one_call_with_exact_types_in_raw_utf8_and_the_token_in_the_query() -> None:
    """`\\uXXXX` is refused with 40033; a department that is a text makes WeCom say "updated. Warning"."""
    with Canned() as server:
        connector = server.connector()
        assert connector.apply(creation(Presence.LOCKED, position=("科长",))) == Done()
        connector.close()
    (asked,) = server.sent("user/create")
    assert json.loads(asked.body) == {
        "userid": "E1",
        "name": "王芳𠮷",
        "mobile": "13800000001",
        "position": "科长",
        "department": [7],
        "main_department": 7,
        "enable": 0,
        "to_invite": False,
    }
    assert "王芳𠮷".encode() in asked.body
    assert asked.query == {"access_token": "t-geheim"}
    assert "t-geheim" not in str(asked.headers)
    assert len(server.asked) == 2


def test_a_success_with_a_warning_is_logged_and_not_believed(caplog: pytest.LogCaptureFixture) -> None:
    warning = {"errcode": 0, "errmsg": "updated. Warning: wrong json format, hint 王方 13800138000"}
    with Canned(user__update=warning) as server:
        connector = server.connector()
        outcome = connector.apply(rename("王方"))
        connector.close()
    assert isinstance(outcome, Refused)
    assert "name" in outcome.text
    assert "wecom user/update: done with a warning, code 0" in caplog.text
    assert "王方" not in caplog.text
    assert "13800138000" not in caplog.text, "the vendor's words are not logged"
    assert "geheim" not in caplog.text


def test_a_success_with_a_warning_is_believed_once_it_has_been_read_back() -> None:
    warning = {"errcode": 0, "errmsg": "created. Warning: wrong json format."}
    with Canned(user__create=warning) as server:
        connector = server.connector()
        assert connector.apply(creation()) == Done()
        connector.close()
    assert len(server.sent("user/get")) == 1


def test_a_lock_with_a_warning_is_unknown() -> None:
    with Canned(user__update={"errcode": 0, "errmsg": "Warning"}) as server:
        connector = server.connector()
        assert isinstance(connector.apply(operation(Action.LOCK, E1)), Unknown)
        connector.close()


NO_ANSWERS = [
    pytest.param({}, id="no errcode"),
    pytest.param({"errcode": "0"}, id="errcode as a text"),
    pytest.param({"errcode": True}, id="errcode as a truth"),
    pytest.param({"errcode": None}, id="errcode null"),
    pytest.param([], id="a list"),
    pytest.param("ok", id="a text"),
    pytest.param(answered(200, b""), id="nothing"),
    pytest.param(answered(200, b"<html>login</html>", "text/html"), id="a page"),
]


@pytest.mark.parametrize("answer", NO_ANSWERS)
def test_an_answer_without_an_errcode_is_none(answer: Any) -> None:
    with Canned(user__get=answer, user__create=answer) as server:
        connector = server.connector()
        with pytest.raises(Unreadable):
            connector.observe(E1)
        assert isinstance(connector.apply(creation()), Unknown)
        connector.close()


@pytest.mark.parametrize("status", [200, 400, 403, 418])
def test_the_errcode_decides_and_never_the_http_status(status: int) -> None:
    with Canned(user__get=json_answer({"errcode": 60111}, status)) as server:
        connector = server.connector()
        assert connector.observe(E1) is None
        connector.close()


@pytest.mark.parametrize("code", [60111])
def test_only_one_code_says_that_nobody_is_there(code: int) -> None:
    from connectors.wecom.codes import CODES

    for each in CODES:
        with Canned(user__get={"errcode": each, "errmsg": "x"}) as server:
            connector = server.connector()
            if each == code:
                assert connector.observe(E1) is None
            else:
                with pytest.raises(ConnectorError):
                    connector.observe(E1)
            connector.close()


SHAPES = [
    pytest.param({"userid": None}, id="no userid"),
    pytest.param({"status": None}, id="no status"),
    pytest.param({"status": "1"}, id="status as a text"),
    pytest.param({"status": 3}, id="a status that nobody knows"),
]


@pytest.mark.parametrize("change", SHAPES)
def test_a_member_of_whom_one_cannot_tell_who_or_how_he_is_is_unreadable(change: dict[str, Any]) -> None:
    with Canned(user__get=OK | MEMBER | change) as server:
        connector = server.connector()
        with pytest.raises(Unreadable):
            connector.observe(E1)
        connector.close()


@pytest.mark.parametrize(
    "row", [{}, "E1", {"userid": "E1"}, {"userid": 1, "department": 1}, {"userid": "E1", "department": [1]}]
)
def test_ids_that_are_told_in_no_known_way_are_no_reading(row: Any) -> None:
    """A KeyError or TypeError here was a bug, for which rows are parked."""
    tree = OK | {"department_id": [{"id": 1, "parentid": 0, "order": 1}]}
    said = OK | {"dept_user": [row], "next_cursor": ""}
    with Canned(department__simplelist=tree, user__list_id=said) as server, pytest.raises(Unreadable):
        server.connector(listing="list_id").observe_all(None)


def test_a_department_of_a_member_that_is_no_number_is_passed_over() -> None:
    tree = OK | {"department_id": [{"id": 1, "parentid": 0, "order": 1}]}
    said = OK | {"userlist": [MEMBER | {"department": [[1], {}, 1]}]}
    with Canned(department__simplelist=tree, user__list=said) as server:
        assert [each.key for each in server.connector(listing="list").observe_all(None).accounts] == [MEMBER["userid"]]


def test_what_the_vendor_withholds_was_not_read_and_is_no_absence() -> None:
    few = {name: MEMBER[name] for name in ("userid", "status", "department")}
    with Canned(user__get=OK | few) as server:
        connector = server.connector()
        seen = connector.observe(E1)
        connector.close()
    assert seen == AccountState("E1", Presence.ACTIVE, {"userid": ("E1",)}, Memberships("7"), "E1", "E1")


def test_orders_and_leaders_that_are_not_shown_are_not_invented() -> None:
    few = {name: MEMBER[name] for name in ("userid", "status", "department", "main_department", "name")}
    with Canned(user__get=OK | few) as server:
        connector = server.connector()
        assert connector.apply(operation(Action.JOIN, E1, group=Ref("d2", Kind.GROUP, "D2", "8"))) == Done()
        connector.close()
    (asked,) = server.sent("user/update")
    assert json.loads(asked.body) == {"userid": "E1", "department": [7, 8], "main_department": 7}


@pytest.mark.parametrize(
    "token",
    [
        {"errcode": 0, "errmsg": "ok"},
        {"errcode": 0, "errmsg": "ok", "access_token": "", "expires_in": 7200},
        {"errcode": 0, "errmsg": "ok", "access_token": "x", "expires_in": "7200"},
        {"errcode": 40091, "errmsg": "secret"},
    ],
)
def test_a_token_that_is_none_is_told_before_anything_is_sent(token: dict[str, Any]) -> None:
    with Canned(gettoken=token) as server:
        connector = server.connector()
        with pytest.raises(ConnectorError) as raised:
            connector.observe(E1)
        assert raised.value.outage
        connector.close()
    assert len(server.asked) == 1


def test_a_call_that_a_release_does_not_have_is_named() -> None:
    with Canned(user__get=answered(404, b"<html>nginx</html>", "text/html")) as server:
        connector = server.connector()
        with pytest.raises(Denied, match="user/get"):
            connector.observe(E1)
        connector.close()


def test_errmsg_is_never_shown_for_it_may_name_a_phone() -> None:
    said = {"errcode": 60104, "errmsg": "mobile existed:13800000001, hint: [x], from ip: 10.0.0.1"}
    with Canned(user__create=said, user__getuserid={"errcode": 48002, "errmsg": "13800000001"}) as server:
        connector = server.connector()
        outcome = connector.apply(creation())
        connector.close()
    assert "13800000001" not in repr(outcome)


def test_neither_token_nor_secret_nor_phone_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), Canned(user__create={"errcode": 60103, "errmsg": "x"}) as server:
        connector = server.connector()
        connector.apply(creation())
        connector.close()
    assert not [each for each in ("geheim", "13800000001", "王芳") if each in caplog.text]
