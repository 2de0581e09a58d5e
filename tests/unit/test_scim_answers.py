"""ETags, spliced answers, and what is shown of a resource."""

import json

import pytest

from scim_server.scim import answer
from scim_server.scim.errors import PreconditionFailed
from scim_server.scim.etag import demand, etag, matches
from scim_server.scim.projection import projection
from scim_server.scim.schemas import load
from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_USER, USER
from scim_server.store.resources import Shown

TYPE = load(True).user


@pytest.mark.parametrize(
    ("field", "holds"),
    [
        ('W/"3"', True),
        ('"3"', True),
        ("*", True),
        (" * ", True),
        ('W/"1", W/"3"', True),
        ('W/"1","3" , "4"', True),
        ('W/"1",,W/"3",', True),
        ('W/"33"', False),
        ('W/"1", W/"2"', False),
        ("3", False),
        ("", False),
        ('W/"3', False),
        ('w/"3"', False),
        ('W/"3" W/"1"', False),
        ("*, *", False),
    ],
)
def test_which_version_a_field_names(field: str, holds: bool) -> None:
    assert matches(field, 3) is holds


def test_a_long_malformed_field_costs_nothing() -> None:
    assert not matches('W/"1",' * 10_000 + "x", 3)
    assert not matches(" " * 60_000 + "x", 3)


def test_conditions_of_a_write() -> None:
    demand(None, None, 3)
    demand('W/"3"', 'W/"2"', 3)
    for if_match, if_none_match in ((etag(2), None), (None, "*"), (None, etag(3)), ("nonsense", None)):
        with pytest.raises(PreconditionFailed):
            demand(if_match, if_none_match, 3)


DOCUMENT = {
    "schemas": [USER, ENTERPRISE_USER],
    "userName": '张"三',
    "name": {"familyName": "张", "givenName": "三"},
    "emails": [{"value": "a@x", "type": "work"}],
    ENTERPRISE_USER: {"employeeNumber": "7", "division": "科"},
}


def whole() -> bytes:
    inside = answer.groups("https://h/v2", [("g1", '党"办')])
    shown = Shown("u1", "User", 3, json.dumps(DOCUMENT).encode(), "c", "m", joined=False)
    return answer.resource("User", answer.address("https://h/v2", "/Users"), shown, inside)


def test_an_answer_is_the_document_with_id_groups_and_meta() -> None:
    assert json.loads(whole()) == {
        **DOCUMENT,
        "id": "u1",
        "groups": [{"value": "g1", "$ref": "https://h/v2/Groups/g1", "display": '党"办', "type": "direct"}],
        "meta": {
            "resourceType": "User",
            "created": "c",
            "lastModified": "m",
            "location": "https://h/v2/Users/u1",
            "version": 'W/"3"',
        },
    }
    assert answer.members("https://h/v2", []) == b""


def test_a_list_is_its_resources_joined() -> None:
    assert json.loads(answer.list_response(7, 3, [whole(), whole()])) == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 7,
        "startIndex": 3,
        "itemsPerPage": 2,
        "Resources": [json.loads(whole())] * 2,
    }
    assert json.loads(answer.list_response(0, 1, []))["Resources"] == []


def shown(attributes: str | None = None, excluded: str | None = None) -> dict[str, object]:
    view = projection(TYPE, attributes, excluded)
    found: dict[str, object] = json.loads(whole() if view.everything else view.apply(TYPE, whole()))
    return found


@pytest.mark.parametrize(
    ("attributes", "keys"),
    [
        ("userName", {"userName"}),
        ("USERNAME, emails", {"userName", "emails"}),
        ("nope", set()),
        ("nope,userName", {"userName"}),
        (f"{USER}:userName", {"userName"}),
        (ENTERPRISE_USER, {ENTERPRISE_USER}),
        ("meta,groups", {"meta", "groups"}),
        ("password", set()),
        ("title", set()),
    ],
)
def test_attributes_name_what_is_shown_besides_what_always_is(attributes: str, keys: set[str]) -> None:
    assert shown(attributes).keys() == keys | {"schemas", "id"}


def test_sub_attributes_can_be_named() -> None:
    found = shown(f"name.familyName,emails.value,{ENTERPRISE_USER}:division,meta.version,groups.value")
    assert found == {
        "schemas": [USER, ENTERPRISE_USER],
        "id": "u1",
        "name": {"familyName": "张"},
        "emails": [{"value": "a@x"}],
        ENTERPRISE_USER: {"division": "科"},
        "meta": {"version": 'W/"3"'},
        "groups": [{"value": "g1"}],
    }


def test_excluded_attributes_are_not_shown_but_what_always_is_stays() -> None:
    found = shown(excluded=f"id,schemas,userName,name.givenName,emails,{ENTERPRISE_USER},meta.created,groups.$ref")
    assert found.keys() == {"schemas", "id", "name", "meta", "groups"}
    assert found["name"] == {"familyName": "张"}
    assert "created" not in found["meta"]  # type: ignore[operator]


def test_an_element_without_what_is_named_is_not_shown_as_an_empty_one() -> None:
    mails = [{"value": "a@x"}, {"value": "b@x", "type": "work"}]
    resource = json.dumps({"schemas": [USER], "id": "u", "emails": mails}).encode()
    assert json.loads(projection(TYPE, "emails.type", None).apply(TYPE, resource))["emails"] == [{"type": "work"}]
    assert "emails" not in json.loads(projection(TYPE, "emails.display", None).apply(TYPE, resource))
    without = projection(TYPE, None, "emails.value").apply(TYPE, resource)
    assert json.loads(without)["emails"] == [{"type": "work"}]


def test_both_together_and_neither() -> None:
    assert shown("name,userName", "name.givenName")["name"] == {"familyName": "张"}
    assert shown() == json.loads(whole())
    assert shown("", "") == json.loads(whole())


def test_what_an_answer_cannot_show_need_not_be_read() -> None:
    assert not projection(TYPE, "userName", None).wants("groups")
    assert not projection(TYPE, None, "groups").wants("groups")
    assert projection(TYPE, None, "groups.$ref").wants("groups")
    assert projection(TYPE, "groups.value", None).wants("groups")


def test_what_is_returned_on_request_is_shown_only_where_it_is_named() -> None:
    events = [{"value": "e1", "type": "hire", "authority": "x"}]
    resource = json.dumps(
        {"schemas": [USER], "id": "u", "userName": "z", ROSTER_USER: {"leaderLevel": "none", "statusEvents": events}}
    )

    def seen(attributes: str | None, excluded: str | None = None, restricted: bool = True) -> object:
        view = projection(TYPE, attributes, excluded, restricted)
        return json.loads(view.apply(TYPE, resource.encode())).get(ROSTER_USER)

    assert seen(None, "userName") == {"leaderLevel": "none"}
    assert seen(ROSTER_USER) == {"leaderLevel": "none"}
    assert seen(f"{ROSTER_USER}:statusEvents") == {"statusEvents": [{"value": "e1", "type": "hire"}]}
    assert seen(f"{ROSTER_USER}:statusEvents.authority") == {"statusEvents": [{"authority": "x"}]}
    both = f"{ROSTER_USER}:statusEvents,{ROSTER_USER}:statusEvents.authority"
    assert seen(both) == {"statusEvents": events}
    assert seen(f"{ROSTER_USER},{ROSTER_USER}:statusEvents.authority") == {
        "leaderLevel": "none",
        "statusEvents": [{"authority": "x"}],
    }
    assert seen(both, restricted=False) is None
    assert seen(f"{both},{ROSTER_USER}", restricted=False) == {"leaderLevel": "none"}


def test_a_part_that_is_named_beside_its_whole_takes_nothing_away() -> None:
    resource = json.dumps({"schemas": [USER], "id": "u", "name": {"familyName": "张", "givenName": "三"}}).encode()
    for names in ("name,name.familyName", "name.familyName,name", f"{USER}:name.familyName,name"):
        assert json.loads(projection(TYPE, names, None).apply(TYPE, resource))["name"] == {
            "familyName": "张",
            "givenName": "三",
        }
