"""Reading the directory: one account, the groups that name it, everybody page by page (S17).

An answer counts only when it is whole: a size, time or administrative limit, a pointer to another server, a
container that is gone, all of them raise. Groups are asked for a person by `(member=<dn>)`; their lists are not read.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, replace

from connectors.errors import Ambiguous, Unreadable
from connectors.ldap.codes import checked
from connectors.ldap.entry import Tree
from connectors.ldap.messages import ANY, BASE, ONE, And, Equal, Filter, Found, Reply, Search
from connectors.ldap.pipeline import Talk
from mappings.model import AccountState, Kind, Ref

NOWHERE = frozenset({32, 34})  # noSuchObject; and an id that is none of this server's is no DN either


def observe(tree: Tree, ref: Ref) -> Talk[AccountState | None]:
    """The account as it is, with its memberships for a person; None when it is surely absent."""
    entry = yield from find(tree, ref, tree.attributes(ref.kind))
    if entry is None:
        return None
    if ref.kind is Kind.GROUP:
        return tree.state(ref.kind, entry)
    (reply,) = yield [groups_of(tree, entry.dn)]
    return tree.state(ref.kind, entry, _group_ids(tree, reply))


def find(tree: Tree, ref: Ref, attributes: tuple[str, ...]) -> Talk[Found | None]:
    """The entry by its stable id, else by its key, directly below its container. In doubt raises ConnectorError."""
    if ref.remote_id:
        (reply,) = yield [_by_id(tree, ref.kind, ref.remote_id, attributes)]
        if tree.dialect.roams and reply.code in NOWHERE:
            reply = replace(reply, code=0)  # asked for by nothing but its id; whether the place is there, the key tells
        if entry := _only(tree, ref.kind, reply, lambda found: tree.ours(found.dn)):
            return entry
    return (yield from by_key(tree, ref, attributes))


def _by_id(tree: Tree, kind: Kind, remote_id: str, attributes: tuple[str, ...]) -> Search:
    if tree.dialect.roams:
        return Search(f"<GUID={remote_id}>", BASE, tree.shape(kind).filter, attributes)
    return _below(tree, kind, Equal(tree.dialect.unique_id, remote_id), attributes)


def by_key(tree: Tree, ref: Ref, attributes: tuple[str, ...]) -> Talk[Found | None]:
    """The entry that carries the key to the letter; the directory compares without case. Ambiguous if several do."""
    shape = tree.shape(ref.kind)
    wanted: Filter = Equal(shape.key, ref.key)
    if ref.kind is Kind.GROUP:
        wanted = And((shape.filter, wanted))
    (reply,) = yield [_below(tree, ref.kind, wanted, attributes)]
    return _only(tree, ref.kind, reply, lambda found: ref.key in found.texts(shape.key))


def groups_of(tree: Tree, dn: str, attributes: tuple[str, ...] = ()) -> Search:
    """Asks for the groups that name a DN as a member."""
    wanted = And((tree.shape(Kind.GROUP).filter, Equal("member", dn)))
    return _below(tree, Kind.GROUP, wanted, (*attributes, tree.dialect.unique_id))


def _below(tree: Tree, kind: Kind, wanted: Filter, attributes: tuple[str, ...]) -> Search:
    return Search(tree.container(kind), ONE, wanted, attributes)


def _only(tree: Tree, kind: Kind, reply: Reply, wanted: Callable[[Found], bool]) -> Found | None:
    container = tree.container(kind)
    found = checked(reply, container).entries
    entries = [entry for entry in found if wanted(entry) and not tree.hidden(entry.dn)]
    if len(entries) > 1:
        raise Ambiguous(f"{container} 下有 {len(entries)} 个条目带着同一个键（{tree.shape(kind).key}），请人工清理")
    if not entries and reply.continued:
        raise Unreadable(f"{container} 的一部分在别的服务器上，不能断定条目不存在")
    return entries[0] if entries else None


def _group_ids(tree: Tree, reply: Reply) -> frozenset[str]:
    return frozenset(tree.remote_id(entry) for entry in whole(reply, tree.config.groups_dn).entries)


def whole(reply: Reply, base: str) -> Reply:
    """The reply of a search, if nothing is missing in it."""
    if checked(reply, base).continued:
        raise Unreadable(f"{base} 的一部分在别的服务器上，读到的不完整")
    return reply


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a paged read stands. It is good on the line that began it, and nowhere else (RFC 2696 section 3)."""

    line: int
    whole: bool
    cookie: bytes

    def __str__(self) -> str:
        return f"{self.line}.{int(self.whole)}.{base64.urlsafe_b64encode(self.cookie).decode()}"

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """The cursor that was given out as `text`. Unreadable when it is none."""
        try:
            line, complete, cookie = text.split(".")
            return cls(int(line), complete == "1", base64.urlsafe_b64decode(cookie))
        except (ValueError, binascii.Error) as error:
            raise Unreadable("翻页标记无效，请从头读取") from error


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page, before it is called a Page: its accounts, how to go on, and whether all pages so far were whole."""

    accounts: tuple[AccountState, ...]
    cookie: bytes
    whole: bool


def page(tree: Tree, kind: Kind, cookie: bytes, *, bare: bool = False) -> Talk[Sheet]:
    """One page of everybody of a kind; persons with their memberships, unless bare."""
    container = tree.container(kind)
    wanted = tree.shape(kind).filter
    size = tree.config.page_size
    (reply,) = yield [Search(container, ONE, wanted, tree.attributes(kind), size, cookie)]
    found = checked(reply, container).entries
    if not found and not reply.continued:
        yield from _there(container)
    entries = [entry for entry in found if not tree.hidden(entry.dn)]
    if bare or kind is Kind.GROUP:
        return Sheet(tuple(tree.state(kind, entry) for entry in entries), reply.cookie, not reply.continued)
    groups = yield [groups_of(tree, entry.dn) for entry in entries]
    accounts = (tree.state(kind, entry, _group_ids(tree, each)) for entry, each in zip(entries, groups, strict=True))
    return Sheet(tuple(accounts), reply.cookie, not reply.continued)


def _there(container: str) -> Talk[None]:
    """389 answers a paged search below a place that is not there with success and nobody: that must be told apart."""
    (reply,) = yield [read_entry(container, ("1.1",))]
    if not checked(reply, container).entries:
        raise Unreadable(f"{container} 不存在，或服务账号看不到：不能断定其下没有条目")


def read_entry(dn: str, attributes: tuple[str, ...], wanted: Filter = ANY) -> Search:
    """Asks for one entry by its DN."""
    return Search(dn, BASE, wanted, attributes)
