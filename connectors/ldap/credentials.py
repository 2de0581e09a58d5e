"""First passwords (S15). They are in no log, no error and no text of an outcome.

That a password must be changed at the first log-in is the policy's to demand in OpenLDAP (`pwdMustChange: TRUE`) and
389 DS (`passwordMustChange: on`). 389 itself marks an account whose password another has set; in OpenLDAP we do.
"""

from typing import TYPE_CHECKING

from connectors.ldap.codes import outcome, sentence
from connectors.ldap.locate import existing
from connectors.ldap.messages import Found, Reply, SetPassword
from connectors.ldap.pipeline import Talk
from mappings.model import Done, Outcome, Ref, Refused

if TYPE_CHECKING:
    from connectors.ldap.entry import Tree

TOO_WEAK = frozenset({19, 53})  # constraintViolation; unwillingToPerform is Active Directory's word for it


def set_initial(tree: "Tree", ref: Ref, password: str) -> Talk[Outcome]:
    """Gives the account that `ref` means a password."""
    if tree.dialect.needs_tls and not tree.config.encrypted:
        return NO_TLS
    entry = yield from existing(tree, ref, ())
    return (yield from tree.dialect.set_password(tree, entry, password))


def by_extension(tree: "Tree", entry: Found, password: str) -> Talk[Outcome]:
    """By the extended operation: the server hashes, and applies its policy."""
    (reply,) = yield [SetPassword(entry.dn, password)]
    return judged(reply)


def judged(reply: Reply) -> Outcome:
    """What the answer to a new password means."""
    if reply.code == 0:
        return Done()
    if reply.code in TOO_WEAK:
        return Refused("password-refused", f"目录的密码策略不接受这个初始密码：{sentence(reply)}")
    return outcome(reply)


NO_TLS = Refused("tls-required", "Active Directory 只在加密连接上接受密码：请改用 ldaps:// 或 start_tls = true")
