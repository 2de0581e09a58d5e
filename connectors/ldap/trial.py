"""What the doctor writes to prove the rights: a person with a password that works, a group, and that person in it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from connectors.ldap import names
from connectors.ldap.messages import ADD, DELETE, REPLACE, Add, Modify, Write
from mappings.model import Kind

if TYPE_CHECKING:
    from connectors.ldap.entry import Tree

Step = tuple[str, Write]
PERSON, CHANGED, GROUP, MEMBER = "新建人员条目", "修改人员条目", "新建组", "修改组成员"


def place(tree: "Tree", kind: Kind, name: str) -> str:
    """The DN of the test entry of a kind."""
    return names.child(tree.shape(kind).rdn, name, tree.container(kind))


def standard(tree: "Tree", name: str, password: str) -> Sequence[Step]:
    """An inetOrgPerson and a groupOfNames."""
    person = place(tree, Kind.PERSON, name)
    values = {
        "objectClass": tree.shape(Kind.PERSON).classes,
        **dict.fromkeys(("cn", "sn", "employeeNumber"), (name,)),
        "userPassword": (password,),
    }
    return [
        (PERSON, Add(person, values)),
        (CHANGED, Modify(person, ((REPLACE, "title", (name,)),))),
        *_group(tree, name, person),
    ]


def _group(tree: "Tree", name: str, person: str) -> Sequence[Step]:
    group, classes = place(tree, Kind.GROUP, name), tree.shape(Kind.GROUP).classes
    if tree.dialect.empty_groups:
        member: tuple[str, ...] = ()
        swap: tuple[tuple[int, str, tuple[str, ...]], ...] = ((ADD, "member", (person,)),)
    else:
        member = (tree.config.placeholder_dn,)
        swap = ((ADD, "member", (person,)), (DELETE, "member", member))
    values = {"objectClass": classes, **({"member": member} if member else {})}
    return [(GROUP, Add(group, values)), (MEMBER, Modify(group, swap))]
