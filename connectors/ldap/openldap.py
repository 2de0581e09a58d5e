"""OpenLDAP with the ppolicy overlay: `pwdAccountLockedTime: 000001010000Z` is a lock that only an administrator ends.

Any other value is the time at which wrong passwords locked the account. That is not ours: it reads as active, and
an unlock neither clears nor overwrites it. The attribute holds one value, so our lock takes the place of such a time.
The failures stay on record (`pwdFailureTime`), and unlocking puts the time of the last one back where their number
still reaches the limit of the policy: a security lockout survives our lock and our unlock, and ends as the policy says.
slapd 2.5 takes the attribute in an add, so that an account created locked is never open, not for a moment.
"""

from connectors.ldap import credentials, logins, openldap_remedies, trial
from connectors.ldap.codes import outcome
from connectors.ldap.dialect import Changes, Dialect
from connectors.ldap.entry import Tree
from connectors.ldap.messages import ADD, ANY, BASE, DELETE, REPLACE, SUBTREE, Equal, Found, Modify, Search
from connectors.ldap.pipeline import Talk
from connectors.ldap.shape import Values
from mappings.model import Done, Kind, Outcome

LOCKED_TIME = "pwdAccountLockedTime"
FOR_EVER = "000001010000Z"
FAILURES = "pwdFailureTime"
LONGEST_RDN = 240  # back-mdb keeps an RDN twice, as written and as compared, in one key of 511 bytes
LIMIT = "pwdMaxFailure"


def recognises(root: Found) -> bool:
    """Whether a root DSE is OpenLDAP's."""
    return "OpenLDAProotDSE" in root.texts("objectClass") + root.texts("structuralObjectClass")


def newborn(kind: Kind, values: Values, to_lock: bool) -> Values:
    """A new entry, locked in the add itself where it is to be locked."""
    return {**values, LOCKED_TIME: (FOR_EVER,)} if to_lock else values


def locked(entry: Found) -> bool:
    """Whether our lock is on the entry."""
    return entry.texts(LOCKED_TIME) == (FOR_EVER,)


def lock(entry: Found) -> Changes:
    """The changes that lock, in place of a lock by wrong passwords where there is one."""
    return ((REPLACE, LOCKED_TIME, (FOR_EVER,)),)


def unlock(entry: Found, base_dn: str) -> Talk[Changes]:
    """The changes that end our lock, and put back a lock by wrong passwords that ours had covered."""
    (reply,) = yield [Search(entry.dn, BASE, ANY, (FAILURES, "pwdPolicySubentry"))]
    covered = None
    if reply.entries and reply.entries[0].texts(FAILURES):
        covered = yield from _covered(reply.entries[0], base_dn)
    ours: Changes = ((DELETE, LOCKED_TIME, (FOR_EVER,)),)
    return (*ours, (ADD, LOCKED_TIME, (covered,))) if covered else ours


def _covered(entry: Found, base_dn: str) -> Talk[str | None]:
    failures = entry.texts(FAILURES)
    policy = entry.text("pwdPolicySubentry")
    # the default policy's name stands in cn=config, out of reach: the strictest readable one decides
    everywhere = Search(base_dn, SUBTREE, Equal("objectClass", "pwdPolicy"), (LIMIT,))
    (reply,) = yield [Search(policy, BASE, ANY, (LIMIT,)) if policy else everywhere]
    limits = [int(text) for found in reply.entries for text in found.texts(LIMIT) if text.isdigit()]
    limit = min((limit for limit in limits if limit), default=0)
    if not limit or len(failures) < limit:
        return None
    return failures[-1].split(".")[0].removesuffix("Z") + "Z"


def set_password(tree: Tree, entry: Found, password: str) -> Talk[Outcome]:
    """A first password, to be changed where the policy says so (`pwdMustChange`).

    The overlay ends every lock of an account that is given a password, ours too: it is put back at once. Until then
    the account is open to nobody, since nobody has been told the password.
    """
    done = yield from credentials.by_extension(tree, entry, password)
    if not isinstance(done, Done):
        return done
    ours = lock(entry) if locked(entry) else ()
    (reply,) = yield [Modify(entry.dn, ((REPLACE, "pwdReset", ("TRUE",)), *ours))]
    without_policy = reply.code == 17 and not ours
    return Done() if reply.code == 0 or without_policy else outcome(reply)


OPENLDAP = Dialect(
    name="OpenLDAP",
    recognises=recognises,
    unique_id="entryUUID",
    longest_rdn=LONGEST_RDN,
    lock_attributes=(LOCKED_TIME,),
    newborn=newborn,
    locked=locked,
    lock=lock,
    unlock=unlock,
    set_password=set_password,
    trial=trial.standard,
    remedies=openldap_remedies.REMEDIES,
    logins=logins.OPENLDAP,
)
