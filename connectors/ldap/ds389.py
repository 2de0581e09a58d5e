"""389 Directory Server, and what is built on it: `nsAccountLock: true` refuses binds, and is taken in an add.

Wrong passwords lock by other attributes (`passwordRetryCount`, `accountUnlockTime`): neither read nor written here.
A role (`nsManagedDisabledRole`) gives its members a computed `nsAccountLock`. That reads as locked, which it is; to
end it is its administrators' business, and an unlock says so instead of claiming success.

The stable id is entryUUID where every entry has one: that is so where its plug-in was there from the beginning, or
was made up for by its fixup task, and the two containers tell. Else it is nsUniqueId, which every entry has.
"""

from collections.abc import Sequence
from dataclasses import replace

from connectors.ldap import credentials, ds389_remedies, logins, trial
from connectors.ldap.config import LdapConfig
from connectors.ldap.dialect import Changes, Dialect
from connectors.ldap.entry import Tree
from connectors.ldap.locate import Ended
from connectors.ldap.messages import ANY, BASE, REPLACE, Found, Search
from connectors.ldap.pipeline import Talk
from connectors.ldap.shape import Shape, Values
from mappings.model import Kind, Refused

LOCK = "nsAccountLock"
VENDORS = ("389 Project", "Fedora Project", "Red Hat")
BY_ROLE = Refused(
    "locked-by-role",
    "账号由角色（nsManagedDisabledRole 一类）锁定，不是本系统所锁，也不由本系统解除；请由目录管理员从该角色中移出",
)


def recognises(root: Found) -> bool:
    """Whether a root DSE is 389's."""
    vendor, version = root.text("vendorName") or "", root.text("vendorVersion") or ""
    return vendor.startswith(VENDORS) or version.startswith("389-Directory/")


def newborn(kind: Kind, values: Values, to_lock: bool) -> Values:
    """A new entry, locked in the add itself where it is to be locked."""
    return {**values, LOCK: ("true",)} if to_lock else values


def locked(entry: Found) -> bool:
    """Whether binds are refused, by our lock or by a role's."""
    return "true" in map(str.lower, entry.texts(LOCK))


def lock(entry: Found) -> Changes:
    """The changes that lock."""
    return ((REPLACE, LOCK, ("true",)),)


def unlock(entry: Found, base_dn: str) -> Talk[Changes]:
    """The changes that end our lock."""
    yield from ()
    return ((REPLACE, LOCK, ()),)


def spelled(tree: Tree, shape: Shape, values: Values, entry: Found | None) -> Values:
    """Refuses what the server would store as something else: it drops blanks at the ends, and stumbles over NUL."""
    for name, each in values.items():
        if any("\0" in value for value in each):
            raise Ended(Refused("value", f"{name} 中有目录不能保存的字符（NUL）"))
    for value in values.get(shape.login, ()):
        if value != value.strip():
            raise Ended(Refused(shape.login, f"{shape.login} 首尾有空格，目录会把它们去掉，名称将与名册不一致"))
    return values


def settled(dialect: Dialect, config: LdapConfig) -> Talk[Dialect]:
    """The dialect with the stable id that this server can be trusted with."""
    if config.unique_id:
        return replace(dialect, unique_id=config.unique_id)
    containers: Sequence[str] = (config.people_dn, config.groups_dn)
    replies = yield [Search(dn, BASE, ANY, ("entryUUID",)) for dn in containers]
    everywhere = all(found.text("entryUUID") for reply in replies for found in reply.entries)
    return dialect if everywhere else replace(dialect, unique_id="nsUniqueId")


DS389 = Dialect(
    name="389 Directory Server",
    recognises=recognises,
    unique_id="entryUUID",
    longest_rdn=0,
    lock_attributes=(LOCK,),
    newborn=newborn,
    locked=locked,
    lock=lock,
    unlock=unlock,
    set_password=credentials.by_extension,
    trial=trial.standard,
    remedies=ds389_remedies.REMEDIES,
    logins=logins.DS389,
    spelled=spelled,
    empty_groups=True,
    computed_lock=BY_ROLE,
)
