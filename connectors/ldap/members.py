"""Joins and leaves: deltas on `member`, never the whole list.

Where a group must have a member (`Dialect.empty_groups`), an empty one holds a placeholder. It goes in the same modify
that brings a real member, and comes in the same modify that takes the last one. Many joins and leaves of one group are
one modify; where one of its values was there already (20) or gone already (16), the server did none of them, and each
is settled.
"""

from collections.abc import Sequence

from connectors.errors import ConnectorError, Unreadable
from connectors.ldap.codes import checked, outcome
from connectors.ldap.entry import Tree
from connectors.ldap.failures import outcome_of_error
from connectors.ldap.locate import Ended, locate
from connectors.ldap.messages import ADD, DELETE, Equal, Found, Modify, Search
from connectors.ldap.pipeline import Talk, together
from connectors.ldap.searches import read_entry
from mappings.model import Action, AlreadySo, Done, Operation, Outcome, Retry

RANGE = 1500  # values that Active Directory gives at once, by default
NAMED = 5  # members that are told by name
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
        so: set[str] = set()
        if reply.code in (16, 20) or reply.code in tree.dialect.already:
            so = yield from _already(group, joins, leaves)
        if so or reply.code in (16, 20):
            outcomes |= dict.fromkeys(so, AlreadySo())
            joins, leaves = [dn for dn in joins if dn not in so], [dn for dn in leaves if dn not in so]
            if not joins and not leaves:
                return outcomes
        elif reply.code == 65 and not joins and not last and not tree.dialect.empty_groups:
            last = True
        else:
            return outcomes | (yield from _apart(tree, group, joins, leaves, outcome(reply)))
    return outcomes | dict.fromkeys((*joins, *leaves), Retry("组的成员同时被别处修改，稍后再试"))


def _change(tree: Tree, group: str, joins: list[str], leaves: list[str], last: bool) -> Talk[Modify]:
    """One modify for all; the placeholder comes when the last member leaves, and goes when one joins."""
    placeholder = tree.config.placeholder_dn
    add, delete = list(joins), list(leaves)
    if joins and not tree.dialect.empty_groups:
        (reply,) = yield [read_entry(group, ("1.1",), Equal("member", placeholder))]
        delete += [placeholder] if reply.entries else []
    elif last:
        add = [placeholder]
    # added first: the entry is legal at every step
    changes = ((ADD, "member", tuple(add)), (DELETE, "member", tuple(delete)))
    return Modify(group, tuple(change for change in changes if change[2]))


def remaining(tree: Tree, group: str) -> Talk[tuple[int, list[str]]]:
    """How many members a group has, without the placeholder, and the DNs of the first few.

    Read range by range where the server cuts the list.

    Active Directory gives at most some 1,500 values at a time ([MS-ADTS] 3.1.1.3.1.3.3), and says so in the name of
    the attribute: `member;range=0-1499`, and `member;range=1500-*` at the end.
    """
    total, start = 0, 0
    first: list[str] = []
    while True:
        (reply,) = yield [_stretch(tree, group, start)]
        if reply.code == 32:
            return total, first
        values, following = _range(checked(reply, group).entries)
        shown = [dn for dn in values if not tree.hidden(dn)]
        total, first = total + len(shown), (first + shown)[:NAMED]
        if following is None:
            return total, first
        start = _onward(group, start, following)


def listing(tree: Tree, group: str, start: int) -> Talk[tuple[Sequence[str], int | None]]:
    """The DNs that a group lists from that place on, the placeholder not among them, and where the next lot begins.

    Unreadable where the group is gone: who is in it is then not known, and nobody is said to have left it.
    """
    (reply,) = yield [_stretch(tree, group, start)]
    entries = checked(reply, group).entries
    if not entries:
        raise Unreadable(f"{group} 在读取途中不见了")
    values, following = _range(entries)
    found = [dn for dn in values if not tree.hidden(dn)]
    return found, None if following is None else _onward(group, start, following)


def _stretch(tree: Tree, group: str, start: int) -> Search:
    wanted = f"member;range={start}-{start + RANGE - 1}" if tree.dialect.links else "member"
    return read_entry(group, (wanted,))


def _onward(group: str, start: int, following: int) -> int:
    if following <= start:
        raise Unreadable(f"{group} 的成员分段读取没有进展")
    return following


def _range(entries: Sequence[Found]) -> tuple[tuple[str, ...], int | None]:
    """The members in an answer, and where the next lot begins; None at the end."""
    for entry in entries:
        for name in entry.attributes:
            bare, _, bounds = name.partition(";range=")
            if bare == "member" and bounds:
                last = bounds.partition("-")[2]
                return entry.texts(name), int(last) + 1 if last.isdigit() else None
        return entry.texts("member"), None
    return (), None


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
