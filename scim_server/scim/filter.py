"""The filter adapter: scim2-filter-parser's grammar between our own lexer and our own tree.

What it mends: `and` binds before `or` (the grammar has one level: RFC 7644 section
3.4.2.2, erratum 4670), value paths do not nest (errata 4690, 7322), literals get the
type of their attribute, both its exceptions become invalidFilter, and the work is
bounded before it begins.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from scim2_filter_parser import ast
from scim2_filter_parser.parser import SCIMParser, SCIMParserError

from scim_server.scim.errors import InvalidFilter
from scim_server.scim.expression import (
    ALWAYS,
    NEVER,
    Compare,
    Elements,
    Node,
    Present,
    all_of,
    any_of,
    negated,
)
from scim_server.scim.lexer import OPERATORS, Token, tokens
from scim_server.scim.literals import between_stamps, literal
from scim_server.scim.precedence import and_first
from scim_server.scim.schemas import Attribute, Chain, ResourceType, spell

LENGTH, DEPTH, TERMS = 8 * 1024, 64, 200

Resolve = Callable[[str], Chain | None]
_KINDS = frozenset(operator.upper() for operator in OPERATORS)


CACHED = 256
"""Longer filters are not kept: what stays in memory must not grow with what clients send."""


def parse(resource_type: ResourceType, text: str) -> Node:
    """The filter of a query. Raises InvalidFilter, with a sentence that says where or what."""
    return _parse_once(resource_type, text) if len(text) <= CACHED else _parse(text, resource_type.resolve)


@lru_cache(maxsize=512)
def _parse_once(resource_type: ResourceType, text: str) -> Node:
    return _parse(text, resource_type.resolve)


def parse_each(types: Sequence[ResourceType], text: str) -> list[Node | None]:
    """The filter of a query over several resource types: for each its own tree, None where nothing of it can match.

    An attribute that only others know is absent from it (RFC 7644 section 3.4.2.1); one that none of them
    knows is InvalidFilter.
    """
    tree = _tree(text)
    nodes = [_node(tree, _one_of(types, each), inside=False) for each in types]
    return [None if node == NEVER else node for node in nodes]


def parse_value_filter(attribute: Attribute, text: str) -> Node:
    """The filter between the brackets of a value path; its attributes are sub-attributes of `attribute`."""
    return _parse(text, _within(attribute))


def _parse(text: str, resolve: Resolve) -> Node:
    return _node(_tree(text), resolve, inside=False)


def _tree(text: str) -> Any:
    if len(text.encode(errors="surrogatepass")) > LENGTH:
        raise InvalidFilter("A filter has 8 KB at most.")
    words = tokens(text)
    _demand_bounds(words)
    return _grammar(and_first(words))


def _demand_bounds(words: Sequence[Token]) -> None:
    depth = 0
    for word in words:
        depth += word.type in ("LPAREN", "LBRACKET")
        depth -= word.type in ("RPAREN", "RBRACKET")
        if depth > DEPTH:
            raise InvalidFilter(f"A filter is {DEPTH} brackets deep at most.")
    if sum(word.type in _KINDS for word in words) > TERMS:
        raise InvalidFilter(f"A filter has {TERMS} comparisons at most.")


def _grammar(words: list[Token]) -> Any:
    try:
        tree = SCIMParser().parse(iter(words))
    except (SCIMParserError, ValueError, AttributeError):
        raise InvalidFilter("The filter is not one of RFC 7644 section 3.4.2.2.") from None
    if tree is None:
        raise InvalidFilter("The filter ends too early.")
    return tree


def _node(tree: Any, resolve: Resolve, inside: bool) -> Node:
    if isinstance(tree, ast.Filter):
        term = _elements(tree, resolve, inside) if tree.namespace is not None else _node(tree.expr, resolve, inside)
        return negated(term) if tree.negated else term
    if isinstance(tree, ast.LogExpr):
        return _junction(tree, resolve, inside)
    return _comparison(tree, resolve, inside)


def _junction(tree: Any, resolve: Resolve, inside: bool) -> Node:
    """`a and b and c` leans to the left; it becomes one node, without a level for each term."""
    op, terms = tree.op, []
    while isinstance(tree, ast.LogExpr) and tree.op == op:
        terms.append(_node(tree.expr2, resolve, inside))
        tree = tree.expr1
        while isinstance(tree, ast.Filter) and not tree.negated and tree.namespace is None:
            tree = tree.expr
    terms.append(_node(tree, resolve, inside))
    return (all_of if op == "and" else any_of)(reversed(terms))


def _elements(tree: Any, resolve: Resolve, inside: bool) -> Node:
    """attrPath[...]"""
    try:
        chain = _multi(tree.namespace, resolve, inside)
    except _Elsewhere:
        return NEVER
    return Elements(chain, _node(tree.expr, _within(chain[-1]), inside=True))


def _multi(path: Any, resolve: Resolve, inside: bool) -> Chain:
    if inside:
        raise InvalidFilter("A value path holds no other value path.")
    chain = _chain(path, resolve)
    if not chain[-1].multi or not chain[-1].subs:
        raise InvalidFilter(f"{spell(chain)} has no elements to choose from.")
    return chain


def _within(attribute: Attribute) -> Resolve:
    def resolve(name: str) -> Chain | None:
        found = attribute.sub(name)
        return (found,) if found else None

    return resolve


def _comparison(tree: Any, resolve: Resolve, inside: bool) -> Node:
    if isinstance(tree.attr_path.attr_name, ast.Filter):
        return _of_elements(tree, resolve, inside)
    try:
        return _term(_chain(tree.attr_path, resolve), tree)
    except _Elsewhere:
        return _absent(tree)


def _absent(tree: Any) -> Node:
    """What a comparison says of an attribute that is not there."""
    op = tree.value.lower()
    if op == "pr":
        return NEVER
    return ALWAYS if op == ("eq" if tree.comp_value.value is None else "ne") else NEVER


def _of_elements(tree: Any, resolve: Resolve, inside: bool) -> Node:
    """emails[type eq "work"].value eq "x": the parser has moved the sub-attribute into the namespace."""
    inner = tree.attr_path.attr_name
    sub = inner.namespace.sub_attr
    if sub is None:
        raise InvalidFilter("A value path is compared by one of its sub-attributes.")
    try:
        chain = _multi(ast.AttrPath(inner.namespace.attr_name, None, inner.namespace.uri), resolve, inside)
    except _Elsewhere:
        return NEVER
    within = _within(chain[-1])
    last = within(sub.value)
    if last is None:
        raise InvalidFilter(f"{spell(chain)} has no sub-attribute {sub.value}.")
    return Elements(chain, all_of((_node(inner.expr, within, inside=True), _term(last, tree))))


def _chain(path: Any, resolve: Resolve) -> Chain:
    if not isinstance(path.attr_name, str):
        raise InvalidFilter("A value path holds no other value path.")
    name = f"{path.uri}:{path.attr_name}" if path.uri else path.attr_name
    name = f"{name}.{path.sub_attr.value}" if path.sub_attr else name
    chain = resolve(name)
    if chain is None or not _shown(chain):
        raise InvalidFilter(f"There is no attribute {name} to filter by.")
    return chain


def _shown(chain: Chain) -> bool:
    """A password is nowhere, not even for a question (RFC 7643 section 7: never)."""
    return all(link.returned != "never" for link in chain)


class _Elsewhere(Exception):
    """Another of the resource types has that attribute, this one has not."""


def _one_of(types: Sequence[ResourceType], own: ResourceType) -> Resolve:
    def resolve(name: str) -> Chain | None:
        found = own.resolve(name)
        if found is None and any(_shown(chain) for each in types if (chain := each.resolve(name))):
            raise _Elsewhere
        return found

    return resolve


def _term(chain: Chain, tree: Any) -> Node:
    op = tree.value.lower()
    if op == "pr":
        return Present(chain)
    attribute = chain[-1]
    if attribute.type == "complex":
        value = attribute.sub("value") if attribute.multi else None
        if value is None:
            raise InvalidFilter(f"{spell(chain)} is complex: compare one of its sub-attributes.")
        chain = (*chain, value)
    raw = tree.comp_value.value
    compared = literal(chain, op, raw)
    if between_stamps(chain, raw):
        if op in ("eq", "ne"):
            return NEVER if op == "eq" else ALWAYS
        op = {"ge": "gt", "lt": "le"}.get(op, op)  # the literal is the millisecond before it
    return Compare(chain, op, compared, raw)
