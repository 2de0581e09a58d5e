"""The simulated OA: who may call."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from connectors.oa.simulator.switches import EVERYTHING, ORGANISATION
from connectors.simulation.running import Running
from connectors.simulation.vendor import Vendor
from tests.simulation.conftest import Clock
from tests.simulation.oa import Room

Furnish = Callable[..., Room]


@pytest.fixture
def oa(run: Callable[[Vendor], Running], http: httpx.Client) -> Furnish:
    return lambda **switches: Room(run, http, **switches)


def refused(told: httpx.Response, switch: str) -> bool:
    """Whether the token was refused in that way."""
    status = 401 if switch == "401" else 200
    return told.status_code == status and told.json()["code"] == 1010


def test_a_token_opens_the_header_and_the_query(oa: Furnish) -> None:
    room = oa()
    assert room.send("GET", "orgAccounts", token=room.token).json()[0]["name"] == "区政府"
    assert room.send("GET", "orgAccounts", token=None, params={"token": room.token}).json()[0]["name"] == "区政府"
    given = room.send("POST", "token", room.credentials(), token=None).json()
    assert given == {"id": given["id"], "bindingUser": None}
    assert given["id"] != room.token


@pytest.mark.parametrize("expired", ["401", "1010"])
def test_a_missing_and_an_unknown_token_are_refused(oa: Furnish, expired: str) -> None:
    room = oa(expired=expired)
    assert refused(room.send("GET", "orgAccounts", token=None), expired)
    assert refused(room.send("GET", "orgAccounts", token="someone-elses"), expired)
    assert refused(room.send("POST", "orgDepartment", room.new_department("区教育局"), token=None), expired)
    assert room.get(f"orgDepartments/{room.unit}") == []


@pytest.mark.parametrize("expired", ["401", "1010"])
def test_a_token_lives_while_it_is_used(oa: Furnish, clock: Clock, expired: str) -> None:
    room = oa(expired=expired, token_idle_s=900)
    for _ in range(5):
        clock.move(899)
        assert room.get("orgAccounts")
    clock.move(901)
    assert refused(room.send("GET", "orgAccounts"), expired)
    clock.move(-901)
    assert room.get("orgAccounts")  # the refused call was no use of it


def test_after_a_restart_of_the_oa_no_token_is_known_and_a_new_one_works(oa: Furnish) -> None:
    room = oa()
    before = room.token
    room.running.faults([{"match": "orgAccounts", "times": 1, "revoke_tokens": True}])
    assert refused(room.send("GET", "orgAccounts"), "401")
    room.token = room.new_token()
    assert room.token != before
    assert room.get("orgAccounts")
    assert refused(room.send("GET", "orgAccounts", token=before), "401")


@pytest.mark.parametrize("bad_login", ["401", "-1"])
def test_a_wrong_password_gets_no_token(oa: Furnish, bad_login: Any) -> None:
    room = oa()
    room.switches.bad_login = bad_login
    for wrong in ({"password": "guess"}, {"userName": "nobody"}, {"password": None}):
        told = room.send("POST", "token", room.credentials() | wrong, token=None)
        if bad_login == "401":
            assert refused(told, "401")
        else:
            assert told.json() == {"id": "-1", "bindingUser": None}
            assert refused(room.send("GET", "orgAccounts", token="-1"), "401")


def test_the_token_by_get_carries_the_password_in_its_path(oa: Furnish) -> None:
    room = oa()
    path = f"token/{room.switches.user}/{room.switches.password}"
    given = room.send("GET", path, token=None).json()
    assert room.send("GET", "orgAccounts", token=given["id"]).status_code == 200
    bound = room.send("GET", path, token=None, params={"loginName": "huaming"}).json()
    assert bound["bindingUser"]["loginName"] == "huaming"
    assert room.send("GET", f"token/{room.switches.user}/guess", token=None).status_code == 401


def test_some_versions_answer_the_bare_token(oa: Furnish) -> None:
    room = oa(token_as_text=True)
    told = room.send("GET", f"token/{room.switches.user}/{room.switches.password}", token=None)
    assert told.headers["content-type"].startswith("text/plain")
    assert room.send("GET", "orgAccounts", token=told.text).status_code == 200
    assert room.send("GET", f"token/{room.switches.user}/guess", token=None).status_code == 401


def test_a_token_is_bound_to_a_member_at_once_or_later(oa: Furnish) -> None:
    room = oa()
    place = room.vendor.put_department("办公室")
    ident = room.vendor.put_member("李娜", "lina", place)
    assert room.send("POST", "token", room.credentials("lina"), token=None).json()["bindingUser"]["id"] == ident
    later = room.new_token()
    told = room.send("PUT", "token", {"token": later, "loginName": "lina"}, token=None).json()
    assert told["id"] == later
    assert told["bindingUser"]["id"] == ident
    assert room.send("GET", "orgAccounts", token=later).status_code == 403
    assert refused(room.send("PUT", "token", {"token": "none", "loginName": "lina"}, token=None), "401")


def test_nobody_and_the_locked_are_not_bound(oa: Furnish) -> None:
    room = oa()
    room.vendor.put_member("李娜", "lina", room.vendor.put_department("办公室"), enabled=False)
    for login in ("lina", "nobody"):
        assert room.send("POST", "token", room.credentials(login), token=None).json()["bindingUser"] is None


@pytest.mark.parametrize("bound_reads", [False, True])
def test_in_the_name_of_a_member_the_organisation_is_not_written(oa: Furnish, bound_reads: bool) -> None:
    room = oa(bound_reads=bound_reads)
    token = room.new_token("huaming")
    told = room.send("POST", "orgDepartment", room.new_department("区教育局"), token=token)
    assert told.status_code == 403
    assert room.get(f"orgDepartments/{room.unit}") == []
    assert room.send("GET", "orgAccounts", token=token).status_code == (200 if bound_reads else 403)


def test_what_is_not_granted_is_refused(oa: Furnish) -> None:
    room = oa()
    room.switches.grants = EVERYTHING - {ORGANISATION}
    assert room.send("GET", "orgAccounts").status_code == 403
    assert room.send("POST", "message/loginName", {}).status_code == 200
    room.switches.grants = frozenset({ORGANISATION})
    assert room.send("GET", "orgAccounts").status_code == 200
    for path in ("message/loginName", "bpm/process/start", "coll/sentAffairs", "attachment"):
        assert room.send("POST", path, {}).status_code == 403


@pytest.mark.parametrize("status", [200, 500])
def test_what_nobody_serves_is_answered_with_a_page(oa: Furnish, status: int) -> None:
    room = oa(html_status=status)
    unserved = ["orgRole/1", "orgMember/abc", f"orgMember/{room.unit}/enabled/yes", "orgdepartment/1", "", "token/rest"]
    for path in unserved:
        told = room.send("GET", path)
        assert (told.status_code, told.headers["content-type"].split(";")[0]) == (status, "text/html"), path
    assert room.http.get(room.running.url + "/").status_code == status
    assert room.send("PATCH", "orgMember").status_code == status
    assert room.send("POST", "orgMember", content=b"{}").status_code == status  # not said to be JSON
