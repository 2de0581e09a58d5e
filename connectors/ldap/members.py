"""Joins and leaves: deltas on `member`, never the whole list.

A groupOfNames must have a member, so an empty one holds a placeholder. It goes in the same modify that brings a
real member, and comes in the same modify that takes the last one. Many joins and leaves of one group are one modify;
where one of its values was there already (20) or gone already (16), the server did none of them, and each is settled.
"""

from collections.abc import Sequence

from connectors.errors import ConnectorError
from connectors.ldap.codes import outcome
from connectors.ldap.entry import Tree
from connectors.ldap.failures import outcome_of_error
from connectors.ldap.locate import Ended, locate
from connectors.ldap.messages import ADD, DELETE, Equal, Modify
from connectors.ldap.pipeline import Talk, together
from connectors.ldap.searches import read_entry
from mappings.model import Action, AlreadySo, Done, Operation, Outcome, Retry

ROUNDS = 4  # how often somebody else may be faster before the row waits its turn

Placed = tuple[int, Operation]


def change_members(tree: Tree, operations: Sequence[Placed]) -> Talk[list[tuple[int, Outcome]]]:
    """Joins and leaves of one group, each with an outcome of its own; at most one of a subject."""
    group = operations[0][1].group
    assert group is not None, "a join or leave names its group"
    try:
        entry = yield from locate(tree, group, ())
    except Ended as end:
        return [(place, end.outcome) for place, _ in operations]
    if entry is None:
        return [(place, _group_gone(operation)) for place, operation in operations]
    members = yield from together([_member(tree, operation) for _, operation in operations])
    outcomes: list[tuple[int, Outcome]] = []
    named: list[tuple[int, Action, str]] = []
    for (place, operation), member in zip(operations, members, strict=True):
        if isinstance(member, str):
            named.append((place, operation.action, member))
        else:
            outcomes.append((place, member))
    for start in range(0, len(named), tree.config.members_per_modify):
        outcomes += yield from _lot(tree, entry.dn, named[start : start + tree.config.members_per_modify])
    return outcomes


def _lot(tree: Tree, group: str, lot: Sequence[tuple[int, Action, str]]) -> Talk[list[tuple[int, Outcome]]]:
    joins = [dn for _, action, dn in lot if action is Action.JOIN]
    leaves = [dn for _, action, dn in lot if action is Action.LEAVE]
    settled = yield from settle(tree, group, joins, leaves)
    return [(place, settled[dn]) for place, _, dn in lot]


def settle(tree: Tree, group: str, joins: Sequence[str], leaves: Sequence[str]) -> Talk[dict[str, Outcome]]:
    """Brings DNs into a group and takes others out; the outcome of each."""
    outcomes: dict[str, Outcome] = {}
    joins, leaves, last = list(dict.fromkeys(joins)), list(dict.fromkeys(leaves)), False
    for _ in range(ROUNDS):
        change = yield from _change(tree, group, joins, leaves, last)
        (reply,) = yield [change]
        if reply.code == 0:
            return outcomes | dict.fromkeys((*joins, *leaves), Done())
        if reply.code in (16, 20):
            so = yield from _already(group, joins, leaves)
            outcomes |= dict.fromkeys(so, AlreadySo())
            joins, leaves = [dn for dn in joins if dn not in so], [dn for dn in leaves if dn not in so]
            if not joins and not leaves:
                return outcomes
        elif reply.code == 65 and not joins and not last:
            last = True
        else:
            return outcomes | (yield from _apart(tree, group, joins, leaves, outcome(reply)))
    return outcomes | dict.fromkeys((*joins, *leaves), Retry("组的成员同时被别处修改，稍后再试"))


def _change(tree: Tree, group: str, joins: list[str], leaves: list[str], last: bool) -> Talk[Modify]:
    """One modify for all; the placeholder comes when the last member leaves, and goes when one joins."""
    placeholder = tree.config.placeholder_dn
    add, delete = list(joins), list(leaves)
    if joins:
        (reply,) = yield [read_entry(group, ("1.1",), Equal("member", placeholder))]
        delete += [placeholder] if reply.entries else []
    elif last:
        add = [placeholder]
    # added first: the entry is legal at every step
    changes = ((ADD, "member", tuple(add)), (DELETE, "member", tuple(delete)))
    return Modify(group, tuple(change for change in changes if change[2]))


def _already(group: str, joins: Sequence[str], leaves: Sequence[str]) -> Talk[set[str]]:
    everybody = (*joins, *leaves)
    replies = yield [read_entry(group, ("1.1",), Equal("member", dn)) for dn in everybody]
    there = {dn for dn, reply in zip(everybody, replies, strict=True) if reply.entries}
    return {dn for dn in joins if dn in there} | {dn for dn in leaves if dn not in there}


def _apart(
    tree: Tree, group: str, joins: Sequence[str], leaves: Sequence[str], failed: Outcome
) -> Talk[dict[str, Outcome]]:
    """A modify that was refused for one of its members must not refuse the others: each half is tried by itself."""
    if isinstance(failed, Retry) or len(joins) + len(leaves) < 2:
        return dict.fromkeys((*joins, *leaves), failed)
    half, rest = (len(joins) + 1) // 2, (len(leaves) + 1) // 2 if len(joins) < 2 else len(leaves)
    first = yield from settle(tree, group, joins[:half], leaves[:rest] if not joins else ())
    second = yield from settle(tree, group, joins[half:], leaves[rest:] if not joins else leaves)
    return first | second


def _member(tree: Tree, operation: Operation) -> Talk[str | Outcome]:
    """The DN to add or delete, as it is now; an outcome where there is nothing to do or it may not be done."""
    try:
        entry = yield from locate(tree, operation.ref, ())
    except Ended as end:
        return end.outcome
    except ConnectorError as error:
        return outcome_of_error(error)
    if entry is not None:
        return entry.dn
    if operation.action is Action.JOIN:
        return Retry("人员条目已不在目录中，请重新读取")
    return operation.ref.name or AlreadySo()  # a name that outlived its entry is taken out too


def _group_gone(operation: Operation) -> Outcome:
    return AlreadySo() if operation.action is Action.LEAVE else Retry("组的条目已不在目录中，请重新读取")
