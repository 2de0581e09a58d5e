"""The filter adapter: our tokens, our tree, the library's grammar between them."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scim_server.scim.errors import InvalidFilter
from scim_server.scim.expression import And, Compare, Elements, Node, Not, Or, Present, satisfies
from scim_server.scim.filter import parse, parse_each
from scim_server.scim.lexer import tokens
from scim_server.scim.schemas import load, spell
from scim_server.scim.urns import ENTERPRISE_USER, USER

TYPE = load(True).user


def shown(node: Node) -> str:
    """A tree with all its brackets."""
    match node:
        case And(terms):
            return f"({' and '.join(map(shown, terms))})"
        case Or(terms):
            return f"({' or '.join(map(shown, terms))})"
        case Not(term):
            return f"not{shown(term)}"
        case Elements(path, term):
            return f"{spell(path)}[{shown(term)}]"
        case Present(path):
            return f"{spell(path)} pr"
        case Compare(path, op, value):
            return f"{spell(path)} {op} {json.dumps(value, ensure_ascii=False)}"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('userName eq "ZhangSan"', 'userName eq "zhangsan"'),
        ('username EQ "zhangsan"', 'userName eq "zhangsan"'),
        ('externalId eq "YZ1"', 'externalId eq "YZ1"'),
        ('  userName   eq\t"x"  ', 'userName eq "x"'),
        ('displayName eq "Q \\" b\\\\ \\u5f20"', 'displayName eq "q \\" b\\\\ 张"'),
        ('displayName eq "a) or (b"', 'displayName eq "a) or (b"'),
        ('displayName eq "[x]"', 'displayName eq "[x]"'),
        ("active eq true", "active eq true"),
        ('active eq "True"', "active eq true"),
        ("title eq null", "title eq null"),
        ("title pr", "title pr"),
        ('emails eq "A@x"', 'emails.value eq "a@x"'),
        ('emails.value co "@X"', 'emails.value co "@x"'),
        ('emails[type eq "work"]', 'emails[emails_type eq "work"]'.replace("emails_", "")),
        ('emails[type eq "work"].value eq "A@x"', 'emails[(type eq "work" and value eq "a@x")]'),
        ('roles[primary eq "True"].value pr', "roles[(primary eq true and value pr)]"),
        (f'{USER}:userName sw "J"', 'userName sw "j"'),
        (f'{ENTERPRISE_USER}:manager.value eq "7"', f'{ENTERPRISE_USER}:manager.value eq "7"'),
        (f"{ENTERPRISE_USER} pr", f"{ENTERPRISE_USER} pr"),
        (f'schemas eq "{USER}"', f'schemas eq "{USER}"'),
        ('meta.lastModified gt "2011-05-13T04:42:34Z"', 'meta.lastModified gt "2011-05-13T04:42:34.000Z"'),
        # RFC 7644 section 3.4.2.2: `and` binds before `or`, `not` before both (erratum 4670)
        ("title pr or userName pr and active eq true", "(title pr or (userName pr and active eq true))"),
        ("title pr and userName pr or active eq true", "((title pr and userName pr) or active eq true)"),
        ("title pr or id pr and locale pr or name pr", "(title pr or (id pr and locale pr) or name pr)"),
        ("title pr and id pr and locale pr", "(title pr and id pr and locale pr)"),
        ("(title pr or id pr) and locale pr", "((title pr or id pr) and locale pr)"),
        ("not (title pr or id pr and locale pr)", "not(title pr or (id pr and locale pr))"),
        ("not(title pr) and id pr or locale pr", "((nottitle pr and id pr) or locale pr)"),
        (
            "emails[type pr or value pr and display pr] and (id pr or title pr and name pr)",
            "(emails[(type pr or (value pr and display pr))] and (id pr or (title pr and name pr)))",
        ),
    ],
)
def test_a_filter_and_its_tree(text: str, tree: str) -> None:
    assert shown(parse(TYPE, text)) == tree


@pytest.mark.parametrize(
    "text",
    [
        '', ' ', 'userName', 'userName eq', 'eq "x"', 'userName "x"', 'userName eq "x', 'userName eq x',
        'userName == "x"', 'userName regex "x"', 'userName eq "x" and', 'and userName eq "x"', '(userName eq "x"',
        'userName eq "x")', '()', 'userName eq "x" userName eq "y"', 'userName eq "x" , title pr', 'not userName pr',
        'not', 'userName.eq "x"', 'emails[type eq "work"', 'emails type eq "work"]', 'emails[]',
        'emails[emails[type eq "x"]]', 'name[givenName eq "x"]', 'userName[value eq "x"]',
        'emails[type eq "work"] eq "x"', 'emails[type eq "work"].nope eq "x"', 'emails[nope eq "x"]', 'nope eq "x"',
        'name.nope eq "x"', 'password eq "x"', 'password pr',
        'userName eq 5', 'userName eq true', 'name eq "x"', 'active eq 1', 'active eq "yes"', 'active gt true',
        'active co "t"', 'title gt null', 'meta.created eq "yesterday"', 'meta.created co "2026"',
        'meta.created eq 2026', 'x509Certificates.value gt "AAAA"', 'userName eq "\\u0000"', 'userName eq "\\ud800"',
        'userName eq "\\x"', 'userName eq 01', 'userName eq -', 'urn:x:y eq "x"', f'{USER}: eq "x"',
        "userName eq 'x'", 'userName\neq 1', 'userName eq NaN', 'userName eq 1e999999', '张 eq 1', '\ud800',
    ],
)  # fmt: skip
def test_what_is_no_filter_of_ours(text: str) -> None:
    with pytest.raises(InvalidFilter):
        parse(TYPE, text)


def test_names_that_begin_like_keywords_are_names() -> None:
    kinds = [
        (word.type, word.value) for word in tokens("nullable trueName falsehood note andrew order equal -5 1.5e3 $ref")
    ]
    assert kinds == [
        *(("ATTRNAME", name) for name in ("nullable", "trueName", "falsehood", "note", "andrew", "order", "equal")),
        ("NUMBER", -5),
        ("NUMBER", 1500.0),
        ("ATTRNAME", "$ref"),
    ]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_string_is_read_back_from_its_json(text: str) -> None:
    for spelled in (json.dumps(text), json.dumps(text, ensure_ascii=False)):
        (word,) = tokens(spelled)
        assert (word.type, word.value) == ("COMP_VALUE", text)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53))
def test_any_number_is_read_back(number: float) -> None:
    (word,) = tokens(json.dumps(number))
    assert (word.type, word.value) == ("NUMBER", number)


STEADY = settings(derandomize=True, database=None, max_examples=300)
FRAGMENTS = st.sampled_from(
    [
        *(
            "userName",
            "emails",
            "name.familyName",
            "urn:x:y",
            USER,
            f"{USER}:",
            "$ref",
            "and",
            "or",
            "not",
            "NOT",
            "eq",
        ),
        *("pr", "co", "gt", "(", ")", "[", "]", ".", ".value", ":", '"', '"x"', '"\\u0000"', '"\\ud800"', "\\", "null"),
        *("true", "1", "-", "1e999", "0x1", "\0", "\n", "\u2028", "张", "\U00020bb7", "\ud800", "'", ",", "%", "  "),
    ]
)


@STEADY
@given(
    st.lists(FRAGMENTS, max_size=30).map(" ".join)
    | st.lists(FRAGMENTS, max_size=30).map("".join)
    | st.text(max_size=60)
    | st.text(st.characters(), max_size=60)
)
def test_any_text_is_a_filter_or_invalid(text: str) -> None:
    with contextlib.suppress(InvalidFilter):
        parse(TYPE, text)
    with contextlib.suppress(InvalidFilter):
        parse_each(load(True).resource_types, text)


@STEADY
@given(st.data())
def test_a_broken_filter_is_a_filter_or_invalid(data: st.DataObject) -> None:
    whole = (
        'id eq "a" and not (emails[type eq "b" or value sw "b"].primary pr) or meta.created gt "2026-01-01T00:00:00Z"'
    )
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    text = whole[:start] + data.draw(FRAGMENTS) + whole[end:]
    with contextlib.suppress(InvalidFilter):
        satisfies(parse(TYPE, text), DOCUMENT)


LEAVES = {"a": "title pr", "b": "locale pr", "c": "nickName pr"}
NAMES = {"a": "title", "b": "locale", "c": "nickName"}
EXPRESSIONS = st.recursive(
    st.sampled_from(sorted(LEAVES)),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["and", "or"]), inner, inner),
        st.tuples(st.just("not"), inner),
        st.tuples(st.just("()"), inner),
    ),
    max_leaves=12,
)


def written(tree: Any) -> tuple[str, str]:
    """A generated expression as a filter and as Python, neither with a bracket that was not generated."""
    if isinstance(tree, str):
        return LEAVES[tree], tree
    parts = [written(part) for part in tree[1:]]
    match tree[0]:
        case "not":
            return f"not ({parts[0][0]})", f"(not ({parts[0][1]}))"
        case "()":
            return f"({parts[0][0]})", f"({parts[0][1]})"
        case op:
            return f"{parts[0][0]} {op} {parts[1][0]}", f"{parts[0][1]} {op} {parts[1][1]}"


@given(EXPRESSIONS, st.fixed_dictionaries({name: st.booleans() for name in LEAVES}))
def test_logic_is_that_of_python(tree: Any, facts: dict[str, bool]) -> None:
    text, python = written(tree)
    document = {NAMES[name]: "x" for name, there in facts.items() if there}
    assert satisfies(parse(TYPE, text), document) == eval(python, {}, dict(facts))


def test_the_work_is_bounded_before_it_begins() -> None:
    for text in (
        'userName eq "' + "x" * 8200 + '"',
        "(" * 65 + "title pr" + ")" * 65,
        " or ".join(["title pr"] * 201),
        "(" * 4000,
    ):
        with pytest.raises(InvalidFilter, match="at most"):
            parse(TYPE, text)
    assert parse(TYPE, "(" * 64 + "title pr" + ")" * 64) == parse(TYPE, "title pr")
    assert len(parse(TYPE, " or ".join(["title pr"] * 200)).terms) == 200  # type: ignore[union-attr]
    parse(TYPE, "not (" * 64 + "title pr" + ")" * 64)


DOCUMENT: dict[str, Any] = {
    "userName": "ZhangSan",
    "externalId": "YZ1",
    "title": "科员",
    "active": False,
    "name": {"familyName": "张"},
    "emails": [{"value": "A@x", "type": "work", "primary": True}, {"value": "b@y", "type": "home"}],
    "meta": {"created": "2026-11-25T15:04:11.500Z"},
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('userName eq "zhangsan"', True),
        ('externalId eq "yz1"', False),
        ('externalId ne "yz1"', True),
        ('nickName ne "x"', True),
        ("nickName eq null", True),
        ("title ne null", True),
        ('title co "员"', True),
        ('userName sw "ZHANG"', True),
        ('userName ew "SAN"', True),
        ('userName gt "a"', True),
        ('userName le "a"', False),
        ("active eq false", True),
        ('emails.type eq "HOME"', True),
        ('emails[type eq "home" and value eq "a@x"]', False),
        ('emails[type eq "work" and value eq "a@x"]', True),
        ("emails[not (primary eq true)]", True),
        ('meta.created gt "2026-11-25T23:04:11+08:00"', True),
        ('meta.created ge "2026-11-25T23:04:11.501+08:00"', False),
        ('meta.created eq "2026-11-25T15:04:11.5Z"', True),
        ('meta.created eq "2026-11-25T15:04:11.500000Z"', True),
        ('meta.created eq "2026-11-25T15:04:11.500001Z"', False),
        ('meta.created ne "2026-11-25T15:04:11.500001Z"', True),
        ('meta.created ge "2026-11-25T15:04:11.500001Z"', False),
        ('meta.created ge "2026-11-25T15:04:11.499999Z"', True),
        ('meta.created lt "2026-11-25T15:04:11.500001Z"', True),
        ('meta.created lt "2026-11-25T15:04:11.499999Z"', False),
        ("name pr", True),
        ("addresses pr", False),
        ("name.givenName pr or name.familyName pr", True),
    ],
)
def test_a_filter_on_a_document(text: str, holds: bool) -> None:
    assert satisfies(parse(TYPE, text), DOCUMENT) is holds
