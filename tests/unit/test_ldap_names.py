"""Distinguished names by RFC 4514."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ldap3.utils.dn import parse_dn

from connectors.ldap import names

PEOPLE = "ou=people,dc=example,dc=org"


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("wang.fang", "wang.fang"),
        ("王芳", "王芳"),
        ("𠮷野", "𠮷野"),
        ("a,ou=admins", "a\\,ou\\=admins"),
        ("a+b", "a\\+b"),
        ('"a"', '\\"a\\"'),
        ("a\\b", "a\\\\b"),
        ("<a>;b", "\\<a\\>\\;b"),
        ("#04", "\\#04"),
        ("a#b", "a#b"),
        (" a ", "\\ a\\ "),
        (" ", "\\ "),
        ("a b", "a b"),
        ("\0", "\\00"),
        ("a\nb", "a\\0ab"),
        ("*()", "*()"),
    ],
)
def test_escape(value: str, escaped: str) -> None:
    assert names.escape(value) == escaped
    assert names.rdn_value(names.child("uid", value, PEOPLE)) == value


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_a_value_comes_back_and_lands_directly_below_its_container(value: str) -> None:
    dn = names.child("uid", value, PEOPLE)
    assert names.rdn_value(dn) == value
    assert names.directly_below(dn, PEOPLE)
    assert not names.directly_below(dn, "dc=example,dc=org")
    assert len(names.parse(dn)) == 4


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="#"), min_size=1, max_size=30))
def test_ldap3_takes_our_names_apart_as_we_do(value: str) -> None:
    parts = parse_dn(names.child("uid", value, PEOPLE), escape=False, strip=False)
    assert [attribute for attribute, _, _ in parts] == ["uid", "ou", "dc", "dc"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("uid=a,ou=people,dc=x", "UID=A, OU=People , DC=X"),
        ("cn=a\\2Cb,dc=x", "cn=a\\,b,dc=x"),
        ("cn=\\E7\\8E\\8B,dc=x", "cn=王,dc=x"),
        ("cn=a  b,dc=x", "cn=A B,dc=x"),
        ("cn=a+uid=b,dc=x", "uid=B+cn=A,dc=x"),
        ("userid=a,dc=x", "uid=a,dc=x"),
        ("0.9.2342.19200300.100.1.1=a,dc=x", "uid=a,dc=x"),
        ("uid=a;dc=x", "uid=a,dc=x"),
    ],
)
def test_two_spellings_of_one_name(one: str, other: str) -> None:
    assert names.same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("uid=a,dc=x", "uid=b,dc=x"),
        ("uid=a,dc=x", "cn=a,dc=x"),
        ("uid=a,dc=x", "uid=a,ou=b,dc=x"),
        ("uid=a\\,dc=x", "uid=a,dc=x"),
        ("uid=a,dc=x", "not a dn"),
        ("", "dc=x"),
    ],
)
def test_two_names(one: str, other: str) -> None:
    assert not names.same(one, other)


@pytest.mark.parametrize("dn", ["x", "uid", "=a", "uid=a\\", "uid=#04,dc=x", "uid=a,,dc=x"])
def test_a_malformed_name_is_an_error_and_is_below_nothing(dn: str) -> None:
    with pytest.raises(ValueError, match="DN"):
        names.parse(dn)
    assert not names.directly_below(dn, PEOPLE)


@pytest.mark.parametrize(
    "dn",
    [PEOPLE, f"uid=a,ou=sub,{PEOPLE}", "uid=a,dc=example,dc=org", f"uid=a\\,{PEOPLE}", "uid=a,ou=people\\,dc=example"],
)
def test_what_is_not_directly_below(dn: str) -> None:
    assert not names.directly_below(dn, PEOPLE)
