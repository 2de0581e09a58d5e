"""Facts of a User that cannot be, what a PUT keeps of them, and who is the same by `value`."""

from typing import Any

import orjson
import pytest

from scim_server.scim.errors import InvalidValue, Mutability
from scim_server.scim.fact_checks import departments_named, is_date
from scim_server.scim.kept import merged, split
from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_USER, USER
from scim_server.scim.validate import validate
from tests.scim.facts import CASE, HIRE, LENT, LOCK, POST, STORED, TYPE, body, facts_of, user


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"employmentCategory": None}, "employmentCategory is required"),
        ({"employmentCategory": "boss"}, "employmentCategory is one of"),
        ({"leaderLevel": "city"}, "leaderLevel is one of"),
        ({"accessNeeds": {"oa": "perhaps"}}, "oa is true or false"),
        ({"posts": [{**POST, "value": None}]}, "value is required"),
        ({"posts": [{**POST, "kind": None}]}, "assignments.kind is required"),
        ({"posts": [{**POST, "kind": "hobby"}]}, "cnroster:2.0:User:assignments.kind is one of"),
        ({"posts": [{**POST, "scope": None}]}, "scope is required"),
        ({"posts": [{**POST, "scope": "abroad"}]}, "scope is one of"),
        ({"posts": [{**POST, "startDate": None}]}, "startDate is required"),
        ({"posts": [{**POST, "startDate": "2026-02-30"}]}, "a1: startDate is a date"),
        ({"posts": [{**POST, "startDate": "2026-2-3"}]}, "startDate is a date"),
        ({"posts": [{**POST, "startDate": "2026-03-02T00:00:00Z"}]}, "startDate is a date"),
        ({"posts": [{**POST, "startDate": "２０２６-03-02"}]}, "startDate is a date"),
        ({"posts": [{**POST, "plannedEndDate": "soon"}]}, "plannedEndDate is a date"),
        ({"posts": [{**POST, "endDate": "2026-13-01"}]}, "endDate is a date"),
        ({"posts": [{**POST, "endDate": "2020-01-01"}]}, "endDate lies before startDate"),
        ({"posts": [{**POST, "department": None}]}, "department is required"),
        ({"posts": [{**POST, "scope": "inbound"}]}, "externalOrganization is required"),
        ({"posts": [{**POST, "scope": "outbound", "department": None}]}, "externalOrganization is required"),
        ({"posts": [{**LENT, "sendingDepartment": None}]}, "sendingDepartment is required"),
        ({"posts": [{**LENT, "kind": "attachment", "sendingDepartment": None}]}, "sendingDepartment is required"),
        ({"posts": [POST, {**POST, "startDate": "2021-01-01"}]}, "assignments: value is unique"),
        ({"events": [{**HIRE, "value": None}]}, "value is required"),
        ({"events": [{**HIRE, "type": None}]}, "type is required"),
        ({"events": [{**HIRE, "type": "holiday"}]}, "type is one of"),
        ({"events": [{**HIRE, "effectiveDate": None}]}, "effectiveDate is required"),
        ({"events": [{**HIRE, "effectiveDate": "2025-02-29"}]}, "effectiveDate is a date"),
        ({"events": [{**CASE, "endDate": "x"}]}, "endDate is a date"),
        ({"events": [{**CASE, "endDate": "2026-03-17"}]}, "endDate lies before effectiveDate"),
        ({"events": [{**HIRE, "entryRoute": "friend"}]}, "entryRoute is one of"),
        ({"events": [{**LOCK, "entryRoute": "recruited"}]}, "entryRoute is for"),
        ({"events": [{**HIRE, "outcome": "cleared"}]}, "outcome is for"),
        ({"events": [{**LOCK, "workSuspended": False}]}, "workSuspended is for"),
        ({"events": [{**LOCK, "authority": "x"}]}, "authority is for"),
        ({"events": [HIRE, {**HIRE, "effectiveDate": "2021-01-01"}]}, "statusEvents: value is unique"),
        ({"outside": {"externalId": None}}, "externalId is required"),
        ({"outside": {"externalId": ""}}, "externalId is required"),
        ({"outside": {ENTERPRISE_USER: {"employeeNumber": "YZ2"}}}, "employeeNumber"),
    ],
)
def test_facts_that_cannot_be_and_the_word_that_says_why(facts: Any, word: str) -> None:
    with pytest.raises(InvalidValue, match=word) as refused:
        user(**facts)
    assert "CANARY" not in refused.value.detail


@pytest.mark.parametrize(
    "facts",
    [
        {"posts": []},
        {"events": None},
        {"events": [HIRE, {**HIRE, "value": "h2"}]},  # hire-without-departure is an anomaly, no error
        {"posts": [POST, {**POST, "value": "a2"}]},  # so is several-primary
        {"posts": [{**POST, "scope": "outbound", "department": None, "externalOrganization": "省教育厅"}]},
        {"posts": [{**LENT, "scope": "inbound", "sendingDepartment": None, "externalOrganization": "三亚市"}]},
        {"posts": [{**POST, "endDate": "2020-01-02"}]},
        {"posts": [{**POST, "plannedEndDate": "2019-01-01"}]},
        {"events": [{**CASE, "outcome": "cleared"}, LOCK]},
        {"outside": {ENTERPRISE_USER: {"employeeNumber": "YZ1"}}},
    ],
)
def test_what_contradicts_the_regulation_only_is_accepted(facts: Any) -> None:
    assert user(**facts)["schemas"][-1] == ROSTER_USER


@pytest.mark.parametrize("day", ["0001-01-01", "2024-02-29", "9999-12-31"])
def test_a_day_of_the_calendar(day: str) -> None:
    assert is_date(day)


@pytest.mark.parametrize(
    "day", ["", "0000-01-01", "2023-02-29", "20260302", "2026-W10-1", " 2026-03-02", "2026-03-02\n"]
)
def test_what_is_no_day_of_the_calendar(day: str) -> None:
    assert not is_date(day)


def test_departments_that_must_be_there() -> None:
    away = {**LENT, "scope": "outbound", "department": "elsewhere"}
    named = departments_named({"assignments": [{**LENT, "receivingDepartment": "G06-1"}, away]})
    assert list(named) == [
        ("department", "G06"),
        ("sendingDepartment", "G02"),
        ("receivingDepartment", "G06-1"),
        ("sendingDepartment", "G02"),
    ]


# -- two halves


def test_what_is_returned_on_request_is_kept_apart_and_comes_together_again() -> None:
    whole = user(events=[HIRE, CASE])
    shown, kept = split(whole)
    assert "statusEvents" not in shown[ROSTER_USER]
    assert kept == {ROSTER_USER: {"statusEvents": facts_of(whole)["statusEvents"]}}
    both = merged(orjson.dumps(shown), orjson.dumps(kept))
    assert both == orjson.dumps(whole)
    assert merged(orjson.dumps(shown), orjson.dumps(kept), ["requiredStates"]) == orjson.dumps(shown)
    assert merged(b'{"userName":"x"}', None) == b'{"userName":"x"}'


# -- PUT


def replaced(**facts: Any) -> dict[str, Any]:
    return validate(TYPE, body(**facts), STORED)


def test_a_put_without_the_extension_keeps_the_facts_and_the_key() -> None:
    assert validate(TYPE, {"schemas": [USER], "userName": "lisi"}, STORED) == {
        "schemas": [USER, ROSTER_USER],
        "externalId": "YZ1",
        "userName": "lisi",
        "active": True,
        ROSTER_USER: STORED[ROSTER_USER],
    }


def test_a_put_clears_what_it_could_have_seen_and_keeps_what_it_could_not() -> None:
    found = facts_of(replaced(posts=[POST], events=None))
    assert found == {
        "employmentCategory": "administrative",
        "assignments": [POST],
        "statusEvents": STORED[ROSTER_USER]["statusEvents"],
        "requiredStates": {"ldap": "locked"},
    }


def test_an_empty_list_is_one_that_is_missing() -> None:
    assert facts_of(replaced(events=[]))["statusEvents"] == STORED[ROSTER_USER]["statusEvents"]  # RFC 7643 section 2.5


def test_an_event_of_the_same_value_keeps_what_its_answer_did_not_show() -> None:
    bare = {name: value for name, value in CASE.items() if name not in ("workSuspended", "authority")}
    found = facts_of(replaced(posts=[POST, LENT], events=[LOCK, bare, HIRE]))
    assert found["statusEvents"] == [LOCK, facts_of(user(events=[CASE]))["statusEvents"][0], HIRE]
    ended = {**bare, "endDate": "2026-05-01", "workSuspended": False}
    case = facts_of(replaced(events=[LOCK, ended, HIRE]))["statusEvents"][1]
    assert (case["workSuspended"], case["endDate"], case["authority"]) == (False, "2026-05-01", "CANARY-authority")


@pytest.mark.parametrize("events", [[HIRE, CASE], [HIRE, LOCK], [HIRE, LOCK, {**LOCK, "value": "i1"}]])
def test_a_lock_never_ends_by_being_left_out_of_a_put(events: Any) -> None:
    with pytest.raises(Mutability, match="endDate") as refused:
        replaced(events=events)
    assert "CANARY" not in refused.value.detail


def test_other_events_may_be_left_out_of_a_put() -> None:
    assert facts_of(replaced(events=[CASE, LOCK]))["statusEvents"] == [
        facts_of(user(events=[CASE]))["statusEvents"][0],
        LOCK,
    ]


def test_the_key_of_a_person_with_facts_never_changes() -> None:
    for outside in ({"externalId": "YZ2"}, {"externalId": ""}):
        with pytest.raises(Mutability, match="externalId"):
            replaced(outside=outside, events=None)
