"""Directly encoded requests against ldap3's encoder, byte for byte; the reader against ldap3's decoder."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ldap3 import BASE, DEREF_NEVER, LEVEL, MODIFY_ADD, MODIFY_DELETE, MODIFY_REPLACE, SUBTREE
from ldap3.operation.add import add_operation
from ldap3.operation.delete import delete_operation
from ldap3.operation.extended import extended_operation
from ldap3.operation.modify import modify_operation
from ldap3.operation.modifyDn import modify_dn_operation
from ldap3.operation.search import search_operation
from ldap3.protocol.rfc2696 import paged_search_control
from ldap3.protocol.rfc3062 import NewPasswd, PasswdModifyRequestValue, UserIdentity
from ldap3.protocol.rfc4511 import (
    LDAPDN,
    LDAPMessage,
    LDAPString,
    MessageID,
    PartialAttribute,
    PartialAttributeList,
    ProtocolOp,
    ResultCode,
    SearchResultDone,
    SearchResultEntry,
    Vals,
)
from ldap3.strategy.base import BaseStrategy
from ldap3.utils.asn1 import decode_message_fast, encode

from connectors.ldap import ber, reader
from connectors.ldap.messages import (
    Add,
    And,
    Delete,
    Equal,
    Filter,
    Modify,
    Present,
    Rename,
    Search,
    SetPassword,
    Written,
)
from connectors.ldap.plain import text_of

# any text that UTF-8 can hold: Chinese, beyond the BMP, NUL, empty
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
values = st.one_of(texts, st.binary(max_size=300), st.sampled_from(["王芳", "𠮷", "x" * 127, "x" * 128, "x" * 256]))
names = st.from_regex(r"[a-zA-Z][a-zA-Z0-9-]{0,20}", fullmatch=True)
dns = st.builds(lambda value: f"uid={value},ou=people,dc=example", st.sampled_from(["a", "王\\, 芳", "\\23x", "\\00"]))
ids = st.one_of(st.integers(1, 2**31 - 1), st.sampled_from([1, 127, 128, 255, 256, 32767, 32768, 2**24, 2**31 - 1]))


def theirs(message_id: int, kind: str, operation: Any, control: Any = None) -> bytes:
    """The whole message as ldap3 encodes it."""
    message = LDAPMessage()
    message["messageID"] = MessageID(message_id)
    message["protocolOp"] = ProtocolOp().setComponentByName(kind, operation)
    if control is not None:
        from ldap3.protocol.convert import build_controls_list

        message["controls"] = build_controls_list([control])
    return bytes(encode(message))


@given(ids, dns, st.dictionaries(names, st.lists(values, max_size=5), max_size=5))
def test_add(message_id: int, dn: str, attributes: dict[str, Any]) -> None:
    operation = add_operation(dn, attributes, auto_encode=False)
    assert ber.message(message_id, Add(dn, attributes)) == theirs(message_id, "addRequest", operation)


@given(ids, dns, st.lists(st.tuples(st.integers(0, 2), names, st.lists(values, max_size=4)), max_size=4))
def test_modify(message_id: int, dn: str, changes: list[Any]) -> None:
    kinds = (MODIFY_ADD, MODIFY_DELETE, MODIFY_REPLACE)
    wanted: dict[str, list[Any]] = {}
    for kind, name, each in changes:
        wanted.setdefault(name, []).append((kinds[kind], each))
    # ldap3 groups the changes by attribute
    ours = [(kinds.index(kind), name, tuple(each)) for name, some in wanted.items() for kind, each in some]
    operation = modify_operation(dn, wanted, auto_encode=False)
    assert ber.message(message_id, Modify(dn, tuple(ours))) == theirs(message_id, "modifyRequest", operation)


@given(ids, dns, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_a_new_password(message_id: int, dn: str, password: str) -> None:
    value = PasswdModifyRequestValue()
    value["userIdentity"] = UserIdentity(dn)
    value["newPasswd"] = NewPasswd(password.encode())
    operation = extended_operation("1.3.6.1.4.1.4203.1.11.1", value, no_encode=False)
    ours = ber.message(message_id, SetPassword(dn, password))
    assert ours == theirs(message_id, "extendedReq", operation)


def test_lengths_of_every_size() -> None:
    for size in (0, 127, 128, 255, 256, 65_535, 65_536, 2**24):
        attributes = {"description": [b"x" * size]}
        ours = ber.message(2**31 - 1, Add("uid=长", attributes))
        same = ours == theirs(2**31 - 1, "addRequest", add_operation("uid=长", attributes, auto_encode=False))
        assert same, size


def test_modify_of_a_thousand_members() -> None:
    members = [f"uid=用户{number},ou=people,dc=example,dc=org" for number in range(1000)]
    operation = modify_operation("cn=大组", {"member": [(MODIFY_ADD, members)]}, auto_encode=False)
    ours = ber.message(77, Modify("cn=大组", ((0, "member", tuple(members)),)))
    same = ours == theirs(77, "modifyRequest", operation)
    assert same


@given(ids, dns, st.sampled_from(["uid=b", "uid=王\\+芳", "cn=\\ x"]))
def test_rename(message_id: int, dn: str, rdn: str) -> None:
    operation = modify_dn_operation(dn, rdn, True)
    assert ber.message(message_id, Rename(dn, rdn)) == theirs(message_id, "modDNRequest", operation)


@given(ids, dns)
def test_delete(message_id: int, dn: str) -> None:
    assert ber.message(message_id, Delete(dn)) == theirs(message_id, "delRequest", delete_operation(dn))


filters: st.SearchStrategy[Filter] = st.recursive(
    st.one_of(st.builds(Equal, names, st.one_of(texts, st.just("*)(uid=*"))), st.builds(Present, names)),
    lambda inner: st.builds(And, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=6,
)


@given(
    ids,
    dns,
    st.integers(0, 2),
    filters,
    st.lists(names, min_size=1, max_size=4).map(tuple),
    st.integers(0, 5000),
    st.binary(max_size=20),
)
def test_search(
    message_id: int, dn: str, scope: int, wanted: Filter, attributes: tuple[str, ...], size: int, cookie: bytes
) -> None:
    ours = ber.message(message_id, Search(dn, scope, wanted, attributes, size, cookie))
    operation = search_operation(
        dn,
        text_of(wanted),
        (BASE, LEVEL, SUBTREE)[scope],
        DEREF_NEVER,
        list(attributes),
        0,
        0,
        False,
        auto_encode=False,
        auto_escape=False,
    )
    control = paged_search_control(True, size, cookie) if size else None
    assert ours == theirs(message_id, "searchRequest", operation, control)


def test_a_filter_of_an_administrator_is_encoded_as_ldap3_does() -> None:
    ours = ber.filter_of(Written("(&(title=系统管理员)(!(uid=a*b)))"))
    assert ours.startswith(b"\xa0")
    assert "系统管理员".encode() in ours


# -- answers

results = st.sampled_from([0, 4, 10, 16, 20, 32, 49, 50, 51, 65, 68, 80])


def entry(message_id: int, dn: str, attributes: dict[str, list[bytes]]) -> bytes:
    """A search entry as ldap3's model encodes it."""
    found = SearchResultEntry()
    found["object"] = LDAPDN(dn)
    listed = PartialAttributeList()
    for place, (name, each) in enumerate(attributes.items()):
        line = PartialAttribute()
        line["type"] = name
        line["vals"] = Vals()
        for index, value in enumerate(each):
            line["vals"].setComponentByPosition(index, value)
        listed.setComponentByPosition(place, line)
    found["attributes"] = listed
    return theirs(message_id, "searchResEntry", found)


@given(ids, dns, st.dictionaries(names.map(str.lower), st.lists(st.binary(max_size=300), max_size=4), max_size=4))
def test_an_entry_is_read_as_ldap3_reads_it(message_id: int, dn: str, attributes: dict[str, list[bytes]]) -> None:
    data = entry(message_id, dn, attributes)
    ours = reader.read(data)
    decoded = decode_message_fast(data)
    response = BaseStrategy.decode_response_fast(_NO_SCHEMA, decoded)
    assert ours.id == decoded["messageID"] == message_id
    assert ours.found is not None
    assert ours.found.dn == response["dn"] == dn
    theirs_read = {name: list(each) for name, each in response["raw_attributes"].items() if each}
    assert ours.found.attributes == attributes
    assert theirs_read == {name: each for name, each in attributes.items() if each}


@given(ids, results, texts, st.binary(max_size=40))
def test_a_result_is_read_as_ldap3_reads_it(message_id: int, code: int, text: str, cookie: bytes) -> None:
    done = SearchResultDone()
    done["resultCode"] = ResultCode(code)
    done["matchedDN"] = LDAPDN("dc=example")
    done["diagnosticMessage"] = LDAPString(text)
    data = theirs(message_id, "searchResDone", done, paged_search_control(False, 0, cookie))
    ours = reader.read(data)
    assert ours.reply is not None
    assert (ours.id, ours.reply.code, ours.reply.text, ours.reply.cookie) == (message_id, code, text, cookie)
    assert decode_message_fast(data)["messageID"] == message_id


class _Server:
    schema = None
    custom_formatter = None
    custom_validator = None


class _Connection:
    server = _Server()
    empty_attributes = False
    check_names = False


class _Strategy:
    connection = _Connection()


_NO_SCHEMA: Any = _Strategy()


# -- broken and hostile answers

ANSWER = entry(5, "uid=a,dc=example", {"cn": [b"one", b"two"], "sn": [b"x" * 200]})


@given(st.integers(0, len(ANSWER) - 1), st.integers(0, 255))
def test_a_damaged_answer_is_malformed_or_another_answer_but_never_a_crash(place: int, byte: int) -> None:
    damaged = ANSWER[:place] + bytes([byte]) + ANSWER[place + 1 :]
    with suppress(reader.Malformed):
        assert reader.read(damaged).size == len(ANSWER)


@given(st.binary(max_size=200))
def test_noise_is_malformed_and_never_a_crash(noise: bytes) -> None:
    with suppress(reader.Malformed):
        end = reader.complete(bytearray(noise), 0)
        if end:
            assert reader.read(noise[:end]).size == end


@given(st.integers(0, len(ANSWER) - 1))
def test_an_answer_that_has_not_all_arrived_waits(length: int) -> None:
    assert reader.complete(bytearray(ANSWER[:length]), 0) == 0
    with pytest.raises(reader.Malformed):
        reader.read(ANSWER[:length])


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"\x30\x84\x7f\xff\xff\xff", id="two gigabytes"),
        pytest.param(b"\x30\x84\x80\x00\x00\x00", id="length 2^31"),
        pytest.param(b"\x30\x88" + b"\xff" * 8, id="length of eight bytes"),
        pytest.param(b"\x30\x80", id="indefinite length"),
        pytest.param(b"HTTP/1.1 400 Bad Request", id="another protocol"),
        pytest.param(b"\x30\x84" + (reader.MESSAGE_LIMIT + 1).to_bytes(4, "big"), id="one byte over the limit"),
    ],
)
def test_an_absurd_length_is_refused_before_anything_is_kept(head: bytes) -> None:
    with pytest.raises(reader.Malformed):
        reader.complete(bytearray(head), 0)


def test_nesting_cannot_make_the_reader_recurse() -> None:
    nested = b""
    for _ in range(5000):
        nested = ber.tlv(0x30, nested)
    with pytest.raises(reader.Malformed):
        reader.read(ber.tlv(0x30, ber.integer(1) + ber.tlv(0x64, ber.octets("dc=x") + ber.tlv(0x30, nested))))
