"""Finds the entry that an operation is about, and makes sure that it is that one and may be written.

The DN last read back is tried first; the entry there must carry the stable id. Only then is it searched for.
"""

from collections.abc import Generator
from typing import Any

from connectors.ldap import names
from connectors.ldap.entry import Tree
from connectors.ldap.messages import Equal, Filter, Found, Written
from connectors.ldap.pipeline import Talk
from connectors.ldap.searches import find, read_entry
from mappings.model import Conflict, Kind, Outcome, Ref, Refused, Retry


class Ended(Exception):
    """An operation has its outcome early."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def outcome_of(talk: Generator[Any, Any, Outcome]) -> Talk[Outcome]:
    """The outcome of an operation, however early it ended."""
    try:
        return (yield from talk)
    except Ended as end:
        return end.outcome


def locate(tree: Tree, ref: Ref, attributes: tuple[str, ...]) -> Talk[Found | None]:
    """The entry, found to be the one that `ref` means, and not protected; None when it is gone.

    Ends with Conflict where another entry than the linked one carries the key now.
    """
    wanted = (*attributes, *tree.own, tree.shape(ref.kind).key)
    entry = yield from _there(tree, ref, wanted)
    if entry is None:
        entry = yield from find(tree, ref, wanted)
    if entry is None:
        return None
    if ref.remote_id and tree.remote_id(entry) != ref.remote_id:
        raise Ended(Conflict(entry.dn, "关联的条目已不存在，另有条目带着同一个键"))
    yield from refuse_protected(tree, ref.kind, entry)
    return entry


def existing(tree: Tree, ref: Ref, attributes: tuple[str, ...]) -> Talk[Found]:
    """The entry; ends with Retry when it is gone, since whoever asked for the change has not seen that yet."""
    entry = yield from locate(tree, ref, attributes)
    if entry is None:
        raise Ended(Retry("条目已不在目录中，请重新读取"))
    return entry


def _there(tree: Tree, ref: Ref, wanted: tuple[str, ...]) -> Talk[Found | None]:
    if not ref.name or not tree.ours(ref.name):
        return None
    (reply,) = yield [read_entry(ref.name, wanted)]
    if reply.code != 0 or len(reply.entries) != 1:
        return None
    entry = reply.entries[0]
    if ref.remote_id:
        return entry if tree.id_of(entry) == ref.remote_id else None
    return entry if ref.key in entry.texts(tree.shape(ref.kind).key) else None


def refuse_protected(tree: Tree, kind: Kind, entry: Found) -> Talk[None]:
    """Ends with Refused where the entry is protected (S16): by DN, by id, by filter, or as the bind account's group."""
    refuse_protected_name(tree, entry.dn)
    if (tree.id_of(entry) or "").casefold() in tree.config.protected_ids:
        raise Ended(protected(entry.dn))
    replies = yield [read_entry(entry.dn, ("1.1",), rule) for rule in rules(tree, kind)]
    if any(reply.entries for reply in replies):
        raise Ended(protected(entry.dn))


def refuse_protected_name(tree: Tree, dn: str) -> None:
    """Ends with Refused where the DN is protected, or where nothing of ours may stand."""
    if any(names.same(dn, each) for each in (tree.config.bind_dn, *protected_names(tree))):
        raise Ended(protected(dn))
    if not tree.ours(dn):
        raise Ended(Refused("outside", f"{dn} 不在人员或组的容器之下，不写"))


def protected(dn: str) -> Refused:
    """The outcome for a protected entry."""
    return Refused("protected", f"{dn} 受保护，不写")


def protected_names(tree: Tree) -> list[str]:
    """The protected DNs."""
    return [rule for rule in tree.config.protected if "=" in rule and not rule.startswith("(")]


def rules(tree: Tree, kind: Kind) -> list[Filter]:
    """What is protected by what it is: the filters, and of groups those of the bind account."""
    found: list[Filter] = [Written(rule) for rule in tree.config.protected if rule.startswith("(")]
    if kind is Kind.GROUP:
        found.append(Equal("member", tree.config.bind_dn))
    return found
