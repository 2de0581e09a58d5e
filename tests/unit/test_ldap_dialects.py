"""How the families of servers are told apart, and the small things that they spell their own way."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ldap import dialects, names
from connectors.ldap.active_directory import ACTIVE_DIRECTORY, illegal
from connectors.ldap.config import LdapConfig
from connectors.ldap.ds389 import DS389
from connectors.ldap.members import _range
from connectors.ldap.messages import Found, Modify, SetPassword
from connectors.ldap.openldap import OPENLDAP
from connectors.ldap.shape import NAMES
from connectors.ldap.sids import guid_text, sid_text
from mappings import ldap
from mappings.model import Kind


def root(**values: str) -> Found:
    return Found("", {name.lower(): [value.encode()] for name, value in values.items()})


@pytest.mark.parametrize(
    ("dse", "dialect"),
    [
        (root(objectClass="OpenLDAProotDSE"), OPENLDAP),
        (root(vendorName="389 Project", vendorVersion="389-Directory/2.3.1 B2025.016.1616"), DS389),
        (root(vendorName="Red Hat, Inc.", vendorVersion="Red Hat-Directory/11.7"), DS389),
        (root(vendorName="Somebody", vendorVersion="389-Directory/1.3"), DS389),
        (root(supportedCapabilities="1.2.840.113556.1.4.800"), ACTIVE_DIRECTORY),
        (
            root(vendorName="Samba Team (https://www.samba.org)", supportedCapabilities="1.2.840.113556.1.4.800"),
            ACTIVE_DIRECTORY,
        ),
        (root(vendorName="Samba Team (https://www.samba.org)"), OPENLDAP),  # a file server's own directory is none
        (root(), OPENLDAP),
        (None, OPENLDAP),
    ],
)
def test_a_server_is_told_by_its_root_dse(dse: Found | None, dialect: object) -> None:
    assert dialects.of(dse) is dialect


def test_every_dialect_knows_the_names_of_the_mapping_and_no_others() -> None:
    assert set(NAMES[Kind.PERSON]) | set(NAMES[Kind.GROUP]) == ldap.MANAGED
    for dialect in dialects.DIALECTS:
        for kind, shape in dialect.shapes.items():
            assert shape.kind is kind
            assert set(shape.spelled) <= set(NAMES[kind])
            assert shape.key in shape.spelled.values()
            assert len(set(shape.spelled.values())) == len(shape.spelled)


@given(st.uuids())
def test_a_guid_is_written_as_people_write_it(one: uuid.UUID) -> None:
    assert guid_text(one.bytes_le) == str(one)


def test_a_sid_is_written_as_people_write_it() -> None:
    raw = bytes.fromhex("010500000000000515000000082e8a0824ec46385f35a419f4010000")
    assert sid_text(raw) == "S-1-5-21-143273480-944172068-430191967-500"


@pytest.mark.parametrize("login", ["wang.fang", "王芳", "a b", "x" * 20, "-", "$1"])
def test_a_legal_login(login: str) -> None:
    assert illegal(login) is None


@pytest.mark.parametrize("login", ["x" * 21, "a@b", "a/b", "a.", " a", "a ", "\n", "\u202e"])
def test_an_illegal_login_has_a_reason(login: str) -> None:
    assert illegal(login)


@pytest.mark.parametrize(
    ("name", "following"),
    [("member", None), ("member;range=0-1499", 1500), ("member;range=1500-*", None), ("member;range=0-*", None)],
)
def test_a_range_says_where_the_next_one_begins(name: str, following: int | None) -> None:
    found = Found("cn=g", {name: [b"cn=a", b"cn=b"]})
    assert _range([found]) == (("cn=a", "cn=b"), following)


def test_no_members_at_all_is_an_end() -> None:
    assert _range([Found("cn=g", {})]) == ((), None)
    assert _range([]) == ((), None)


def test_passwords_and_values_are_in_no_traceback() -> None:
    assert "geheim" not in repr(SetPassword("uid=a", "geheim"))
    assert "geheim" not in repr(Modify("uid=a", ((2, "unicodePwd", (b"geheim",)),)))


@pytest.mark.parametrize(
    ("dn", "base", "is_below"),
    [
        ("CN=a,OU=b,DC=x", "dc=X", True),
        ("CN=a,OU=b,DC=x", "ou=B, dc=x", True),
        ("OU=b,DC=x", "ou=b,dc=x", False),
        ("CN=a,OU=c\\,OU=b,DC=x", "OU=b,DC=x", False),
        ("no dn", "DC=x", False),
    ],
)
def test_below(dn: str, base: str, is_below: bool) -> None:
    assert names.below(dn, base) is is_below


@pytest.mark.parametrize(
    ("dn", "parent"),
    [("CN=a,OU=b", "OU=b"), ("CN=a\\,b,OU=c, DC=x", "OU=c, DC=x"), ("CN=a\\\\,OU=c", "OU=c"), ("CN=a", "")],
)
def test_parent(dn: str, parent: str) -> None:
    assert names.parent(dn) == parent


def test_the_domain_is_what_the_base_spells() -> None:
    config = LdapConfig(url="ldaps://x", bind_dn="cn=a", bind_password="p", base_dn="OU=人事,DC=ad,dc=Example,DC=cn")
    assert config.domain == "ad.Example.cn"
