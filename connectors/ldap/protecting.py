"""Tells which accounts that were read are protected (S16): one search a rule and container, not one an account."""

from collections.abc import Sequence

from connectors.ldap import names
from connectors.ldap.entry import Tree
from connectors.ldap.locate import protected_names, rules
from connectors.ldap.messages import ONE, Filter, Search
from connectors.ldap.pipeline import Talk
from connectors.ldap.searches import whole
from mappings.model import AccountState, Kind


def protects(tree: Tree, states: Sequence[AccountState]) -> Talk[list[bool]]:
    """Of each, whether it is never written: by DN, by id, by filter, or as the bind account's group."""
    ids = set(tree.config.protected_ids)
    for kind in (Kind.PERSON, Kind.GROUP):
        for rule in rules(tree, kind):
            ids |= yield from _matching(tree, kind, rule)
    named = (tree.config.bind_dn, *protected_names(tree))
    return [
        (state.remote_id or "").casefold() in ids or any(names.same(state.name or "", each) for each in named)
        for state in states
    ]


def _matching(tree: Tree, kind: Kind, rule: Filter) -> Talk[set[str]]:
    """The ids, folded, of all that a rule holds for. Raises Unreadable where the answer is not whole."""
    container, own = tree.container(kind), tree.own
    found: set[str] = set()
    cookie = b""
    while True:
        (reply,) = yield [Search(container, ONE, rule, own, tree.config.page_size, cookie)]
        found |= {tree.remote_id(entry).casefold() for entry in whole(reply, container).entries}
        cookie = reply.cookie
        if not cookie:
            return found
