"""How an account comes to life in Active Directory: disabled, then with a password, then, where it may be, enabled.

No single request does all that everywhere. Until the last step the account is disabled, says so in its description,
and lacks its `sn`; so it is told from one that somebody disabled by hand, its row shows a difference, and the update
that follows finishes it. The password is one that nobody knows: an account without any could be opened by anybody who
finds it enabled, and PASSWD_NOTREQD is never set. A create that is refused half-way takes its entry away again.
"""

import secrets
from typing import TYPE_CHECKING

from connectors.ldap.codes import outcome
from connectors.ldap.credentials import judged
from connectors.ldap.messages import ANY, BASE, DELETE, REPLACE, Delete, Found, Modify, Search, Value
from connectors.ldap.pipeline import Talk
from connectors.ldap.shape import Values
from mappings.model import Action, Done, Kind, Operation, Outcome, Presence, Retry

if TYPE_CHECKING:
    from connectors.ldap.entry import Tree

CONTROL = "userAccountControl"
DISABLED, NORMAL = 0x2, 0x200
GLOBAL_SECURITY = "-2147483646"
MARK = "花名册正在建立此账号，尚未完成，请勿启用"
LAST = "sn"  # written in the last step
NAMING = frozenset({"samaccountname", "userprincipalname", "cn"})


def newborn(kind: Kind, values: Values, to_lock: bool) -> Values:
    """A new entry: a user is disabled whatever it is to become."""
    if kind is Kind.GROUP:
        return {**values, "groupType": (GLOBAL_SECURITY,)}
    first = {name: each for name, each in values.items() if name != LAST}
    return {**first, CONTROL: (str(NORMAL | DISABLED),), "description": (MARK,)}


def unfinished(entry: Found) -> bool:
    """Whether the entry is one of ours that was begun and not finished."""
    control = entry.text(CONTROL) or "0"
    return MARK in entry.texts("description") and control.isdigit() and bool(int(control) & DISABLED)


def finish(tree: "Tree", dn: str, operation: Operation) -> Talk[Outcome]:
    """The password, then everything else in one modify, the control word included."""
    if operation.ref.kind is Kind.GROUP:
        return Done()
    secret = (REPLACE, "unicodePwd", (quoted(_secret()),))
    look, reply = yield [Search(dn, BASE, ANY, (CONTROL,)), Modify(dn, (secret,))]
    if reply.code != 0:
        return (yield from _given_up(dn, operation, judged(reply)))
    (reply,) = yield [Modify(dn, _last(tree, look.entries, operation))]
    return Done() if reply.code == 0 else (yield from _given_up(dn, operation, outcome(reply)))


def _last(tree: "Tree", entries: list[Found], operation: Operation) -> tuple[tuple[int, str, tuple[Value, ...]], ...]:
    after = operation.after
    to_lock = operation.action is not Action.UNLOCK and after is not None and after.presence is Presence.LOCKED
    present = next((int(entry.text(CONTROL) or 0) for entry in entries), 0) or NORMAL
    control = present | DISABLED if to_lock else present & ~DISABLED
    values = tree.shape(Kind.PERSON).spell(after.attributes) if after else {}
    written = [(REPLACE, name, each) for name, each in values.items() if name.lower() not in NAMING]
    return (*written, (DELETE, "description", (MARK,)), (REPLACE, CONTROL, (str(control),)))


def _given_up(dn: str, operation: Operation, failed: Outcome) -> Talk[Outcome]:
    """What a create has begun and may not finish goes again; who waits for another try finds it as it is."""
    if operation.action is Action.CREATE and not isinstance(failed, Retry):
        yield [Delete(dn)]
    return failed


def set_password(tree: "Tree", entry: Found, password: str) -> Talk[Outcome]:
    """A password that its owner must change at the first log-in."""
    (reply,) = yield [Modify(entry.dn, ((REPLACE, "unicodePwd", (quoted(password),)),))]
    done = judged(reply)
    if not isinstance(done, Done):
        return done
    (reply,) = yield [Modify(entry.dn, ((REPLACE, "pwdLastSet", ("0",)),))]
    return Done() if reply.code == 0 else outcome(reply)


def quoted(password: str) -> bytes:
    """A password as `unicodePwd` takes it ([MS-ADTS] 3.1.1.3.1.5.1)."""
    return f'"{password}"'.encode("utf-16-le")


def _secret() -> str:
    """A password that nobody knows: of all kinds of characters, and with no three letters of anybody's name in it."""
    return "Aa-" + "-".join(f"{secrets.randbelow(100):02}" for _ in range(40))
