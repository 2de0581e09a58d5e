"""`[systems.ldap]`: what is taken, what is refused with a sentence, what is never shown."""

from typing import Any

import pytest
from pydantic import ValidationError

from connectors.ldap.codes import CODES, outcome, sentence
from connectors.ldap.config import LdapConfig
from connectors.ldap.messages import Reply
from mappings.model import Refused, Retry

GIVEN: dict[str, Any] = {
    "url": "ldaps://ldap.example.cn",
    "bind_dn": "cn=huaming,dc=example",
    "bind_password": "geheim",
    "base_dn": "dc=example",
}


def test_defaults() -> None:
    config = LdapConfig(**GIVEN)
    assert (config.host, config.port) == ("ldap.example.cn", 636)
    assert (config.people_dn, config.groups_dn) == ("ou=people,dc=example", "ou=groups,dc=example")
    assert config.placeholder_dn == "cn=nobody,dc=example"
    assert LdapConfig(**GIVEN | {"url": "ldap://localhost"}).port == 389


def test_the_password_is_never_shown() -> None:
    config = LdapConfig(**GIVEN)
    assert "geheim" not in repr(config)
    assert "geheim" not in str(config)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://ldap.example.cn"},
        {"url": "ldap.example.cn"},
        {"url": "ldaps://ldap.example.cn/dc=example"},
        {"url": "ldaps://user:pw@ldap.example.cn"},
        {"url": "ldaps://ldap.example.cn", "start_tls": True},
        {"base_dn": "example"},
        {"base_dn": ""},
        {"bind_dn": ""},
        {"bind_password": ""},
        {"protected": ["(title=x"]},
        {"protected": ["uid=a,,dc=x"]},
        {"page_size": 0},
        {"answer_timeout": 0},
        {"unknown": 1},
    ],
)
def test_what_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        LdapConfig(**GIVEN | wrong)
    assert "geheim" not in "".join(error["msg"] for error in refused.value.errors())


@pytest.mark.parametrize("rule", ["uid=a,dc=x", "(title=系统管理员)", "(&(a=b)(!(c=d*)))", "0c5a-id"])
def test_what_may_be_protected(rule: str) -> None:
    assert LdapConfig(**GIVEN | {"protected": [rule]}).protected == (rule,)


def test_a_code_that_is_not_listed_is_refused_never_tried_again() -> None:
    for code in range(1, 200):
        if code not in CODES:
            assert outcome(Reply(code, "x")) == Refused(str(code), sentence(Reply(code, "x")))


def test_only_these_codes_are_tried_again() -> None:
    again = {code for code in range(1, 200) if isinstance(outcome(Reply(code)), Retry)}
    assert again == {3, 10, 11, 32, 51, 52, 80}


def test_a_server_s_own_sentence_is_cut_and_carries_no_control_characters() -> None:
    text = sentence(Reply(53, "a\x1b[31m\n" + "x" * 1000))
    assert len(text) < 260
    assert text.isprintable()
