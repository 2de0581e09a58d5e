"""Proves with a test entry what no configuration can promise: the rights, and that a lock really keeps somebody out.

The entry is `uid=huaming-doctor` below the people container, its group `cn=huaming-doctor`. Both go at the end,
whatever happened; what an interrupted check left behind is known by its name and its mark, and goes first.
"""

import secrets
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from connectors.errors import Denied
from connectors.ldap import names, remedies
from connectors.ldap.codes import sentence
from connectors.ldap.config import LdapConfig
from connectors.ldap.entry import GROUP, PERSON, Tree
from connectors.ldap.messages import ADD, DELETE, REPLACE, SUBTREE, Add, Delete, Equal, Modify, Reply, Request, Search
from connectors.ldap.opening import open_line
from connectors.ldap.pipeline import Talk
from connectors.ldap.searches import read_entry
from mappings.model import Finding

MARK = "huaming-doctor"


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
        self._person = names.child("uid", MARK, config.people_dn)
        self._group = names.child("cn", MARK, config.groups_dn)
        self._password = f"Hm-1{secrets.token_urlsafe(24)}"

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
        if reply.entries and MARK not in reply.entries[0].texts("employeeNumber"):
            text = f"{self._person} 已存在，但不是检查所建，不动它；锁定与权限没有验证"
            raise Stopped(Finding("error", text, f"ldapmodrdn … '{self._person}' uid=…（给它改名）"))
        yield from self._remove()

    def _rights(self) -> Iterator[Finding]:
        person = {
            "objectClass": PERSON.classes,
            **dict.fromkeys(("cn", "sn", "employeeNumber"), (MARK,)),
            "userPassword": (self._password,),
        }
        self._must("新建人员条目", Add(self._person, person))
        self._must("修改人员条目", Modify(self._person, ((REPLACE, "title", (MARK,)),)))
        member = (self._config.placeholder_dn,)
        self._must("新建组", Add(self._group, {"objectClass": GROUP.classes, "member": member}))
        swap = ((ADD, "member", (self._person,)), (DELETE, "member", member))
        self._must("修改组成员", Modify(self._group, swap))
        yield Finding("ok", "服务账号可以新建、修改人员条目和组")

    def _locking(self) -> Iterator[Finding]:
        if not self._gets_in():
            text = "测试条目用正确的密码也登录不了，锁定无法验证（userPassword 应允许 anonymous auth）"
            raise Stopped(Finding("error", text, remedies.access(self._config)))
        entry = self._ask(lambda tree: _entry(tree, self._person))
        lock: Reply = self._ask(lambda tree: _one(Modify(self._person, tree.dialect.lock(entry))))
        if lock.code == 17:
            text = "目录没有加载 ppolicy，不能锁定账号"
            raise Stopped(Finding("error", text, remedies.password_policy(self._config)))
        self._check("锁定", lock)
        if self._gets_in():
            raise Stopped(self._ignored())
        self._check("解锁", self._ask(lambda tree: _unlock(tree, entry.dn)))
        if not self._gets_in():
            raise Stopped(Finding("error", "解锁之后正确的密码仍然登录不了", remedies.password_policy(self._config)))
        yield Finding("ok", "锁定后正确的密码被拒绝，解锁后可以登录，密码未动")

    def _ignored(self) -> Finding:
        """The lock was written, and the server lets the account in all the same."""
        wanted = ("pwdLockout",)
        reply = self._send(Search(self._config.base_dn, SUBTREE, Equal("objectClass", "pwdPolicy"), wanted))
        deaf = [found.dn for found in reply.entries if found.texts("pwdLockout") != ("TRUE",)]
        if deaf:
            text = f"目录忽略锁定：密码策略 {'、'.join(deaf)} 没有设 pwdLockout: TRUE"
            return Finding("error", text, remedies.obey_locks(deaf))
        text = "目录忽略锁定：没有对人员生效的密码策略（olcPPolicyDefault 或 pwdPolicySubentry）"
        return Finding("error", text, remedies.password_policy(self._config))

    def _gets_in(self) -> bool:
        changes = {"bind_dn": self._person, "bind_password": self._password}
        try:
            open_line(self._config.model_copy(update=changes), self._monotonic).close()
        except Denied:
            return False
        return True

    def _remove(self) -> Iterator[Finding]:
        for dn in (self._group, self._person):
            reply = self._send(Delete(dn))
            if reply.code not in (0, 32):
                text = f"检查用的 {dn} 删不掉：{sentence(reply)}"
                yield Finding(
                    "error", text, f"ldapdelete -x -H {self._config.url} -D '{self._config.bind_dn}' -W '{dn}'"
                )

    def _send(self, request: Request) -> Reply:
        reply: Reply = self._ask(lambda tree: _one(request))
        return reply

    def _must(self, what: str, request: Request) -> None:
        self._check(what, self._send(request))

    def _check(self, what: str, reply: Reply) -> None:
        if reply.code != 0:
            raise Stopped(Finding("error", f"服务账号不能{what}：{sentence(reply)}", remedies.access(self._config)))


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
