"""A request's resource becomes the document that is stored."""

import json
from typing import Any

import pytest

from scim_server.scim.department import valid_organization_code
from scim_server.scim.errors import InvalidSyntax, InvalidValue, Mutability, ScimError
from scim_server.scim.schemas import load
from scim_server.scim.urns import ENTERPRISE_USER, GROUP, ROSTER_GROUP, USER
from scim_server.scim.validate import validate
from scim_server.scim.values import instant

TABLE = load(True)


def user(**attributes: Any) -> dict[str, Any]:
    return validate(TABLE.user, {"schemas": [USER], "userName": "zhangsan", **attributes})


def group(
    facts: dict[str, Any] | None = None, stored: dict[str, Any] | None = None, **attributes: Any
) -> dict[str, Any]:
    extension = {} if facts is None else {ROSTER_GROUP: facts}
    return validate(TABLE.group, {"schemas": [GROUP], "displayName": "教育局", **extension, **attributes}, stored)


def test_names_get_the_spelling_and_the_order_of_the_schema() -> None:
    body = {
        "USERNAME": "zhangsan",
        "Schemas": [USER.upper()],
        "Emails": [{"TYPE": "work", "Value": "a@x"}],
        "externalid": "1",
    }
    document = validate(TABLE.user, body)
    assert json.dumps(document) == json.dumps(
        {
            "schemas": [USER],
            "externalId": "1",
            "userName": "zhangsan",
            "active": True,
            "emails": [{"value": "a@x", "type": "work"}],
        }
    )


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"emails": [{"value": 5}]}, "emails.value is a string."),
        ({"roles": [{"value": "x", "primary": "perhaps"}]}, "roles.primary is true or false."),
        ({ENTERPRISE_USER: {"division": 5}}, f"{ENTERPRISE_USER}:division is a string."),
        ({ENTERPRISE_USER: {"manager": {"value": 5}}}, f"{ENTERPRISE_USER}:manager.value is a string."),
    ],
)
def test_a_sentence_names_the_attribute_with_what_it_is_a_part_of(attributes: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        user(**attributes)
    assert refused.value.detail == said


def test_what_is_null_empty_readonly_unknown_or_a_password_is_not_stored() -> None:
    document = user(
        displayName=None,
        emails=[],
        phoneNumbers=[{"value": None, "type": None}],
        name={"familyName": None},
        id="mine",
        groups=[{"value": "g"}],
        meta={"version": "1"},
        password="secret",
        favouriteColour="red",
        externalId="",
        **{"urn:example:2.0:Unknown": {"a": 1}},
    )
    assert document == {"schemas": [USER], "userName": "zhangsan", "active": True}


def test_schemas_names_the_extensions_in_use() -> None:
    document = user(**{ENTERPRISE_USER.lower(): {"employeeNumber": "7", "manager": {"value": "m", "displayName": "x"}}})
    assert document["schemas"] == [USER, ENTERPRISE_USER]
    assert document[ENTERPRISE_USER] == {"employeeNumber": "7", "manager": {"value": "m", "$ref": "../Users/m"}}


def test_equal_values_of_one_attribute_collapse() -> None:
    mail = {"value": "a@x", "type": "work"}
    assert user(emails=[mail, dict(reversed(mail.items())), {"value": "a@x"}])["emails"] == [mail, {"value": "a@x"}]


@pytest.mark.parametrize(
    ("attributes", "error", "word"),
    [
        ({"userName": None}, InvalidValue, "userName"),
        ({"userName": ""}, InvalidValue, "userName"),
        ({"userName": 5}, InvalidValue, "userName"),
        ({"userName": "x" * 129}, InvalidValue, "128"),
        ({"userName": "ﷺ" * 20}, InvalidValue, "128"),  # one character becomes eighteen in the compared form
        ({"userName": " zhang"}, InvalidValue, "blank"),
        ({"userName": "zhang\u3000"}, InvalidValue, "blank"),
        ({"userName": "zhang\u200bsan"}, InvalidValue, "U+200B"),
        ({"userName": "zhang\u0000"}, InvalidValue, "U+0000"),
        ({"externalId": 12345}, InvalidValue, "externalId"),
        ({"active": "maybe"}, InvalidValue, "active"),
        ({"active": "true"}, InvalidValue, "active"),  # Entra's strings are a dialect of PUT and PATCH
        ({"active": 1}, InvalidValue, "active"),
        ({"emails": "a@x"}, InvalidValue, "emails"),
        ({"emails": {"value": "a@x"}}, InvalidValue, "emails"),
        ({"emails": ["a@x"]}, InvalidValue, "emails"),
        ({"emails": [{"value": ["a@x"]}]}, InvalidValue, "value"),
        ({"emails": [{"value": str(n)} for n in range(1001)]}, InvalidValue, "1000"),
        ({"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]}, InvalidValue, "primary"),
        ({"name": "张三"}, InvalidValue, "name"),
        ({"name": {"familyName": {"a": 1}}}, InvalidValue, "familyName"),
        ({"profileUrl": "not a url"}, InvalidValue, "profileUrl"),
        ({"x509Certificates": [{"value": "***"}]}, InvalidValue, "base64"),
        ({"displayName": "a\u202eb"}, InvalidValue, "U+202E"),
        ({"USERNAME": "other"}, InvalidSyntax, "twice"),
        ({"schemas": []}, InvalidSyntax, "schemas"),
        ({"schemas": USER}, InvalidSyntax, "schemas"),
        ({"schemas": [GROUP]}, InvalidSyntax, "schemas"),
        ({"schemas": None}, InvalidSyntax, "schemas"),
    ],
)
def test_what_is_refused_and_the_word_that_says_why(attributes: Any, error: type[ScimError], word: str) -> None:
    with pytest.raises(error, match=word.replace("+", r"\+")):
        user(**attributes)


@pytest.mark.parametrize("body", [None, [], "x", 5, True])
def test_a_resource_is_an_object(body: Any) -> None:
    with pytest.raises(InvalidSyntax):
        validate(TABLE.user, body)


@pytest.mark.parametrize("name", ["张三", "𬭎", "O'Brien,+\"\\<>;=#", "*()", "x" * 128, "a b", "阿依古丽·买买提"])
def test_a_user_name_is_kept_as_it_was_sent(name: str) -> None:
    assert user(userName=name)["userName"] == name


def test_put_clears_what_it_omits_but_never_active() -> None:
    stored = {"schemas": [USER], "userName": "zhangsan", "title": "科员", "active": False}
    assert validate(TABLE.user, {"schemas": [USER], "userName": "zhangsan"}, stored) == {
        "schemas": [USER],
        "userName": "zhangsan",
        "active": False,
    }
    assert validate(TABLE.user, {"schemas": [USER], "userName": "zhangsan", "active": True}, stored)["active"] is True


def test_an_address_keeps_its_lines() -> None:
    address = {"formatted": "100 Universal City Plaza\nHollywood, CA 91608 USA"}
    assert user(addresses=[address])["addresses"] == [address]


# -- departments

FACTS = {"departmentCode": "G02", "kind": "gov", "parent": "G"}


def test_the_code_of_a_department_is_its_external_id() -> None:
    assert list(group(FACTS)) == ["schemas", "externalId", "displayName", ROSTER_GROUP]
    assert group(FACTS)["externalId"] == "G02"
    assert group(FACTS, externalId="G02")["externalId"] == "G02"
    with pytest.raises(InvalidValue, match="externalId"):
        group(FACTS, externalId="G03")


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"kind": "gov"}, "departmentCode is required"),
        ({"departmentCode": "G02"}, "kind is required"),
        ({**FACTS, "kind": "club"}, "kind is one of"),
        ({**FACTS, "kind": "GOV"}, "kind is one of"),
        ({**FACTS, "level": "1"}, "level"),
        ({**FACTS, "level": True}, "level"),
        ({**FACTS, "parent": "G02"}, "own parent"),
        ({**FACTS, "organizationCode": "91350100M000100Y44"}, "organizationCode"),
    ],
)
def test_facts_of_a_department_that_cannot_be(facts: dict[str, Any], word: str) -> None:
    with pytest.raises(InvalidValue, match=word):
        group(facts)


def test_a_department_keeps_its_code_and_stays_one() -> None:
    stored = group(FACTS)
    assert group(None, stored) == stored  # PUT without the extension
    assert group({**FACTS, "kind": "town"}, stored)[ROSTER_GROUP]["kind"] == "town"
    assert "parent" not in group({"departmentCode": "G02", "kind": "gov"}, stored)[ROSTER_GROUP]
    for attributes in ({"facts": {**FACTS, "departmentCode": "G03"}}, {"facts": FACTS, "externalId": "G03"}):
        with pytest.raises(Mutability):
            group(stored=stored, **attributes)


def test_a_plain_group_may_become_a_department() -> None:
    plain = group(externalId="G02")
    assert group(FACTS, plain)["externalId"] == "G02"


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L"])
def test_an_organization_code_with_the_right_check_character(code: str) -> None:
    assert valid_organization_code(code)
    for place in range(18):
        for other in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            wrong = code[:place] + other + code[place + 1 :]
            assert valid_organization_code(wrong) == (wrong == code)


@pytest.mark.parametrize("code", ["", "91350100M000100Y4", "91350100m000100y43", "91350100M000100Y4I"])
def test_what_is_no_organization_code_at_all(code: str) -> None:
    assert not valid_organization_code(code)


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2026-11-23T08:00:00Z", "2026-11-23T08:00:00.000Z"),
        ("2026-11-23T08:00:00.1234567+08:00", "2026-11-23T00:00:00.123Z"),
        ("2026-11-23T08:00:00", "2026-11-23T08:00:00.000Z"),
        ("2026-11-23", None),
        ("2026-13-23T08:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("２０２６-11-23T08:00:00Z", None),
    ],
)
def test_an_instant_is_read_as_the_stamp_the_store_keeps(text: str, stamp: str | None) -> None:
    assert instant(text) == stamp
