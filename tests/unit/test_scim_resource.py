"""A stored document becomes a Person or a Department."""

import pytest

from mappings.model import Kind, Ref
from scim_server.scim.resource import department, person, work_mail
from scim_server.scim.urns import ROSTER_GROUP


def test_every_field_of_a_person_comes_from_its_attribute() -> None:
    boss = Ref("s-0", Kind.PERSON, "YZ0")
    document = {
        "userName": "zhangsan",
        "name": {"formatted": "张三", "familyName": "张", "givenName": "三"},
        "displayName": "张三(教育局)",
        "title": "科员",
        "emails": [{"value": "z@home.example", "type": "home"}, {"value": "z@gov.example", "type": "work"}],
    }
    who = person("s-1", "YZ1", document, True, ("G02", "G03"), boss, "2026-11-23", None)
    assert (who.subject, who.key, who.user_name) == ("s-1", "YZ1", "zhangsan")
    assert (who.formatted, who.family_name, who.given_name) == ("张三", "张", "三")
    assert (who.display_name, who.title, who.mail) == ("张三(教育局)", "科员", "z@gov.example")
    assert (who.active, who.groups, who.manager) == (True, ("G02", "G03"), boss)
    assert (who.created, who.removed) == ("2026-11-23", None)


def test_a_person_whose_resource_is_gone_still_has_its_key() -> None:
    who = person("s-1", "YZ1", None, False, (), None, "2026-11-23", "2026-11-24")
    assert (who.key, who.user_name, who.removed) == ("YZ1", "", "2026-11-24")


@pytest.mark.parametrize(
    ("emails", "expected"),
    [
        ([], ""),
        ([{"value": "a@x", "type": "home"}], ""),
        ([{"value": "a@x", "type": "other"}, {"value": "b@x"}], "b@x"),
        ([{"value": "a@x"}, {"value": "b@x", "primary": True}], "b@x"),
        ([{"value": "a@x", "primary": True}, {"value": "b@x", "type": "WORK"}], "b@x"),
        ([{"value": "a@x", "type": "work"}, {"value": "b@x", "type": "work", "primary": True}], "b@x"),
        ([{"type": "work"}, {"value": "b@x"}], "b@x"),
    ],
)
def test_the_mail_is_the_one_for_work_and_never_the_one_at_home(emails: list[dict[str, object]], expected: str) -> None:
    assert work_mail(emails) == expected


def test_a_group_with_the_roster_extension_is_a_department() -> None:
    document = {
        "displayName": "办公室",
        ROSTER_GROUP: {"departmentCode": "G02-1", "kind": "office", "parent": "G02"},
    }
    found = department("s-2", "G02-1", document, False)
    assert (found.name, found.code, found.kind, found.parent) == ("办公室", "G02-1", "office", "G02")


def test_a_group_without_it_is_plain() -> None:
    found = department("s-3", "id-3", {"displayName": "篮球队"}, True)
    assert (found.code, found.kind, found.parent, found.removed) == (None, None, None, True)
