"""Active Directory, Microsoft's and Samba's: an account is disabled by bit 2 of `userAccountControl`.

| ours | a user there | remark |
|---|---|---|
| `uid` | `sAMAccountName`, and with it the RDN `cn` and `userPrincipalName` | at most 20 characters |
| `employeeNumber`, `sn`, `givenName`, `displayName`, `mail`, `title`, `departmentNumber`, `manager` | the same | |
| `ou` | `department` | |
| `cn` | - | the RDN: it names the entry, `displayName` the person |

| ours | a group there | remark |
|---|---|---|
| `cn` | `cn`, and `sAMAccountName` where it is a legal one | global security group |
| `ou` | `displayName` | |
| `businessCategory`, `seeAlso` | - | the class has neither |

Wrong passwords lock by `lockoutTime`, which is neither a lock of ours nor ended by us. A group needs no member,
references follow renames and deletions by themselves, and an entry is found by its objectGUID wherever it was moved.
"""

from collections.abc import Sequence

from connectors.errors import Unreadable
from connectors.ldap import ad_birth, ad_remedies, logins, trial
from connectors.ldap.dialect import Changes, Dialect
from connectors.ldap.entry import Tree
from connectors.ldap.locate import Ended
from connectors.ldap.messages import ADD, ONE, REPLACE, SUBTREE, Add, And, Equal, Found, Modify, Search
from connectors.ldap.pipeline import Talk
from connectors.ldap.shape import PERSON_NAMES, Shape, Values
from connectors.ldap.sids import guid_text
from mappings.model import Kind, Refused

CAPABILITY = "1.2.840.113556.1.4.800"  # LDAP_CAP_ACTIVE_DIRECTORY_OID
CONTROL, LOGIN, PRINCIPAL = ad_birth.CONTROL, "sAMAccountName", "userPrincipalName"
LOCKED_AT, LOCKOUT = "lockoutTime", 0x10  # UF_LOCKOUT, [MS-SAMR] 3.1.1.8.10
NORMAL_USER = Equal("sAMAccountType", "805306368")  # no computers, no trusts
ILLEGAL = frozenset('"/\\[]:;|=,+*?<>@')
LONGEST_LOGIN = 20

PERSON = Shape(
    Kind.PERSON,
    rdn="cn",
    login=LOGIN,
    key="employeeNumber",
    object_class="user",
    classes=("top", "person", "organizationalPerson", "user"),
    spelled={name: {"uid": LOGIN, "ou": "department"}.get(name, name) for name in PERSON_NAMES if name != "cn"},
    references=((Kind.GROUP, "member"),),
    among=And((Equal("objectClass", "user"), NORMAL_USER)),
    longest={
        "employeeNumber": 512,
        "sn": 64,
        "givenName": 64,
        "displayName": 256,
        "mail": 256,
        "title": 128,
        "department": 64,
    },
)
GROUP = Shape(
    Kind.GROUP,
    rdn="cn",
    login="cn",
    key="cn",
    object_class="group",
    classes=("top", "group"),
    spelled={"cn": "cn", "ou": "displayName"},
    references=((Kind.GROUP, "member"),),
    longest={"cn": 64, "displayName": 256},
)


def recognises(root: Found) -> bool:
    """Whether a root DSE is a domain controller's."""
    return CAPABILITY in root.texts("supportedCapabilities")


def locked(entry: Found) -> bool:
    """Whether the account is disabled; groups are not asked."""
    return bool(_control(entry) & ad_birth.DISABLED)


def lock(entry: Found) -> Changes:
    """The changes that disable; the other bits stay."""
    return ((REPLACE, CONTROL, (str(_kept(entry) | ad_birth.DISABLED),)),)


def unlock(entry: Found, base_dn: str) -> Talk[Changes]:
    """The changes that enable; the other bits stay."""
    yield from ()
    return ((REPLACE, CONTROL, (str(_kept(entry) & ~ad_birth.DISABLED),)),)


def _kept(entry: Found) -> int:
    """The control word as it must be written for a lockout to stay: without that bit, the server ends it."""
    return _control(entry) | (LOCKOUT if entry.text(LOCKED_AT) not in (None, "0") else 0)


def _control(entry: Found) -> int:
    text = entry.text(CONTROL) or ""
    if not text.lstrip("-").isdigit():
        raise Unreadable(f"服务账号读不到 {entry.dn} 的 {CONTROL}，不能断定账号是否停用")
    return int(text)


def spelled(tree: Tree, shape: Shape, values: Values, entry: Found | None) -> Values:
    """Adds what hangs on the name, and refuses what the server cannot hold."""
    for name, each in values.items():
        longest = shape.longest.get(name)
        if longest and any(_units(value) > longest for value in each):
            raise Ended(Refused("too-long", f"Active Directory 的 {name} 最长 {longest} 个字符"))
    named = values.get(shape.login, ())
    if len(named) != 1 or (entry is not None and entry.texts(shape.login) == tuple(named)):
        return values
    if shape.kind is Kind.GROUP:
        return _with_group_name(values, named[0], entry)
    fault = illegal(named[0])
    if fault:
        raise Ended(Refused("login", f"Active Directory 的登录名（sAMAccountName）{fault}"))
    return {**values, PRINCIPAL: (f"{named[0]}@{_suffix(tree, entry)}",)}


def _with_group_name(values: Values, name: str, entry: Found | None) -> Values:
    ours = entry is None or entry.text(LOGIN) == entry.text("cn")
    return {**values, LOGIN: (name,)} if ours and not illegal(name, longest=256) else values


def _suffix(tree: Tree, entry: Found | None) -> str:
    """A principal name keeps its suffix, which may be an alternative one of the forest."""
    present = (entry.text(PRINCIPAL) if entry else None) or ""
    return present.rpartition("@")[2] or tree.config.upn_suffix or tree.config.domain


def illegal(login: str, longest: int = LONGEST_LOGIN) -> str | None:
    """Why a name cannot be a sAMAccountName ([MS-SAMR] 3.1.1.8.4), as the rest of a sentence; None where it can."""
    if _units(login) > longest:
        return f"最长 {longest} 个字符"
    if any(char in ILLEGAL or not char.isprintable() for char in login):
        return f"不能含有 {' '.join(sorted(ILLEGAL))} 和控制字符"
    if login != login.strip() or login.endswith("."):
        return "首尾不能有空格，末尾不能是句点"
    return None


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def holders(tree: Tree, shape: Shape, values: Values) -> Sequence[Search]:
    """Who has the name: the login is unique in the domain, the principal name too, and the RDN in its container."""
    attributes = ("objectClass", shape.key, LOGIN, *tree.own)
    everywhere = [(name, value) for name in (LOGIN, PRINCIPAL) for value in values.get(name, ())]
    beside = [Search(tree.container(shape.kind), ONE, Equal("cn", each), attributes) for each in values.get("cn", ())]
    return beside + [Search(tree.config.base_dn, SUBTREE, Equal(*each), attributes) for each in everywhere]


def test_entries(tree: Tree, name: str, password: str) -> Sequence[trial.Step]:
    """A user, disabled until it has its password, and a global security group."""
    person, group = trial.place(tree, Kind.PERSON, name), trial.place(tree, Kind.GROUP, name)
    values = {"objectClass": PERSON.classes, "employeeNumber": (name,), LOGIN: (name,), CONTROL: ("514",)}
    secret = (REPLACE, "unicodePwd", (ad_birth.quoted(password),))
    return [
        (trial.PERSON, Add(person, values)),
        ("设置密码", Modify(person, (secret,))),
        ("启用账号", Modify(person, ((REPLACE, CONTROL, ("512",)),))),
        (trial.CHANGED, Modify(person, ((REPLACE, "title", (name,)), (REPLACE, "displayName", (name,))))),
        (trial.GROUP, Add(group, {"objectClass": GROUP.classes, "groupType": (ad_birth.GLOBAL_SECURITY,)})),
        (trial.MEMBER, Modify(group, ((ADD, "member", (person,)),))),
    ]


ACTIVE_DIRECTORY = Dialect(
    name="Active Directory",
    recognises=recognises,
    unique_id="objectGUID",
    longest_rdn=0,
    lock_attributes=(CONTROL, LOCKED_AT),
    newborn=ad_birth.newborn,
    locked=locked,
    lock=lock,
    unlock=unlock,
    set_password=ad_birth.set_password,
    trial=test_entries,
    remedies=ad_remedies.REMEDIES,
    logins=logins.ACTIVE_DIRECTORY,
    shapes={Kind.PERSON: PERSON, Kind.GROUP: GROUP},
    further=(LOGIN, PRINCIPAL, "description"),
    remote_id=guid_text,
    spelled=spelled,
    holders=holders,
    unfinished=ad_birth.unfinished,
    finish=ad_birth.finish,
    roams=True,
    links=True,
    empty_groups=True,
    already=frozenset({53, 68}),
    needs_tls=True,
    advice=ad_remedies.advice,
)
