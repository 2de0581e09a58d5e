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
from scim_server.scim.expression import And, Compare, Elements, Literal, Node, Not, Or, Present
from scim_server.scim.fold import fold
from scim_server.scim.lexer import OPERATORS, Token, tokens
from scim_server.scim.schemas import Attribute, Chain, ResourceType, spell
from scim_server.scim.values import instant

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


def parse_value_filter(attribute: Attribute, text: str) -> Node:
    """The filter between the brackets of a value path; its attributes are sub-attributes of `attribute`."""
    return _parse(text, _within(attribute))


def _parse(text: str, resolve: Resolve) -> Node:
    if len(text.encode(errors="surrogatepass")) > LENGTH:
        raise InvalidFilter("A filter has 8 KB at most.")
    words = tokens(text)
    _demand_bounds(words)
    return _node(_grammar(and_first(words)), resolve, inside=False)


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


def and_first(words: list[Token]) -> list[Token]:
    """The same tokens with parentheses round every run of `and` that stands beside an `or`."""
    out: list[Token] = []
    frames = [_Frame(0)]
    for word in words:
        if word.type in ("RPAREN", "RBRACKET") and len(frames) > 1:
            frames.pop().close(out)
        elif word.type == "OR":
            frames[-1].meet_or(out)
        elif word.type == "AND":
            frames[-1].has_and = True
        out.append(word)
        if word.type in ("LPAREN", "LBRACKET"):
            frames.append(_Frame(len(out)))
        elif word.type == "OR":
            frames[-1].start = len(out)
    while frames:
        frames.pop().close(out)
    return out


class _Frame:
    """What stands between one pair of brackets, as far as it has been read."""

    def __init__(self, start: int) -> None:
        self.start = start  # of the run under way, in the tokens put out
        self.has_and = self.has_or = False

    def meet_or(self, out: list[Token]) -> None:
        self.has_or = True
        self.close(out)

    def close(self, out: list[Token]) -> None:
        if self.has_and and self.has_or:
            out.insert(self.start, Token("LPAREN", "(", 0, 0))
            out.append(Token("RPAREN", ")", 0, 0))
        self.has_and = False


def _node(tree: Any, resolve: Resolve, inside: bool) -> Node:
    if isinstance(tree, ast.Filter):
        term = _elements(tree, resolve, inside) if tree.namespace is not None else _node(tree.expr, resolve, inside)
        return Not(term) if tree.negated else term
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
    return (And if op == "and" else Or)(tuple(reversed(terms)))


def _elements(tree: Any, resolve: Resolve, inside: bool) -> Node:
    """attrPath[...]"""
    chain = _multi(tree.namespace, resolve, inside)
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
    path = tree.attr_path
    if not isinstance(path.attr_name, ast.Filter):
        return _term(_chain(path, resolve), tree)
    # emails[type eq "work"].value eq "x": the parser has moved the sub-attribute into the namespace
    inner = path.attr_name
    sub = inner.namespace.sub_attr
    if sub is None:
        raise InvalidFilter("A value path is compared by one of its sub-attributes.")
    chain = _multi(ast.AttrPath(inner.namespace.attr_name, None, inner.namespace.uri), resolve, inside)
    within = _within(chain[-1])
    last = within(sub.value)
    if last is None:
        raise InvalidFilter(f"{spell(chain)} has no sub-attribute {sub.value}.")
    return Elements(chain, And((_node(inner.expr, within, inside=True), _term(last, tree))))


def _chain(path: Any, resolve: Resolve) -> Chain:
    if not isinstance(path.attr_name, str):
        raise InvalidFilter("A value path holds no other value path.")
    name = f"{path.uri}:{path.attr_name}" if path.uri else path.attr_name
    name = f"{name}.{path.sub_attr.value}" if path.sub_attr else name
    chain = resolve(name)
    if chain is None or not all(link.served and link.returned != "never" for link in chain):
        raise InvalidFilter(f"There is no attribute {name} to filter by.")
    return chain


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
    return Compare(chain, op, literal(chain, op, raw), raw)


def literal(chain: Chain, op: str, value: Any) -> Literal:
    """The value of a comparison in the type of its attribute; InvalidFilter where it cannot be one."""
    attribute = chain[-1]
    if value is None:
        if op not in ("eq", "ne"):
            raise InvalidFilter(f"null is compared by eq and ne only, not by {op}.")
        return None
    if attribute.type == "boolean":
        return _truth(chain, op, value)
    if attribute.type in ("integer", "decimal"):
        if isinstance(value, bool) or not isinstance(value, int | float) or op in ("co", "sw", "ew"):
            raise InvalidFilter(f"{spell(chain)} {op}: a number, compared as one, is expected.")
        return value
    if not isinstance(value, str):
        raise InvalidFilter(f"{spell(chain)} is compared with a string.")
    return _text(chain, op, value)


def _truth(chain: Chain, op: str, value: Any) -> bool:
    """Entra writes booleans as strings inside value paths: roles[primary eq "True"]."""
    truth = {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(truth, bool) or op not in ("eq", "ne"):
        raise InvalidFilter(f"{spell(chain)} is true or false, compared by eq or ne.")
    return truth


def _text(chain: Chain, op: str, value: str) -> str:
    attribute = chain[-1]
    if "\0" in value:
        raise InvalidFilter(f"{spell(chain)} never holds U+0000.")
    if attribute.type == "dateTime":
        stamp = instant(value)
        if stamp is None or op in ("co", "sw", "ew"):
            raise InvalidFilter(f"{spell(chain)} {op}: a dateTime such as 2026-11-23T08:00:00Z is expected.")
        return stamp
    if attribute.type == "binary" and op not in ("eq", "ne"):
        raise InvalidFilter(f"{spell(chain)} is binary: it is compared by eq or ne.")
    return value if attribute.case_exact else fold(value)
