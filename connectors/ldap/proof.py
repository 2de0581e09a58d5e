"""Proves with a test entry what no configuration can promise: the rights, and that a lock really keeps somebody out.

The entry is named `huaming-doctor`, below the people container, and so is its group. Both go at the end,
whatever happened; what an interrupted check left behind is known by its name and its mark, and goes first.
"""

import secrets
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from connectors.errors import Denied
from connectors.ldap import trial
from connectors.ldap.codes import sentence
from connectors.ldap.config import LdapConfig
from connectors.ldap.entry import Tree
from connectors.ldap.messages import Delete, Modify, Reply, Request
from connectors.ldap.opening import open_line
from connectors.ldap.pipeline import Talk
from connectors.ldap.searches import read_entry
from mappings.model import Finding, Kind


class Ask(Protocol):
    """Holds one conversation on the service account's line. Raises ConnectorError."""

    def __call__(self, talk: Callable[[Tree], Talk[Any]]) -> Any: ...


class Stopped(Exception):
    """A step failed; what follows would prove nothing."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.text)
        self.finding = finding


class Proof:
    """The steps, each a finding. `monotonic` in seconds."""

    def __init__(self, config: LdapConfig, ask: Ask, monotonic: Callable[[], float]) -> None:
        self._config = config
        self._ask = ask
        self._monotonic = monotonic
        self._name = config.test_name
        self._password = f"Hm-1{secrets.token_urlsafe(24)}"
        self._tree: Tree = ask(_itself)
        self._person, self._group = (trial.place(self._tree, kind, self._name) for kind in (Kind.PERSON, Kind.GROUP))

    def findings(self) -> Iterator[Finding]:
        """Every step that was proved, and the first that failed."""
        try:
            yield from self._remove_leftovers()
        except Stopped as stop:
            yield stop.finding
            return
        try:
            yield from self._rights()
            yield from self._locking()
        except Stopped as stop:
            yield stop.finding
        finally:
            yield from self._remove()

    def _remove_leftovers(self) -> Iterator[Finding]:
        reply = self._send(read_entry(self._person, ("employeeNumber",)))
        if reply.entries and self._name not in reply.entries[0].texts("employeeNumber"):
            text = f"{self._person} 已存在，但不是检查所建，不动它；锁定与权限没有验证"
            raise Stopped(Finding("error", text, f"ldapmodrdn … '{self._person}' uid=…（给它改名）"))
        yield from self._remove()

    def _rights(self) -> Iterator[Finding]:
        for what, request in self._tree.dialect.trial(self._tree, self._name, self._password):
            self._check(what, self._send(request))
        yield Finding("ok", "服务账号可以新建、修改人员条目和组")

    def _locking(self) -> Iterator[Finding]:
        dialect = self._tree.dialect
        if not self._gets_in():
            text = "测试条目用正确的密码也登录不了，锁定无法验证（userPassword 应允许 anonymous auth）"
            raise Stopped(Finding("error", text, self._access()))
        entry = self._ask(lambda tree: _entry(tree, self._person))
        lock = self._send(Modify(self._person, dialect.lock(entry)))
        if lock.code == 17:
            text = "目录没有加载 ppolicy，不能锁定账号"
            raise Stopped(Finding("error", text, dialect.remedies.locks(self._config)))
        self._check("锁定", lock)
        if self._gets_in():
            raise Stopped(self._ask(dialect.remedies.deaf))
        self._check("解锁", self._ask(lambda tree: _unlock(tree, entry.dn)))
        if not self._gets_in():
            text = "解锁之后正确的密码仍然登录不了"
            raise Stopped(Finding("error", text, dialect.remedies.locks(self._config)))
        yield Finding("ok", "锁定后正确的密码被拒绝，解锁后可以登录，密码未动")

    def _gets_in(self) -> bool:
        changes = {"bind_dn": self._person, "bind_password": self._password}
        try:
            open_line(self._config.model_copy(update=changes), self._monotonic).close()
        except Denied:
            return False
        return True

    def _remove(self) -> Iterator[Finding]:
        for dn in (self._group, self._person):
            if not self._send(read_entry(dn, ("1.1",))).entries:
                continue
            reply = self._send(Delete(dn))
            if reply.code not in (0, 32):
                text = f"检查用的 {dn} 删不掉：{sentence(reply)}"
                typed = f"ldapdelete -x -H {self._config.url} -D '{self._config.bind_dn}' -W '{dn}'"
                yield Finding("error", text, typed)

    def _send(self, request: Request) -> Reply:
        reply: Reply = self._ask(lambda tree: _one(request))
        return reply

    def _check(self, what: str, reply: Reply) -> None:
        if reply.code != 0:
            raise Stopped(Finding("error", f"服务账号不能{what}：{sentence(reply)}", self._access()))

    def _access(self) -> str:
        access: str = self._ask(self._tree.dialect.remedies.access)
        return access


def _itself(tree: Tree) -> Talk[Tree]:
    yield from ()
    return tree


def _one(request: Request) -> Talk[Reply]:
    (reply,) = yield [request]
    return reply


def _entry(tree: Tree, dn: str) -> Talk[Any]:
    (reply,) = yield [read_entry(dn, tree.dialect.lock_attributes)]
    if not reply.entries:
        raise Denied(f"服务账号看不到自己建的 {dn}")
    return reply.entries[0]


def _unlock(tree: Tree, dn: str) -> Talk[Reply]:
    entry = yield from _entry(tree, dn)
    changes = yield from tree.dialect.unlock(entry, tree.config.base_dn)
    return (yield from _one(Modify(dn, changes)))
