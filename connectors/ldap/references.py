"""Attributes of other entries that name an entry by its DN: `member`, `manager`, `seeAlso`.

A server with the refint overlay, or the referential integrity plug-in, keeps them right by itself, a moment after its
answer; the hub cannot see whether there is one, so it does the same, and takes "already so" for an answer when the
server was faster. Active Directory always does it by itself (`Dialect.links`): there they are only looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.ldap.codes import outcome
from connectors.ldap.entry import Tree
from connectors.ldap.locate import Ended, refuse_protected
from connectors.ldap.members import settle
from connectors.ldap.messages import ADD, DELETE, ONE, And, Equal, Found, Modify, Reply, Search
from connectors.ldap.pipeline import Talk
from connectors.ldap.searches import whole
from mappings.model import Kind


@dataclass(frozen=True, slots=True)
class Naming:
    """An entry that names another one in an attribute."""

    entry: Found
    attribute: str


def naming(tree: Tree, kind: Kind, dn: str) -> Talk[list[Naming]]:
    """All entries of ours that name `dn`. Ends with Refused when a protected group does (S16): nothing may write it."""
    references = tree.shape(kind).references
    replies = yield [_search(tree, holder, attribute, dn) for holder, attribute in references]
    found: list[Naming] = []
    for (holder, attribute), reply in zip(references, replies, strict=True):
        for entry in whole(reply, tree.container(holder)).entries:
            if attribute == "member":
                yield from refuse_protected(tree, Kind.GROUP, entry)
            found.append(Naming(entry, attribute))
    return found


def repoint(tree: Tree, namings: Sequence[Naming], old: str, new: str) -> Talk[None]:
    """Writes `new` for `old` after a rename. Ends with the first outcome that is not success."""
    if tree.dialect.links:
        return
    replies = yield [
        Modify(each.entry.dn, ((DELETE, each.attribute, (old,)), (ADD, each.attribute, (new,)))) for each in namings
    ]
    overtaken = [each for each, reply in zip(namings, replies, strict=True) if _overtaken(reply)]
    replies = yield [Modify(each.entry.dn, ((ADD, each.attribute, (new,)),)) for each in overtaken]
    _accept(replies, 20)
    replies = yield [Modify(each.entry.dn, ((DELETE, each.attribute, (old,)),)) for each in overtaken]
    _accept(replies, 16)


def forget(tree: Tree, namings: Sequence[Naming], dn: str) -> Talk[None]:
    """Takes `dn` out, before its entry is deleted. Ends with the first outcome that is not success."""
    if tree.dialect.links:
        return
    for each in namings:
        if each.attribute == "member":
            outcomes = yield from settle(tree, each.entry.dn, (), (dn,))
            if outcomes[dn].__class__.__name__ not in ("Done", "AlreadySo"):
                raise Ended(outcomes[dn])
    rest = [each for each in namings if each.attribute != "member"]
    replies = yield [Modify(each.entry.dn, ((DELETE, each.attribute, (dn,)),)) for each in rest]
    _accept(replies, 16)


def _search(tree: Tree, holder: Kind, attribute: str, dn: str) -> Search:
    named = Equal(attribute, dn)
    wanted = And((tree.shape(Kind.GROUP).filter, named)) if attribute == "member" else named
    return Search(tree.container(holder), ONE, wanted, tree.own)


def _overtaken(reply: Reply) -> bool:
    if reply.code in (0, 32):  # 32: the entry that named it has gone meanwhile
        return False
    if reply.code in (16, 20):
        return True
    raise Ended(outcome(reply))


def _accept(replies: Sequence[Reply], already: int) -> None:
    for reply in replies:
        if reply.code not in (0, 32, already):
            raise Ended(outcome(reply))
