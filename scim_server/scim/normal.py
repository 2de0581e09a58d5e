"""A filter in normal form, for engines that know a third truth value: `not` stands at the leaves alone.

There it can be said of each comparison by itself that what is absent is not NULL but
does not match. The number of leaves stays the same. `ne` is the negation of `eq`.
"""

from dataclasses import replace

from scim_server.scim.expression import And, Compare, Elements, Node, Not, Or, all_of, any_of, negated

NARROW = 16
"""From this depth on the deepest term comes first: an engine that reads from the left then remembers least."""


def normal(node: Node, wanted: bool = True) -> Node:
    """The same filter, or its negation: And, Or, and leaves with at most one Not before each.

    An And holds no And, an Or no Or; the terms inside of Elements are in normal form too.
    """
    match node:
        case Not(term):
            return normal(term, not wanted)
        case And(terms) | Or(terms):
            joined = all_of if isinstance(node, And) == wanted else any_of
            return _narrow(joined(_flat([normal(term, wanted) for term in terms], joined is all_of)))
        case Compare(op="ne"):
            return normal(replace(node, op="eq"), not wanted)
        case Elements(path, term):
            return _signed(Elements(path, normal(term)), wanted)
        case _:
            return _signed(node, wanted)


def _signed(leaf: Node, wanted: bool) -> Node:
    return leaf if wanted else negated(leaf)


def _flat(terms: list[Node], conjunction: bool) -> list[Node]:
    kind = And if conjunction else Or
    return [each for term in terms for each in (term.terms if isinstance(term, kind) else (term,))]


def _narrow(node: Node) -> Node:
    if not isinstance(node, And | Or) or depth(node) < NARROW:
        return node
    return type(node)(tuple(sorted(node.terms, key=depth, reverse=True)))


def depth(node: Node) -> int:
    """How many levels there are below a node."""
    match node:
        case And(terms) | Or(terms):
            return 1 + max(map(depth, terms), default=0)
        case Not(term) | Elements(_, term):
            return 1 + depth(term)
        case _:
            return 0
