"""One filter over several resource types (RFC 7644 section 3.4.2.1)."""

from typing import Any

import pytest

from scim_server.scim.errors import InvalidFilter
from scim_server.scim.expression import satisfies
from scim_server.scim.filter import parse_each
from scim_server.scim.schemas import load
from scim_server.scim.urns import ENTERPRISE_USER, GROUP, USER

TYPES = load(True).resource_types
PERSON: dict[str, Any] = {"userName": "Zhang", "displayName": "张三", "emails": [{"value": "z@x", "type": "work"}]}
GROUPS: dict[str, Any] = {"displayName": "张家", "members": [{"value": "7"}]}


@pytest.mark.parametrize(
    ("text", "person", "group"),
    [
        ('displayName sw "张"', True, True),
        ('userName eq "zhang"', True, None),
        ('userName ne "zhang"', False, True),
        ("userName eq null", False, True),
        ("userName ne null", True, None),
        ("userName pr", True, None),
        ("not (userName pr)", False, True),
        ('members eq "7"', None, True),
        ("not (members pr)", True, False),
        ("members pr or userName pr", True, True),
        ("members pr and userName pr", None, None),
        ('emails[type eq "work"]', True, None),
        ('emails[type eq "work"].value co "z"', True, None),
        ('emails[type ne "work"].value ne "z"', False, None),
        ('not (emails[type eq "work"])', False, True),
        ('userName eq "zhang" or displayName eq "张家"', True, True),
        ('userName eq "zhang" and displayName pr', True, None),
        (f'{USER}:userName eq "zhang"', True, None),
        (f"{ENTERPRISE_USER} pr or {GROUP}:members pr", False, True),
        ("active gt null or displayName pr", "invalid", "invalid"),
        ('active eq "perhaps" or displayName pr', "invalid", "invalid"),
        ('groups[nope eq "x"] or displayName pr', "invalid", "invalid"),
        ('emails[type eq "work"].nope pr', "invalid", "invalid"),
        ("password pr or displayName pr", "invalid", "invalid"),
        ("nowhere pr or displayName pr", "invalid", "invalid"),
    ],
)
def test_an_attribute_that_only_one_type_knows_is_absent_from_the_other(text: str, person: Any, group: Any) -> None:
    if person == "invalid":
        for types in (TYPES, TYPES[::-1]):
            with pytest.raises(InvalidFilter):
                parse_each(types, text)
        return
    nodes = parse_each(TYPES, text)
    holds = [
        None if node is None else satisfies(node, holder) for node, holder in zip(nodes, (PERSON, GROUPS), strict=True)
    ]
    assert holds == [person, group]


def test_one_type_alone_knows_what_it_always_knew() -> None:
    assert len(parse_each(TYPES[:1], "userName pr")) == 1
    with pytest.raises(InvalidFilter, match="no attribute members to filter by"):
        parse_each(TYPES[:1], "members pr")
