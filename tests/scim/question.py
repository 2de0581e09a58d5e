"""Filters to be generated, from the schema table itself: every attribute, every operator that it takes."""

import json
from collections.abc import Container, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from scim_server.scim.schemas import Attribute, ResourceType

Text = st.SearchStrategy[str]

WORDS = (
    *("a", "A", "ａ", "ab", "aB", "b", "k", "\u212a", "Ｋ", "ß", "ss", "é", "e\u0301", "İ", "ﬁ", "fi", "½"),
    *(
        "张",
        "張",
        "张三",
        "𠮷",
        "𠮷野",
        "\U0010fffd",
        "%",
        "_",
        "a%",
        "a_b",
        "'",
        '"',
        "\\",
        "\\u0061",
        "{}",
        "true",
        "0",
    ),
)
"""Few, and akin: what one of them is taken for, another one is."""

STAMPS = (
    *("2026-03-01T00:00:00Z", "2026-03-01T08:00:00+08:00", "2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00.5Z"),
    *("2026-03-01T00:00:00.0004Z", "2026-02-28T23:59:59.999999Z", "2026-03-01T08:00:00.5000000+08:00"),
    *("2026-03-02T00:00:00", "2026-02-28T19:00:00.250-05:00", "1999-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z"),
)
ADDRESSES = ("https://a.example/x", "https://A.example/X", "https://a.example/%61", "urn:a:b")
_ORDER = ("eq", "ne", "gt", "ge", "lt", "le")
_OPERATORS = {
    "string": (*_ORDER, "co", "sw", "ew"),
    "reference": (*_ORDER, "co", "sw", "ew"),
    "dateTime": _ORDER,
    "integer": _ORDER,
    "boolean": ("eq", "ne"),
    "binary": ("eq", "ne"),
}


Leaf = tuple[str, Attribute, bool]
"""How an attribute is spelled, what it is, and whether it may be compared with null."""


def filters(
    resource_type: ResourceType, texts: Sequence[str], without: Container[str] = (), null_of_many: bool = True
) -> Text:
    """Filters of any shape on all attributes but some; strings are compared with these texts.

    `null_of_many`: multi-valued attributes are compared with null too.
    """
    literals = _literals(texts)
    own = [each for each in _each(resource_type.attributes) if each.returned != "never"]
    own = [each for each in own if each.name not in without]
    paths = [leaf for each in own for leaf in _leaves(each, "", null_of_many or not each.multi)]
    core = [(f"{resource_type.urn}:{path}", *more) for path, *more in paths if not path.startswith("urn:")]
    paths += core[::3]
    chosen = [_chosen(each, literals) for each in own if each.multi and each.subs]
    return _joined(_term(paths, literals) | st.one_of(chosen))


def _joined(term: Text) -> Text:
    return st.recursive(
        term,
        lambda inner: st.one_of(
            st.builds("{} {} {}".format, inner, st.sampled_from(["and", "or", "AND", "Or"]), inner),
            st.builds("({})".format, inner),
            st.builds("not ({})".format, inner),
        ),
        max_leaves=6,
    )


def _each(attributes: Any) -> list[Attribute]:
    return list({id(each): each for each in attributes.values()}.values())


def _leaves(attribute: Attribute, before: str, null: bool) -> list[Leaf]:
    """The attribute, and everything in it."""
    path = before + attribute.name
    return [(path, attribute, null), *_leaves_inside(attribute, path + (":" if attribute.extension else "."), null)]


def _leaves_inside(attribute: Attribute, before: str = "", null: bool = True) -> list[Leaf]:
    return [leaf for each in _each(attribute.subs) for leaf in _leaves(each, before, null)]


def _literals(texts: Sequence[str]) -> Mapping[str, Text]:
    """For each type the literals that it takes."""
    spelled = [json.dumps(each, ensure_ascii=escaped) for each in texts for escaped in (True, False)]
    quoted = st.sampled_from(spelled)
    numbers = ["0", "1", "-1", "2", "2.5", "2.0", "1e0", "1e300", "18446744073709551615"]
    return {
        **dict.fromkeys(("string", "binary"), quoted),
        "reference": st.sampled_from([*map(json.dumps, ADDRESSES), *spelled]),
        "boolean": st.sampled_from(["true", "false", '"True"', '"false"']),
        "integer": st.sampled_from(numbers),
        "dateTime": st.sampled_from([json.dumps(each) for each in STAMPS]),
    }


def _term(leaves: list[Leaf], literals: Mapping[str, Text]) -> Text:
    """pr, or a comparison; a complex multi-valued attribute is compared by its value."""
    leaf, shapes, nulls = st.sampled_from(leaves), st.integers(0, 9), st.sampled_from(["eq null", "ne null"])
    case = st.sampled_from([str, str, str.lower, str.upper])
    operators = {type: st.sampled_from(known) for type, known in _OPERATORS.items()}

    @st.composite
    def term(draw: st.DrawFn) -> str:
        path, attribute, null = draw(leaf)
        spelled, shape = draw(case)(path), draw(shapes)
        if attribute.type == "complex" and attribute.multi and "value" in attribute.subs:
            attribute = attribute.subs["value"]
        if shape < 2 or attribute.type == "complex":
            return f"{spelled} pr"
        if shape == 2 and null:
            return f"{spelled} {draw(nulls)}"
        return f"{spelled} {draw(operators[attribute.type])} {draw(literals[attribute.type])}"

    return term()


def _chosen(attribute: Attribute, literals: Mapping[str, Text]) -> Text:
    """attr[filter], and attr[filter].sub with a comparison of its own."""
    term = _term(_leaves_inside(attribute), literals)
    whole = st.builds((attribute.name + "[{}]").format, _joined(term))
    return whole | st.builds("{}.{}".format, whole, term)
